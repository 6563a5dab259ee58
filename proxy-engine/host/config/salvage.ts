/** What is left of a document with mistakes when they are taken out, so that the rest can be looked at for others. */
import type { Path } from './path.ts';

type Json = Record<string, unknown>;

/** A copy of `value` without what stands at `paths`; entries of lists keep their places. It may still not fit the schema. */
export function withoutMistakes(value: unknown, paths: readonly Path[]): unknown {
  if (!isMap(value)) return value;
  const copy = structuredClone(value);
  for (const path of paths) takeOut(copy, path);
  return copy;
}

function takeOut(document: Json, [kind, key, ...inside]: Path): void {
  if (typeof kind !== 'string') return;
  const part = document[kind];
  if (Array.isArray(part) && typeof key === 'number' && kind === 'rules') part[key] = ruleWithout(part[key], inside);
  else if (Array.isArray(part) && typeof key === 'number' && kind === 'routes')
    part[key] = routeWithout(part[key], inside);
  else if (isMap(part) && typeof key === 'string' && kind === 'listeners')
    part[key] = listenerWithout(part[key], inside);
  // A name that rules of a group look for stays.
  else if (isMap(part) && typeof key === 'string' && kind === 'groups') part[key] = {};
  else if (isMap(part) && typeof key === 'string') delete part[key];
  else delete document[kind];
}

function ruleWithout(rule: unknown, [key, index]: Path): Json {
  if (!isMap(rule) || key === undefined || key === 'name') return { name: 'not readable' };
  const actions = rule[key];
  if (!Array.isArray(actions) || typeof index !== 'number')
    return Object.fromEntries(Object.entries(rule).filter(([name]) => name !== key));
  return { ...rule, [key]: actions.with(index, { mark: {} }) };
}

/** It goes somewhere, but its condition can be looked at. */
function routeWithout(route: unknown, [key]: Path): Json {
  const match = isMap(route) && key !== 'match' && typeof route['match'] === 'string' ? { match: route['match'] } : {};
  return { name: 'not readable', original: true, ...match };
}

function listenerWithout(listener: unknown, [key]: Path): Json {
  const kept = isMap(listener) && key !== 'intercept' && typeof listener['intercept'] === 'string';
  return { address: '127.0.0.1:0', ...(kept && { intercept: listener['intercept'] }) };
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

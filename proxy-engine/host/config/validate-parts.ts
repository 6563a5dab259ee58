/** Validates a document of the config; entries of its lists that were found right before are not looked at again. */
import type { z } from 'zod';
import { type Validated, validate } from './validate.ts';

/** What entries say with all defaults, by the entries as they are written. */
const right = { routes: new WeakMap(), rules: new WeakMap(), pools: new WeakMap() } satisfies Record<string, Known>;
type Known = WeakMap<object, unknown>;
type Parts = Record<string, unknown>;

/** As `validate`. The parts of the answer are shared with other answers: they are not to be changed. */
export function validateParts<S extends z.ZodType<Parts>>(schema: S, value: unknown): Validated<z.output<S>> {
  if (!isMap(value)) return validate(schema, value);
  const lists = Object.entries(right).flatMap(([key, known]) => splitOf(value, key, known));
  const rest = { ...value, ...Object.fromEntries(lists.map(({ key, unknown }) => [key, unknown])) };
  const result = schema.safeParse(rest);
  // What is wrong is told by its place in the whole.
  if (!result.success) return validate(schema, value);
  const parsed: Parts = { ...result.data };
  for (const list of lists) parsed[list.key] = joined(list, parsed[list.key] as object);
  return { ok: true, value: parsed as z.output<S> };
}

interface Split {
  key: string;
  known: Known;
  isList: boolean;
  entries: readonly { name: string; entry: unknown; said: unknown }[];
  /** Those that were not seen before. */
  unknown: object;
}

function splitOf(value: Parts, key: string, known: Known): Split[] {
  const all = value[key];
  if (typeof all !== 'object' || all === null) return [];
  const isList = Array.isArray(all);
  const entries = Object.entries(all).map(([name, entry]) => ({ name, entry, said: known.get(entry as object) }));
  const rest = entries.filter(({ said }) => said === undefined);
  const unknown = isList
    ? rest.map(({ entry }) => entry)
    : Object.fromEntries(rest.map(({ name, entry }) => [name, entry]));
  return [{ key, known, isList, entries, unknown }];
}

/** All of them, in their order. */
function joined({ known, entries, isList }: Split, parsed: object): object {
  const fresh = Object.entries(parsed);
  const all = entries.flatMap(({ name, entry, said }): [string, unknown][] => {
    if (said !== undefined) return [[name, said]];
    // zod leaves `__proto__` out.
    if (!isList && fresh[0]?.[0] !== name) return [];
    const [, now] = fresh.shift() ?? [];
    known.set(entry as object, now);
    return [[name, now]];
  });
  return isList ? all.map(([, said]) => said) : Object.fromEntries(all);
}

function isMap(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

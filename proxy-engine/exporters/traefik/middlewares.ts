/** What a rule does, as middlewares of the routers on which it acts. */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { partsOf } from '../action-parts.ts';
import { Inexpressible, type Notes } from '../notes.ts';
import { slashed } from '../path-pattern.ts';
import type { Plan, PlannedRule } from '../plan.ts';
import { asPath, constantOf, mayBeEmpty, readKey, type ValuePart } from '../value.ts';

import { answering, refusing } from './answers.ts';

/** A part of Traefik's dynamic configuration. */
export type Section = { [field: string]: unknown };

/** By name. */
export type Middlewares = Record<string, Section>;

interface Heads {
  customRequestHeaders: Record<string, string>;
  customResponseHeaders: Record<string, string>;
}

/** A rule's middlewares: the response passes the last of a router first, so that those for it stand backwards. */
export interface RuleMiddlewares {
  /** In the order in which they act. */
  request: Middlewares;
  response: Middlewares;
}

export function middlewaresOf(plan: Plan, rule: PlannedRule): RuleMiddlewares {
  const { request, response, limit } = rule.config;
  const heads: Heads = { customRequestHeaders: {}, customResponseHeaders: {} };
  const made: Middlewares = {};
  if (request.some((action) => 'path' in action))
    plan.notes.approximate(
      `${rule.path}.request`,
      `path of rule ${rule.name}`,
      'X-Replaced-Path tells the backend the old one',
    );
  const add = (at: string, what: string, emit: () => Section | null) => {
    const path = `${rule.path}.${at}`;
    const section = plan.notes.attemptMapped(path, `${what} of rule ${rule.name}`, emit);
    if (section) made[`${rule.id}-${Object.keys(made).length + 1}`] = section;
  };
  if (limit) add('limit', 'limit', () => limitOf(plan, rule, limit));
  for (const { at, what, action } of partsOf('request', request))
    add(at, what, () => requestSection(plan.notes, `${rule.path}.${at}`, action, heads));
  for (const { at, what, action } of partsOf('response', response))
    add(at, what, () =>
      changeHead(plan.notes, `${rule.path}.${at}`, action, heads.customResponseHeaders) ? null : noCounterpart(),
    );
  const { customRequestHeaders, customResponseHeaders } = heads;
  // Heads are changed first: the other actions do not read them.
  return {
    request: { ...headersOf(`${rule.id}-headers`, { customRequestHeaders }), ...made },
    response: headersOf(`${rule.id}-response`, { customResponseHeaders }),
  };
}

/** None when there is nothing to change. */
function headersOf(name: string, headers: Partial<Heads>): Middlewares {
  const changes = Object.values(headers).some((lines) => Object.keys(lines).length > 0);
  return changes ? { [name]: { headers } } : {};
}

function noCounterpart(): never {
  throw new Inexpressible('Traefik has no counterpart');
}

/** Null: it is in `heads`, or in the router's service. */
function requestSection(notes: Notes, at: string, action: RequestActionConfig, heads: Heads): Section | null {
  if ('pool' in action) return null;
  if ('host' in action) {
    put(heads.customRequestHeaders, 'Host', constant(action.host));
    return null;
  }
  if ('path' in action) return pathSection(notes, at, action.path);
  if ('respond' in action) return answering(notes, at, 'answer', action.respond);
  if ('abort' in action) {
    notes.approximate(at, 'abort', 'Traefik answers 403');
    return refusing();
  }
  if (changeHead(notes, at, action, heads.customRequestHeaders)) return null;
  return noCounterpart();
}

/** Whether the action changes a head; if so, `headers` has what it does. */
function changeHead(
  notes: Notes,
  at: string,
  action: RequestActionConfig | ResponseActionConfig,
  headers: Record<string, string>,
): boolean {
  if ('set' in action) {
    for (const [name, text] of Object.entries(action.set)) put(headers, name, constant(text));
    if (Object.values(action.set).includes('')) notes.approximate(at, 'an empty value', 'Traefik takes the header out');
    return true;
  }
  if ('append' in action) throw new Inexpressible('Traefik sets headers, it does not add lines to them');
  if ('delete' in action) {
    for (const name of action.delete) put(headers, wholeName(name), '');
    return true;
  }
  return false;
}

/** The last one of a name counts, however it is written: Traefik would take them in any order. */
function put(headers: Record<string, string>, name: string, value: string): void {
  const lower = name.toLowerCase();
  for (const other of Object.keys(headers)) if (other.toLowerCase() === lower) delete headers[other];
  headers[name] = value;
}

function wholeName(name: string): string {
  if (name.includes('*')) throw new Inexpressible(`${name}: Traefik removes headers by their whole name`);
  return name;
}

function constant(text: string): string {
  const value = constantOf(text);
  if (value === null) throw new Inexpressible(`${text}: Traefik's values have no variables`);
  return value;
}

function pathSection(notes: Notes, at: string, path: { set: string } | { replace: string; with: string }): Section {
  if ('set' in path) return { replacePath: { path: asPath([constant(path.set)]).join('') } };
  const { pattern, parts, isSure } = slashed(path);
  if (!isSure) notes.approximate(at, path.replace, 'a path that then begins with no slash goes on as it is');
  return { replacePathRegex: { regex: pattern, replacement: replacementText(parts) } };
}

/** `$1` as Go writes it. */
export function replacementText(parts: readonly ValuePart[]): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part.replaceAll('$', '$$$$');
      if ('group' in part) return `\${${part.group}}`;
      throw new Inexpressible('Traefik replaces without variables');
    })
    .join('');
}

function limitOf(
  { notes, listeners }: Plan,
  { path, name }: PlannedRule,
  { requests, burst, key, status }: NonNullable<PlannedRule['config']['limit']>,
): Section {
  const sourceCriterion = criterion(key);
  notes.approximate(
    `${path}.limit`,
    `limit of rule ${name}`,
    status === 429 ? 'a token bucket' : `a token bucket that answers with 429 instead of ${status}`,
  );
  if (mayBeEmpty(readKey(key)))
    notes.approximate(`${path}.limit`, `limit of rule ${name}`, 'requests without the key share one bucket');
  const isTold = listeners.some(({ config }) => config.trustedProxies.length > 0);
  if (isTold && sourceCriterion['sourceCriterion'] === undefined)
    notes.approximate(
      `${path}.limit`,
      `limit of rule ${name}`,
      'behind a trusted proxy, Traefik counts the proxy: all of its clients share one bucket',
    );
  const isSlow = requests < 1;
  const average = Math.max(1, Math.round(isSlow ? requests * 60 : requests));
  return { rateLimit: { average, period: isSlow ? '1m' : '1s', burst: burst + 1, ...sourceCriterion } };
}

function criterion(key: string): Section {
  const [part, ...more] = readKey(key);
  if (more.length > 0 || part === undefined || typeof part === 'string' || 'group' in part)
    throw new Inexpressible(`Traefik does not count by ${key}`);
  if (part.variable === 'client_ip') return {};
  if (part.variable === 'host') return { sourceCriterion: { requestHost: true } };
  if (part.variable === 'header') return { sourceCriterion: { requestHeaderName: part.name } };
  throw new Inexpressible(`Traefik does not count by ${key}`);
}

/** What the exchange is at some point of the rules: every value an nginx string over the request and response as they came. */

import { encodedPattern } from '../encoded.ts';
import { Inexpressible } from '../notes.ts';
import { refuseVariable, type ValuePart } from '../value.ts';
import type { Maps } from './maps.ts';
import { escapeRegex, regexKey } from './text.ts';

export interface RequestState {
  readonly maps: Maps;
  readonly ids: { route(name: string): string; pool(name: string): string };
  method: string;
  host: string;
  /** Where the request goes, with the port that was written. */
  authority: string;
  /** The Host that rules wrote, empty where none did; null: none does. */
  hostHeader: string | null;
  path: string;
  args: string;
  /** The query with its question mark; a question mark alone stays, too. */
  search: string;
  /** Id of the pool. */
  pool: string;
  /** By name in lower case; absent: as the client sent it. */
  readonly headers: Map<string, { name: string; value: string }>;
  /** By name in lower case; absent: as the backend sent it. */
  readonly response: Map<string, ResponseHeader>;
  /** Names of headers that some exchanges get anew. */
  readonly rewritten: Record<'request' | 'response', Set<string>>;
  /** A variable that is 1 where a rule has answered, or `1`; null: none does. */
  answered: string | null;
  usesDollar: boolean;
  /** Names of headers that are asked for, where nginx takes others for them. */
  readonly ambiguous: Set<string>;
  /** Name of the location in which the request ends. */
  to: string;
  readonly answers: Answer[];
}

/** Of nginx itself. */
export interface Answer {
  location: string;
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  /** In place of the body. */
  file?: string;
}

export interface ResponseHeader {
  name: string;
  /** null: as the backend sent it. */
  value: string | null;
  appended: string[];
}

export function initialState(maps: Maps, ids: RequestState['ids']): RequestState {
  const path = maps.define('sy_path', '$request_uri', [['"~^([^?]*)"', '$1']], '');
  return {
    maps,
    ids,
    method: '$request_method',
    host: '$host',
    authority: '$http_host',
    hostHeader: null,
    path,
    args: '$args',
    search: maps.define('sy_search', '$request_uri', [[regexKey('^[^?]*(?<sy_found>\\?.*)$'), '$sy_found']], ''),
    pool: '$sy_pool',
    headers: new Map(),
    response: new Map(),
    rewritten: { request: new Set(), response: new Set() },
    answered: null,
    usesDollar: false,
    ambiguous: new Set(),
    to: '',
    answers: [],
  };
}

export function headerValue(state: RequestState, lowerName: string): string {
  if (lowerName === 'host') return hostOr(state, '$http_host');
  const written = state.headers.get(lowerName);
  if (written === undefined && /[-_]/.test(lowerName)) state.ambiguous.add(lowerName);
  return written?.value ?? `$http_${variableName(lowerName)}`;
}

/** Of the first line of that name; a page of nginx itself has a type alone. */
export function responseValue(state: RequestState, lowerName: string): string {
  const { maps, response } = state;
  const { value, appended } = response.get(lowerName) ?? { value: null, appended: [] };
  const variable = variableName(lowerName);
  const came = value ?? cameValue(state, lowerName);
  const first =
    lowerName === 'content-type' ? maps.define('sy_type', came, [['""', '$sent_http_content_type']], came) : came;
  return appended.reduce((found, each) => maps.define(`sy_answer_${variable}`, found, [['""', each]], found), first);
}

/** Of the first line of that name that the backend sent, or an answer of the config has. */
export function cameValue({ maps, to, answers, ambiguous }: RequestState, name: string): string {
  if (/[-_]/.test(name)) ambiguous.add(name.toLowerCase());
  const fromBackend = `$upstream_http_${variableName(name)}`;
  const given = answers.flatMap(({ location, headers }) => {
    const line = headers.find(([each]) => each.toLowerCase() === name.toLowerCase());
    return line ? [[location, line[1]] as const] : [];
  });
  return given.length === 0 ? fromBackend : maps.define(`sy_came_${variableName(name)}`, to, given, fromBackend);
}

/** The port that was asked for. */
export function portValue({ maps, authority }: RequestState): string {
  const standard = maps.define('sy_standard_port', '$scheme', [['https', '443']], '80');
  return maps.define('sy_port', authority, [[regexKey(':(?<sy_found>[0-9]+)$'), '$sy_found']], standard);
}

export function urlValue(state: RequestState): string {
  return `$scheme://${braced(state.authority)}${braced(state.path)}${braced(state.search)}`;
}

/** The Host that a rule wrote, else `otherwise`. */
export function hostOr({ maps, hostHeader }: RequestState, otherwise: string): string {
  return hostHeader === null ? otherwise : maps.define('sy_host', hostHeader, [['""', otherwise]], hostHeader);
}

/** The first parameter of that name, as it is encoded, behind `mark`; empty when there is none. nginx's own `$arg_…` take a name in any case. */
export function parameterValue({ maps, args }: RequestState, name: string, mark = ''): string {
  const hint = `sy_arg_${name.replace(/\W/g, '_')}`;
  const pattern = `(?:^|&)${encodedPattern(name)}(?:=(?<sy_found>[^&]*))?(?:&|$)`;
  return maps.define(hint, args, [[regexKey(pattern), `${mark}$sy_found`]], '');
}

/** The first cookie of that name without quotes, behind `mark`; empty when there is none. nginx's own `$cookie_…` take a name in any case. */
export function cookieValue(state: RequestState, name: string, mark = ''): string {
  const hint = `sy_cookie_${name.replace(/\W/g, '_')}`;
  const found = '(?|"(?<sy_found>[^;]*)"|(?<sy_found>[^;]*?))';
  const pattern = `${cookiePattern(name)}\\s*${found}\\s*(?:;|$)`;
  return state.maps.define(hint, headerValue(state, 'cookie'), [[regexKey(pattern), `${mark}$sy_found`]], '');
}

/** Up to the equals sign. */
export function cookiePattern(name: string): string {
  return `(?:^|;)\\s*${escapeRegex(name)}\\s*=`;
}

export function variableName(name: string): string {
  const variable = name.toLowerCase().replace(/-/g, '_');
  if (!/^\w+$/.test(variable)) throw new Inexpressible(`nginx has no variable for the name ${name}`);
  return variable;
}

/** `$cookie_name` of what rules left: in any case, up to a semicolon. */
export function hashedCookie(state: RequestState, name: string): string {
  const line = headerValue(state, 'cookie');
  if (line === '$http_cookie' && /^\w+$/.test(name)) return `$cookie_${name}`;
  const pattern = `(?:^|[;,]) *${escapeRegex(name)} *= *(?<sy_found>[^;]*)`;
  return state.maps.define('sy_hashed', line, [[regexKey(pattern, true), '$sy_found']], '');
}

/** `$arg_name` of what rules left: in any case, with its equals sign. */
export function hashedParameter({ maps, args }: RequestState, name: string): string {
  if (args === '$args' && /^\w+$/.test(name)) return `$arg_${name}`;
  const pattern = `(?:^|&)${escapeRegex(name)}=(?<sy_found>[^&]*)`;
  return maps.define('sy_hashed', args, [[regexKey(pattern, true), '$sy_found']], '');
}

/** What the backend is asked for. */
export function targetOf({ path, args, search }: RequestState): string {
  return path === '$sy_path' && args === '$args' ? '$request_uri' : `${braced(path)}${braced(search)}`;
}

/** A value with variables as an nginx string. `group` names the variable of `$1` and its like. */
export function renderValue(state: RequestState, parts: readonly ValuePart[], group?: (n: number) => string): string {
  const pieces = parts.map((part) => {
    if (typeof part === 'string') return literal(state, part);
    const value = 'group' in part ? (group?.(part.group) ?? refuseVariable(part)) : variableValue(state, part);
    return parts.length === 1 ? value : braced(value);
  });
  return state.maps.text(pieces);
}

/** nginx has no escape for a dollar; a `geo` block defines one. */
export function literal(state: RequestState, text: string): string {
  if (text.includes('$')) state.usesDollar = true;
  return text.replaceAll('$', '${sy_dollar}');
}

export function braced(value: string): string {
  return value.replace(/\$(\w+)/g, '${$1}');
}

function variableValue(state: RequestState, part: { variable: string; name?: string }): string {
  const { variable, name = '' } = part;
  switch (variable) {
    case 'client_ip':
      return '$remote_addr';
    case 'method':
      return state.method;
    case 'host':
      return state.host;
    case 'path':
      return state.path;
    case 'query':
      return state.args;
    case 'scheme':
      return '$scheme';
    case 'listener':
      return '$sy_listener';
    case 'route':
      return '$sy_route';
    case 'pool':
      return state.pool;
    case 'backend':
      return '$upstream_addr';
    case 'uuid':
    case 'exchange_id':
      return '$request_id';
    case 'request_id':
      return requestId(state, 'x-request-id');
    case 'time_iso':
      return '$time_iso8601';
    case 'header':
      return headerValue(state, name);
    case 'cookie':
      return cookieValue(state, name);
    default:
      return refuseVariable(part);
  }
}

/** The client's id, under `lowerName` or under its usual name, or nginx's own. */
export function requestId(state: RequestState, lowerName: string): string {
  const given = headerValue(state, lowerName);
  const otherwise = lowerName === 'x-request-id' ? '$request_id' : requestId(state, 'x-request-id');
  return state.maps.define('sy_request_id', given, [['""', otherwise]], given);
}

/** What the request is at some point of the rules: every value an nginx string over the request as it came. */
import { Inexpressible } from '../notes.ts';
import { encodedPattern } from '../parameters.ts';
import { refuseVariable, type ValuePart } from '../value.ts';
import { escapeRegex, type Maps, regexKey } from './text.ts';

export interface RequestState {
  readonly maps: Maps;
  readonly ids: { route(name: string): string; pool(name: string): string };
  method: string;
  host: string;
  /** The Host that rules wrote, empty where none did; null: none does. */
  hostHeader: string | null;
  path: string;
  args: string;
  /** Id of the pool. */
  pool: string;
  /** By name in lower case; absent: as the client sent it. */
  readonly headers: Map<string, { name: string; value: string }>;
  usesDollar: boolean;
}

export function initialState(maps: Maps, ids: RequestState['ids']): RequestState {
  const path = maps.define('sy_path', '$request_uri', [['"~^([^?]*)"', '$1']], '');
  return {
    maps,
    ids,
    method: '$request_method',
    host: '$host',
    hostHeader: null,
    path,
    args: '$args',
    pool: '$sy_pool',
    headers: new Map(),
    usesDollar: false,
  };
}

export function headerValue(state: RequestState, lowerName: string): string {
  if (lowerName === 'host') return hostOr(state, '$http_host');
  return state.headers.get(lowerName)?.value ?? `$http_${variableName(lowerName)}`;
}

/** The Host that a rule wrote, else `otherwise`. */
export function hostOr({ maps, hostHeader }: RequestState, otherwise: string): string {
  return hostHeader === null ? otherwise : maps.define('sy_host', hostHeader, [['""', otherwise]], hostHeader);
}

/** The first parameter of that name, as it is encoded; empty when there is none. nginx's own `$arg_…` take a name in any case. */
export function parameterValue({ maps, args }: RequestState, name: string): string {
  const hint = `sy_arg_${name.replace(/\W/g, '_')}`;
  return maps.define(hint, args, [[regexKey(`(?:^|&)${encodedPattern(name)}=(?<sy_found>[^&]*)`), '$sy_found']], '');
}

/** The first cookie of that name without quotes; empty when there is none. nginx's own `$cookie_…` take a name in any case. */
export function cookieValue(state: RequestState, name: string): string {
  const hint = `sy_cookie_${name.replace(/\W/g, '_')}`;
  const pattern = `${cookiePattern(name)}\\s*"?(?<sy_found>[^;"]*)`;
  return state.maps.define(hint, headerValue(state, 'cookie'), [[regexKey(pattern), '$sy_found']], '');
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

/** A name that is part of a variable as it is: of a cookie, of a parameter. */
export function plainName(name: string): string {
  if (!/^\w+$/.test(name)) throw new Inexpressible(`nginx has no variable for the name ${name}`);
  return name;
}

/** A value with variables as an nginx string. `group` names the variable of `$1` and its like. */
export function renderValue(state: RequestState, parts: readonly ValuePart[], group?: (n: number) => string): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return literal(state, part);
      const value = 'group' in part ? (group?.(part.group) ?? refuseVariable(part)) : variableValue(state, part);
      return parts.length === 1 ? value : braced(value);
    })
    .join('');
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

/** The client's id, or nginx's own. */
export function requestId(state: RequestState, lowerName: string): string {
  const given = headerValue(state, lowerName);
  return state.maps.define('sy_request_id', given, [['""', '$request_id']], given);
}

/** Values with variables. */
import { Inexpressible } from '../notes.ts';
import { refuseVariable, type ValuePart } from '../value.ts';
import type { Differences } from '../variables.ts';
import { cookiePlaceholder, HOST, headerPlaceholder, PATH, QUERY } from './placeholders.ts';
import { quoted } from './text.ts';

/** A value with variables as one token. */
export function renderValue(parts: readonly ValuePart[], group?: (n: number) => string): string {
  // Where no brace opens, Caddy looks for none that is escaped.
  const literal = (text: string) => (parts.some(opens) ? text.replace(/[{}]/g, '\\$&') : text);
  const text = parts.map((part) => (typeof part === 'string' ? literal(part) : variable(part, group))).join('');
  if (text.includes('{$')) throw new Inexpressible('`{$` has no spelling in a Caddyfile');
  // A token of one closing brace ends a block, whatever stands around it.
  if (text === '}') return '"{http.vars.nothing}\\}"';
  const isBare = /^[^\s"`#\\]+$/.test(text) && !parts.some((part) => typeof part === 'string' && part.includes('}'));
  return isBare ? text : quoted(text);
}

/** What Caddy has in their place. */
export const VARIABLES: Differences = {
  host: 'Caddy has it as the client or a rule wrote it, capitals included; an IPv6 address has brackets',
  uuid: 'one for a request, however often it is asked for',
  exchange_id: 'a random UUID, not a number',
  request_id: 'empty where the client sent none',
  backend: 'the address of the backend, not its name',
};

function opens(part: ValuePart): boolean {
  return typeof part !== 'string' || part.includes('{');
}

function variable(part: Exclude<ValuePart, string>, group?: (n: number) => string): string {
  if ('group' in part) return group?.(part.group) ?? refuseVariable(part);
  switch (part.variable) {
    case 'client_ip':
      return '{http.request.remote.host}';
    case 'uuid':
    case 'exchange_id':
      return '{http.request.uuid}';
    case 'request_id':
      return '{http.request.header.X-Request-Id}';
    case 'method':
    case 'scheme':
      return `{http.request.${part.variable}}`;
    case 'host':
      return HOST;
    case 'path':
      return PATH;
    case 'query':
      return QUERY;
    case 'header':
      return headerPlaceholder(part.name ?? '');
    case 'cookie':
      return cookiePlaceholder(part.name ?? '');
    case 'route':
    case 'pool':
    case 'listener':
      return `{http.vars.${part.variable}}`;
    case 'backend':
      return '{http.reverse_proxy.upstream.hostport}';
    default:
      return refuseVariable(part);
  }
}

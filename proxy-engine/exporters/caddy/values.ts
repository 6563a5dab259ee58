/** Values with variables. */
import { Inexpressible } from '../notes.ts';
import { refuseVariable, type ValuePart } from '../value.ts';
import type { Differences } from '../variables.ts';
import { headerPlaceholder, placeholder } from './placeholders.ts';
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
    case 'uuid':
    case 'exchange_id':
      return '{http.request.uuid}';
    case 'request_id':
      return headerPlaceholder('X-Request-Id');
    case 'listener':
      return '{http.vars.listener}';
    case 'backend':
      return '{http.reverse_proxy.upstream.hostport}';
    case 'client_ip':
      return placeholder({ kind: 'clientIp' });
    case 'header':
    case 'cookie':
      return placeholder({ kind: part.variable, name: part.name ?? '' });
    case 'method':
    case 'scheme':
    case 'host':
    case 'path':
    case 'query':
    case 'route':
    case 'pool':
      return placeholder({ kind: part.variable });
    default:
      return refuseVariable(part);
  }
}

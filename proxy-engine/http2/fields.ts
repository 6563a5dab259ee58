/** What HTTP/2 asks of field lines (RFC 9113 §8.2), for lists as node:http2 gives and takes them: `[name, value, name, value …]`. */
import { ProxyError } from '../errors.ts';
import { FIELD_VALUE, HTAB, isToken, SP } from '../http/chars.ts';
import type { Headers } from '../http/headers.ts';
import { forwardable } from '../http/hop-by-hop.ts';

/** Belong to a connection of HTTP/1 and make a message malformed (§8.2.2). */
const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** The pseudo-fields and the others of a message, checked; a name that stands twice among the pseudo-fields is refused. */
export interface SplitFields {
  pseudo: ReadonlyMap<string, string>;
  /** Flat, in order; crumbs of `cookie` joined where the first one stood (§8.2.3). */
  regular: string[];
}

/** Throws ProxyError `code` for what would mean something else as HTTP/1.1: line breaks, connection fields, upper case. */
export function splitFields(flat: readonly string[], code: 'BAD_REQUEST' | 'BAD_RESPONSE'): SplitFields {
  const pseudo = new Map<string, string>();
  const regular: string[] = [];
  let cookieAt = -1;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] ?? '';
    const value = flat[i + 1] ?? '';
    const problem = fieldProblem(name, value, pseudo, regular.length > 0);
    if (problem !== null) throw new ProxyError(code, `${problem} in ${JSON.stringify(name.slice(0, 40))}`);
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'cookie' && cookieAt >= 0) regular[cookieAt] = `${regular[cookieAt]}; ${value}`;
    else {
      if (name === 'cookie') cookieAt = regular.length + 1;
      regular.push(name, value);
    }
  }
  return { pseudo, regular };
}

function fieldProblem(
  name: string,
  value: string,
  pseudo: ReadonlyMap<string, string>,
  pseudoIsOver: boolean,
): string | null {
  if (!isFieldValue(value)) return 'a control character or an outer space (RFC 9113 §8.2.1)';
  if (name.startsWith(':')) {
    if (pseudoIsOver) return 'a pseudo-field behind the others (RFC 9113 §8.3)';
    return pseudo.has(name) ? 'a second pseudo-field of that name (RFC 9113 §8.3)' : null;
  }
  if (!isToken(name)) return 'a name that is no token (RFC 9113 §8.2.1)';
  if (name !== name.toLowerCase()) return 'an upper-case name (RFC 9113 §8.2.1)';
  if (CONNECTION_FIELDS.has(name)) return 'a field of HTTP/1 connections (RFC 9113 §8.2.2)';
  return name === 'te' && value.toLowerCase() !== 'trailers' ? 'TE other than trailers (RFC 9113 §8.2.2)' : null;
}

function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (FIELD_VALUE[value.charCodeAt(i)] !== 1) return false;
  return !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1));
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}

/** Lines of HTTP/1.1 as HTTP/2 has them: names in lower case, without what belongs to a connection. */
export function toFields(headers: Headers): string[] {
  const { flat } = forwardable(headers);
  return flat.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : withoutOuterBlanks(text)));
}

/** Not `trim()`: of the bytes above 127, which it would cut too, some end a character of UTF-8. */
function withoutOuterBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

/** Lines as an HTTP/1.1 head has them, with the empty line. */
export function toLines(regular: readonly string[]): string {
  let text = '';
  for (let i = 0; i < regular.length; i += 2) text += `${regular[i]}: ${regular[i + 1]}\r\n`;
  return `${text}\r\n`;
}

export function hasField(regular: readonly string[], name: string): boolean {
  return regular.some((text, i) => i % 2 === 0 && text === name);
}

/** As an object, which node:http2 takes for 1xx and trailers; lines of one name as a list. */
export function grouped(fields: readonly string[]): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    const before = object[name];
    object[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return object;
}

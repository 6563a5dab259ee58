/** Header and trailer lines: from text to `Headers`, strictly (RFC 9112 §5). */
import { ProxyError } from '../errors.ts';
import { COLON, CR, FIELD_VALUE, HTAB, LF, SP, TOKEN } from './chars.ts';
import { Headers } from './headers.ts';

export interface FieldLimits {
  /** Most lines. */
  headers: number;
}

/** A bad message: 400 when a client sent it, 502 when a backend did. `rule` names the RFC section that it breaks. */
export function malformed(what: string, rule: string): ProxyError {
  return new ProxyError('BAD_REQUEST', `${what} (RFC ${rule})`);
}

/**
 * Parses the lines from `at` up to the empty line; `text` is latin1 and ends with CRLF CRLF.
 * Outer white space of values is removed. No folding, no space before the colon, no bare CR or LF.
 */
export function parseFields(text: string, at: number, limits: FieldLimits): Headers {
  const flat: string[] = [];
  const starts: number[] = [];
  const last = text.length - 2;
  let i = at;
  while (i < last) {
    if (flat.length >= limits.headers * 2)
      throw new ProxyError('HEAD_TOO_LARGE', `more than ${limits.headers} header lines`);
    const nameStart = i;
    while (TOKEN[text.charCodeAt(i)] === 1) i++;
    if (text.charCodeAt(i) !== COLON || i === nameStart) throw badName(text, nameStart, i);
    const name = text.substring(nameStart, i);
    i++;
    let c = text.charCodeAt(i);
    while (c === SP || c === HTAB) c = text.charCodeAt(++i);
    const valueStart = i;
    while (FIELD_VALUE[c] === 1) c = text.charCodeAt(++i);
    if (c !== CR || text.charCodeAt(i + 1) !== LF)
      throw malformed(`the value of ${name} holds a control character`, '9110 §5.5');
    let valueEnd = i;
    while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--;
    flat.push(name, text.substring(valueStart, valueEnd));
    const isUsual =
      valueStart === nameStart + name.length + 2 && valueEnd === i && text.charCodeAt(valueStart - 1) === SP;
    starts.push(isUsual ? nameStart : -1);
    i += 2;
  }
  return new Headers(flat, text, starts);
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}

function badName(text: string, start: number, end: number): ProxyError {
  const c = text.charCodeAt(end);
  if (end === start && isBlank(c)) return malformed('a folded header line', '9112 §5.2');
  if (end === start && c === COLON) return malformed('a header line without a name', '9110 §5.1');
  if (isBlank(c)) return malformed('white space before the colon of a header', '9112 §5.1');
  return malformed('a header line that is not name: value', '9112 §5');
}

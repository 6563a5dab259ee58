/** Values inside the query and the Cookie header, looked up without building a map. */
import { fromWire } from './wire-text.ts';

/** The decoded value of the first parameter of that name; undefined when there is none. */
export function queryValue(query: string, name: string): string | undefined {
  let start = 0;
  let equals = query.indexOf('=');
  while (start < query.length) {
    const end = endOf(query, '&', start);
    // Where there is none any more it is not looked for again: 60,000 separators would be 60,000 ways to the end.
    if (equals >= 0 && equals < start) equals = query.indexOf('=', start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (isNamed(query, start, nameEnd, name)) return formDecode(query.slice(Math.min(nameEnd + 1, end), end));
    start = end + 1;
  }
  return undefined;
}

/** The value of the first cookie of that name as it was sent, without surrounding quotes (RFC 6265 §4.2.1). */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let start = 0;
  let equals = header.indexOf('=');
  while (start < header.length) {
    const end = endOf(header, ';', start);
    if (equals >= 0 && equals < start) equals = header.indexOf('=', start);
    if (equals >= 0 && equals < end && hasName(header, start, equals, name))
      return header
        .slice(equals + 1, end)
        .trim()
        .replace(/^"(.*)"$/, '$1');
    start = end + 1;
  }
  return undefined;
}

/** Whether a parameter is called `name`, as it is written or decoded: nothing is made where its letters tell. */
function isNamed(query: string, start: number, end: number, name: string): boolean {
  if (end - start < name.length) return false;
  if (end - start === name.length && query.startsWith(name, start) && !/[%+\x80-\uffff]/.test(name)) return true;
  return isEncoded(query, start, end) && formDecode(query.slice(start, end)) === name;
}

function isEncoded(query: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = query.charCodeAt(i);
    if (code === PERCENT || code === PLUS || code > 0x7f) return true;
  }
  return false;
}

const PERCENT = 0x25;
const PLUS = 0x2b;

/** Whether a cookie is called `name`, spaces around it aside. */
function hasName(header: string, start: number, end: number, name: string): boolean {
  let from = start;
  while (from < end && isSpace(header.charCodeAt(from))) from++;
  if (!header.startsWith(name, from)) return false;
  let to = from + name.length;
  while (to < end && isSpace(header.charCodeAt(to))) to++;
  return to === end;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Decodes `+` and `%41` (application/x-www-form-urlencoded); what is not well-formed stays as it is. Unicode. */
export function formDecode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return fromWire(text);
  const spaced = fromWire(text).replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function endOf(text: string, separator: string, from: number): number {
  const at = text.indexOf(separator, from);
  return at < 0 ? text.length : at;
}

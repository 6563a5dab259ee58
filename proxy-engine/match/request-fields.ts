/** Values inside the query and the Cookie header, looked up without building a map. */
import { fromWire } from './wire-text.ts';

/** The decoded value of the first parameter of that name; undefined when there is none. */
export function queryValue(query: string, name: string): string | undefined {
  let start = 0;
  while (start < query.length) {
    const end = endOf(query, '&', start);
    const equals = query.indexOf('=', start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (formDecode(query.slice(start, nameEnd)) === name)
      return formDecode(query.slice(Math.min(nameEnd + 1, end), end));
    start = end + 1;
  }
  return undefined;
}

/** The value of the first cookie of that name as it was sent, without surrounding quotes (RFC 6265 §4.2.1). */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let start = 0;
  while (start < header.length) {
    const end = endOf(header, ';', start);
    const equals = header.indexOf('=', start);
    if (equals >= 0 && equals < end && header.slice(start, equals).trim() === name)
      return header
        .slice(equals + 1, end)
        .trim()
        .replace(/^"(.*)"$/, '$1');
    start = end + 1;
  }
  return undefined;
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

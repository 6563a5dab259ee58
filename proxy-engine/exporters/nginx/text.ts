/** nginx's syntax: quoting, durations, patterns and blocks. */
import { Inexpressible } from '../notes.ts';

/** Bytes of one word or quoted text in a file of nginx. */
const LONGEST_PARAMETER = 4095;

/** A quoted parameter. Variables in `text` stay variables; a literal dollar must be `${dollar}` already. */
export function quoted(text: string): string {
  if (/^[\w$./:@=-]+$/.test(text)) return text;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** Indented lines of a block. */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? line : `    ${line}`)), '}'];
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** `~^/v1/` as a key of a map: the pattern is quoted, its dollars are its own. */
export function regexKey(pattern: string, ignoreCase = false): string {
  const key = `"~${ignoreCase ? '*' : ''}${pattern.replace(/[\\"]/g, '\\$&')}"`;
  if (Buffer.byteLength(key) > LONGEST_PARAMETER)
    throw new Inexpressible(`nginx takes at most ${LONGEST_PARAMETER} bytes of a pattern or of a text to compare with`);
  return key;
}

const SPECIAL_KEYS: ReadonlySet<string> = new Set(['default', 'hostnames', 'include', 'volatile']);

/** An id as a key of a map. */
export function idKey(id: string): string {
  return SPECIAL_KEYS.has(id) ? `\\${id}` : id;
}

/** A comment is a parameter too, as far as its length goes. */
export function shortComments(line: string): string[] {
  if (line.length <= 1000) return [line];
  return (line.match(/.{1,1000}/gsu) ?? []).map((part, i) => (i === 0 ? part : `#     ${part}`));
}

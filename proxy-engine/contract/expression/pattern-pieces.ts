/** Escapes and classes of RE2 patterns: where each ends, or what is wrong with it. */
import type { ExpressionIssue } from './syntax.ts';

/** Where it ends, in UTF-16 units of the pattern. */
export interface PatternPiece {
  end: number;
  /** The character that it stands for; absent: it is a class or a place. */
  code?: number;
}

type Found = PatternPiece | ExpressionIssue;

const CLASS = /^\\[dDsSwW]/;
const PLACE = /^\\[AbBz]/;
const OCTAL = /^\\(?:[1-7](?=[0-7])|0)[0-7]{0,2}/;
const HEX = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/;
const UNICODE = /^\\[pP](?:[CLMNPSZ]|\{\^?[A-Za-z_]+\})/;
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const MAX_CODE_POINT = 0x10_ff_ff;
const NAMED_CLASS =
  /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]$/;

/** The escape at `at`. `within`: places such as `\b` mean nothing in a class, and classes are no end of a range. */
export function escapeMistake(source: string, at: number, within: 'pattern' | 'class' | 'range'): Found {
  const rest = source.slice(at, at + 64);
  const length = (pattern: RegExp): number => pattern.exec(rest)?.[0].length ?? 0;
  if (rest.length === 1) return { from: at, to: at + 1, message: ALONE };
  if (within === 'pattern' && length(PLACE) > 0) return { end: at + 2 };
  if (within !== 'range' && length(CLASS) > 0) return { end: at + 2 };
  if (within !== 'range' && /^\\[pP]/.test(rest))
    return length(UNICODE) > 0 ? { end: at + length(UNICODE) } : { from: at, to: at + 2, message: UNICODE_CLASS };
  const code = codeOf(rest);
  return code ? { end: at + code.length, code: code.code } : refused(source, at, within);
}

const ALONE = 'a backslash takes the character behind it, and there is none; write `\\\\` for a backslash';
const UNICODE_CLASS = 'expected a class of Unicode such as `\\pL`, `\\p{Lu}` or `\\p{Greek}`';

function codeOf(rest: string): { length: number; code: number } | null {
  const octal = OCTAL.exec(rest)?.[0].slice(0, 4);
  if (octal) return { length: octal.length, code: Number.parseInt(octal.slice(1), 8) };
  const hex = HEX.exec(rest);
  if (hex) {
    const code = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    return code <= MAX_CODE_POINT ? { length: hex[0].length, code } : null;
  }
  const char = rest.charAt(1);
  const control = Object.hasOwn(CONTROL, char) ? CONTROL[char] : undefined;
  if (control !== undefined) return { length: 2, code: control };
  return /^[\0-\x7f]$/.test(char) && !/[0-9A-Za-z]/.test(char) ? { length: 2, code: char.charCodeAt(0) } : null;
}

function refused(source: string, at: number, within: 'pattern' | 'class' | 'range'): ExpressionIssue {
  const char = String.fromCodePoint(source.codePointAt(at + 1) ?? 0);
  return { from: at, to: at + 1 + char.length, message: refusedText(char, within) };
}

function refusedText(char: string, within: 'pattern' | 'class' | 'range'): string {
  if (/[1-9]/.test(char)) return `RE2 has no \`\\${char}\`: a pattern cannot ask again for what a group has matched`;
  if (char === 'x') return 'expected two hexadecimal digits, as in `\\x41`, or a number in braces, as in `\\x{1F600}`';
  if (char === 'u' || char === 'U') return 'a character is told by its number as in `\\x{1F600}`';
  if (char === 'Z') return 'the end of the text is `\\z` or `$`';
  if (within === 'range' && /[dDsSwWpP]/.test(char))
    return `\`\\${char}\` is many characters and ends no range; write \`\\-\` for the character -`;
  if (within !== 'pattern' && /[AbBz]/.test(char))
    return `\`\\${char}\` is a place in the text and means nothing in \`[…]\``;
  return `\`\\${char}\` means nothing; write \`${char}\` for the character itself`;
}

/** The class at `at`, which begins with `[`. */
export function classMistake(source: string, start: number): Found {
  let at = start + (source[start + 1] === '^' ? 2 : 1);
  for (let first = true; source[at] !== ']' || first; first = false) {
    const member = source.startsWith('[:', at) ? namedClass(source, at) : null;
    const found = member ?? memberOf(source, at, start);
    if ('message' in found) return found;
    at = found.end;
  }
  return { end: at + 1 };
}

/** null: the bracket stands for itself. */
function namedClass(source: string, at: number): Found | null {
  const end = source.indexOf(':]', at);
  if (end < 0) return null;
  const written = source.slice(at, end + 2);
  if (NAMED_CLASS.test(written)) return { end: end + 2 };
  return { from: at, to: end + 2, message: 'expected a class such as `[:alpha:]`, `[:digit:]` or `[:space:]`' };
}

/** One character, a range, or an escape that stands for many. */
function memberOf(source: string, at: number, start: number): Found {
  const low = characterAt(source, at, start, 'class');
  if ('message' in low || low.code === undefined || source[low.end] !== '-' || source[low.end + 1] === ']') return low;
  const high = characterAt(source, low.end + 1, start, 'range');
  if ('message' in high || high.code === undefined || high.code >= low.code) return high;
  return {
    from: at,
    to: high.end,
    message: `this range runs backwards; write \`${source.slice(low.end + 1, high.end)}-${source.slice(at, low.end)}\``,
  };
}

function characterAt(source: string, at: number, start: number, within: 'class' | 'range'): Found {
  if (at >= source.length)
    return { from: start, to: start + 1, message: 'this `[` is not closed; write `\\[` for the character itself' };
  if (source[at] === '\\') return escapeMistake(source, at, within);
  const code = source.codePointAt(at) ?? 0;
  return { end: at + (code > 0xffff ? 2 : 1), code };
}

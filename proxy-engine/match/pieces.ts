/** The pieces that a pattern of RE2 is written of, found without parsing it whole. */
import { escapeMistake } from '../contract/expression/pattern-pieces.ts';

/** Characters that stand for themselves behind a backslash. */
export const ESCAPED = /^\\[./?*+()[\]{}^$|\-\\]/;
export const PLAIN = /^[^\\^$.|?*+()[\]{}]/;

/** Behind the escape, the class or the character at `at`. A class that is not closed ends with the pattern. */
export function endOfPiece(source: string, at: number): number {
  if (source[at] === '\\') return endOfEscape(source, at);
  if (source[at] !== '[') return at + 1;
  // A bracket right at the start of a class stands for itself; a named class has brackets of its own.
  let end = at + (source[at + 1] === '^' ? 2 : 1);
  if (source[end] === ']') end++;
  while (end < source.length && source[end] !== ']') {
    const named = source.startsWith('[:', end) ? source.indexOf(':]', end) : -1;
    if (source[end] === '\\') end += 2;
    else if (named >= 0) end = named + 2;
    else end++;
  }
  return end + 1;
}

function endOfEscape(source: string, at: number): number {
  const found = escapeMistake(source, at, 'pattern');
  return 'end' in found ? found.end : at + 2;
}

/** What stands between each `|` outside of every group. */
export function alternativesOf(source: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < source.length; at = endOfPiece(source, at)) {
    if (source[at] === '(') depth++;
    else if (source[at] === ')') depth--;
    else if (source[at] === '|' && depth === 0) {
      found.push(source.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, source.slice(from)];
}

export function hasAlternatives(source: string): boolean {
  return alternativesOf(source).length > 1;
}

/** `{2}`, `{2,}`, `{2,9}` at `at`. */
export function repetition(source: string, at: number): { min: number; max: number; end: number } | null {
  const found = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(source.slice(at, at + 12));
  if (!found) return null;
  const [written, least, comma, most] = found;
  const min = Number(least);
  const max = most ? Number(most) : comma ? Number.POSITIVE_INFINITY : min;
  return { min, max, end: at + written.length };
}

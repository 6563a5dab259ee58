/** What a pattern of RE2 asks of a text that can be said without it: how the text begins, ends, or what it has. */
import { classMistake, escapeMistake } from './pattern-pieces.ts';

export interface PatternShape {
  anchors: 'both' | 'start' | 'end' | 'neither';
  /** The text that the pattern is besides its anchors; null: it is more than a text. */
  whole: string | null;
  /** With which every matching text begins, ends; null: that is not known. */
  starts: string | null;
  ends: string | null;
}

/** A character that must be there once, or null: anything else. */
type Token = string | null;

/** `source`: a valid pattern. null: it has flags, alternatives or characters outside of ASCII, which are not looked into. */
export function patternShape(source: string): PatternShape | null {
  if (/\(\?(?!:)|\\[QAz]|[^\0-\x7f]/.test(source)) return null;
  const tokens = tokensOf(source);
  if (tokens === null) return null;
  const start = tokens[0] === START;
  const end = tokens.at(-1) === END;
  const inner = tokens.slice(start ? 1 : 0, end ? -1 : undefined);
  const first = inner.indexOf(null);
  const last = inner.lastIndexOf(null);
  return {
    anchors: start ? (end ? 'both' : 'start') : end ? 'end' : 'neither',
    whole: first < 0 ? inner.join('') : null,
    starts: start && first !== 0 ? inner.slice(0, first < 0 ? undefined : first).join('') : null,
    ends: end && last < inner.length - 1 ? inner.slice(last + 1).join('') : null,
  };
}

/** Stand for the anchors at either end, which no character of a pattern is. */
const START = '^start';
const END = '$end';

function tokensOf(source: string): Token[] | null {
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = 0; at < source.length; ) {
    const char = source.charAt(at);
    if (char === '|') return null;
    const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(at))?.[0];
    if (quantifier) {
      tokens[tokens.length - 1] = null;
      at += quantifier.length;
      continue;
    }
    if (char === '(') depth++;
    else if (char === ')') depth--;
    const { end, token } = tokenAt(source, at);
    tokens.push(depth > 0 ? null : token);
    at = end;
  }
  return tokens;
}

/** A class of one character. */
const ALONE = /^\[(?:([^\\^[\]])|\\([^0-9A-Za-z]))\]/;

function tokenAt(source: string, at: number): { end: number; token: Token } {
  const char = source.charAt(at);
  const alone = ALONE.exec(source.slice(at, at + 4));
  if (alone) return { end: at + alone[0].length, token: alone[1] ?? alone[2] ?? null };
  if (char === '[' || char === '\\') {
    const found = char === '[' ? classMistake(source, at) : escapeMistake(source, at, 'pattern');
    if ('message' in found) return { end: source.length, token: null };
    const isAscii = found.code !== undefined && found.code < 0x80;
    return { end: found.end, token: isAscii ? String.fromCharCode(found.code ?? 0) : null };
  }
  if (char === '^' && at === 0) return { end: 1, token: START };
  if (char === '$' && at === source.length - 1) return { end: at + 1, token: END };
  return { end: at + 1, token: '^$.()'.includes(char) ? null : char };
}

/** How long a match of a pattern can be: what a text that comes in pieces must keep, so that none is missed across a border. */
import { ESCAPED, endOfPiece, PLAIN, repetition } from './pieces.ts';

/** UTF-16 units; `max` may be Infinity. */
export interface MatchLength {
  min: number;
  max: number;
}

const NOTHING: MatchLength = { min: 0, max: 0 };
/** A character has one unit or two; which it is depends on the case as well. */
const ONE_CHARACTER: MatchLength = { min: 1, max: 2 };
/** Classes that stand for one character each. */
const CLASS_ESCAPE = /^\\[dDwWsStnrfv]$/;

/** `source`: a valid pattern of RE2. null: it is of a kind that is not measured, such as one with `^`, `$` or a look-behind. */
export function matchLength(source: string): MatchLength | null {
  const measured = alternatives(source, /^\(\?[is]+\)/.exec(source)?.[0].length ?? 0);
  return measured?.end === source.length ? measured.length : null;
}

/** A piece of a pattern that matches no line break: `.` without the flag `s`, a character, a class of some. */
const IN_LINE = /^(?:[^\\[\n]|\\[dwbBSt]|\[(?!\^)(?:[ -Z\]-\uffff]|\\[dw.-])+\])$/;

/** Whether no match of the pattern holds a line break; false where it is not known. */
export function staysInLine(source: string): boolean {
  if (/^\(\?i?s/.test(source)) return false;
  for (let at = 0; at < source.length; ) {
    const end = endOfPiece(source, at);
    const piece = source.slice(at, end);
    if (!IN_LINE.test(piece) && !ESCAPED.test(piece)) return false;
    at = end;
  }
  return true;
}

interface Measured {
  length: MatchLength;
  end: number;
}

/** Up to the end of the group or of the pattern. */
function alternatives(source: string, from: number): Measured | null {
  let length: MatchLength | null = null;
  for (let at = from; ; ) {
    const branch = sequence(source, at);
    if (branch === null) return null;
    length = length === null ? branch.length : either(length, branch.length);
    if (source[branch.end] !== '|') return { length, end: branch.end };
    at = branch.end + 1;
  }
}

function sequence(source: string, from: number): Measured | null {
  let length = NOTHING;
  let at = from;
  while (at < source.length && source[at] !== '|' && source[at] !== ')') {
    const piece = source[at] === '(' ? group(source, at) : single(source, at);
    if (piece === null) return null;
    const repeated = quantified(source, piece);
    length = { min: length.min + repeated.length.min, max: length.max + repeated.length.max };
    at = repeated.end;
  }
  return { length, end: at };
}

function group(source: string, at: number): Measured | null {
  const opening = /^\((?:\?:|\?P?<[A-Za-z_]\w*>)?/.exec(source.slice(at, at + 64))?.[0] ?? '(';
  if (source[at + opening.length] === '?') return null;
  const inner = alternatives(source, at + opening.length);
  return inner && source[inner.end] === ')' ? { length: inner.length, end: inner.end + 1 } : null;
}

function single(source: string, at: number): Measured | null {
  const end = (source.codePointAt(at) ?? 0) > 0xffff ? at + 2 : endOfPiece(source, at);
  const piece = source.slice(at, end);
  if (piece === '\\b' || piece === '\\B') return { length: NOTHING, end };
  const isOne =
    piece === '.' || piece[0] === '[' || CLASS_ESCAPE.test(piece) || PLAIN.test(piece) || ESCAPED.test(piece);
  return isOne ? { length: ONE_CHARACTER, end } : null;
}

/** With the quantifiers behind it. */
function quantified(source: string, { length, end }: Measured): Measured {
  const times = quantifierAt(source, end);
  if (times === null) return { length, end };
  const max = length.max === 0 ? 0 : length.max * times.max;
  const lazy = source[times.end] === '?' ? 1 : 0;
  return quantified(source, { length: { min: length.min * times.min, max }, end: times.end + lazy });
}

function quantifierAt(source: string, at: number): { min: number; max: number; end: number } | null {
  switch (source[at]) {
    case '?':
      return { min: 0, max: 1, end: at + 1 };
    case '*':
      return { min: 0, max: Number.POSITIVE_INFINITY, end: at + 1 };
    case '+':
      return { min: 1, max: Number.POSITIVE_INFINITY, end: at + 1 };
    default:
      return repetition(source, at);
  }
}

function either(a: MatchLength, b: MatchLength): MatchLength {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

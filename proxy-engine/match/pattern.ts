/** Regular expressions as RE2 has them: time is linear in the text, whatever the pattern. */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { findPatternMistake } from '../contract/expression/pattern-syntax.ts';
import type { ExpressionIssue } from '../contract/expression/syntax.ts';
import { matchLength } from './match-length.ts';
import { ESCAPED, endOfPiece, hasAlternatives, PLAIN, repetition } from './pieces.ts';
import { requiredLiterals } from './required-literals.ts';
import { fromWire, isAscii, toWire } from './wire-text.ts';

/** RE2 instructions; `((a{100}){100}){9}` and the like are refused. Matching costs at most this times the characters of the text. */
const MAX_PROGRAM = 1000;

/** Each has hundreds of ranges, and takes as long to compile as a long pattern without any. */
const MAX_UNICODE_CLASSES = 100;

export type Render = (groups: readonly string[]) => string;

export interface Found {
  start: number;
  end: number;
  groups: string[];
}

export interface Pattern {
  /** Matches anywhere in the text, like grep. */
  test(text: string): boolean;
  /** The first match with its groups (absent ones are ''), or null. */
  match(text: string): string[] | null;
  /** Replaces every match by what `render` makes of its groups. */
  replaceAll(text: string, render: Render): string;
  /** The same in steps of a few dozen matches, for texts so long that others must have their turn in between. */
  replaceInSteps(text: string, render: Render): Generator<void, string>;
  /** All matches: of each the start and the end of its groups, the whole first; -1: the group is absent. */
  places(text: string): Int32Array;
  /** Whether it is a text, which is found without an automaton. */
  readonly isPlain: boolean;
  /** The first match at or behind `from`, or null. */
  find(text: string, from: number): Found | null;
  /** UTF-16 units, the most that a match takes; null: no bound is known, or it may take none. */
  readonly longest: number | null;
  readonly groupCount: number;
  /** Characters with which every matching text starts; '' when that cannot be told. */
  readonly literalPrefix: string;
}

/** Compiles RE2 syntax, or says what is wrong with it and where in `source`, which may start with flags such as `(?i)`. */
export function compilePattern(source: string, ignoreCase = false): Pattern | ExpressionIssue {
  const whole = (message: string): ExpressionIssue => ({ from: 0, to: source.length, message });
  const mistake = findPatternMistake(source);
  if (mistake) return mistake;
  // Compiling what is far too large would take long by itself.
  if (roughSize(source) > 2 * MAX_PROGRAM || unicodeClasses(source) > MAX_UNICODE_CLASSES) return whole(TOO_LARGE);
  try {
    const regex = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (regex.programSize() > MAX_PROGRAM) return whole(TOO_LARGE);
    const longest = longestMatch(source);
    if (ignoreCase) return caselessPattern(patternOf(regex, NO_LITERAL, longest), source);
    if (isPlain(source)) return plainPattern(patternOf(regex, requiredLiteral(source), longest), source);
    return patternOf(regex, requiredLiteral(source), longest);
  } catch (error) {
    return refusal(source, error) ?? whole(`not an RE2 pattern: ${String(error)}`);
  }
}

/** What the engine alone knows: which classes Unicode has. */
function refusal(source: string, error: unknown): ExpressionIssue | null {
  const found = error instanceof RE2JSSyntaxException ? (error.input ?? '') : '';
  if (!/^\\p/i.test(found)) return null;
  const from = Math.max(0, source.indexOf(found));
  return { from, to: from + found.length, message: `there is no class \`${found}\` in Unicode` };
}

/** Whether it is no pattern but says why. */
export function isMistake(pattern: Pattern | ExpressionIssue): pattern is ExpressionIssue {
  return 'message' in pattern;
}

const TOO_LARGE = 'this pattern is too large; use fewer or smaller repetitions, or `in (…)` for a list';

function unicodeClasses(source: string): number {
  return source.match(/\\p/gi)?.length ?? 0;
}

/** About how many instructions it comes to: one a piece, what is repeated as often as it is. One look at each character. */
function roughSize(source: string): number {
  const open = [0];
  let last = 0;
  for (let at = 0; at < source.length; ) {
    const top = open.length - 1;
    const char = source[at];
    const repeats = char === '{' ? repetition(source, at) : null;
    if (repeats) {
      const times = Math.max(1, Number.isFinite(repeats.max) ? repeats.max : repeats.min);
      open[top]! += last * (times - 1);
      last *= times;
    } else if (char === ')' && top > 0) {
      last = (open.pop() ?? 0) + 2;
      open[top - 1]! += last;
    } else if (char === '(') open.push(0);
    else {
      last = 1;
      open[top]! += 1;
    }
    at = repeats?.end ?? endOfPiece(source, at);
  }
  return open.reduce((sum, size) => sum + size, 0);
}

function longestMatch(source: string): number | null {
  const length = matchLength(source);
  return length !== null && length.min > 0 && Number.isFinite(length.max) ? length.max : null;
}

function patternOf(regex: RE2JS, literal: Literal, longest: number | null): Pattern {
  const { text: required, anchored } = literal;
  const mayMatch = (text: string) =>
    required === '' || (anchored ? text.startsWith(required) : text.includes(required));
  return {
    test: (text) => mayMatch(text) && regex.test(text),
    match(text) {
      if (!mayMatch(text)) return null;
      const matcher = regex.matcher(text);
      return matcher.find() ? groupsOf(matcher) : null;
    },
    replaceAll(text, render) {
      if (!mayMatch(text)) return text;
      const steps = replaceSteps(regex, text, render);
      let step = steps.next();
      while (!step.done) step = steps.next();
      return step.value;
    },
    *replaceInSteps(text, render) {
      return mayMatch(text) ? yield* replaceSteps(regex, text, render) : text;
    },
    find(text, from) {
      // A match begins with what it must begin with.
      const at = required === '' || anchored ? from : text.indexOf(required, from);
      return at < 0 ? null : findFrom(regex, text, at);
    },
    places: (text) => (mayMatch(text) ? placesOf(regex, text) : new Int32Array()),
    isPlain: false,
    longest,
    groupCount: regex.groupCount(),
    literalPrefix: anchored ? required : '',
  };
}

/** Whether every character of it stands for itself. */
function isPlain(source: string): boolean {
  for (let at = 0; at < source.length; at = endOfPiece(source, at))
    if (!PLAIN.test(source.slice(at, at + 1)) && !ESCAPED.test(source.slice(at, at + 2))) return false;
  return true;
}

/** What it cannot do without is looked for first. Letters outside of ASCII have more forms than two: such texts are matched at once. */
function caselessPattern(pattern: Pattern, source: string): Pattern {
  const needed = isAscii(source) ? requiredLiterals(source).toSorted((a, b) => b.length - a.length) : [];
  const needle = (needed[0] ?? '').toLowerCase();
  if (needle === '') return pattern;
  const mayMatch = (text: string) => !isAscii(text) || text.toLowerCase().includes(needle);
  return {
    ...pattern,
    test: (text) => mayMatch(text) && pattern.test(text),
    match: (text) => (mayMatch(text) ? pattern.match(text) : null),
  };
}

/** A text is found faster without an automaton. */
function plainPattern(pattern: Pattern, source: string): Pattern {
  const plain = source.replace(/\\(.)/gs, '$1');
  if (plain === '') return pattern;
  return {
    ...pattern,
    test: (text) => text.includes(plain),
    match: (text) => (text.includes(plain) ? [plain] : null),
    replaceAll: (text, render) => text.replaceAll(plain, () => render([plain])),
    *replaceInSteps(text, render) {
      let out = '';
      let end = 0;
      for (let matches = 1, at = text.indexOf(plain); at >= 0; matches++, at = text.indexOf(plain, end)) {
        out += text.slice(end, at) + render([plain]);
        end = at + plain.length;
        if (matches % PLAIN_MATCHES_A_STEP === 0) yield;
      }
      return out + text.slice(end);
    },
    find(text, from) {
      const start = text.indexOf(plain, from);
      return start < 0 ? null : { start, end: start + plain.length, groups: [plain] };
    },
    isPlain: true,
    longest: plain.length,
  };
}

/**
 * `replaceAll` on bytes in a latin1 string: they are matched as the UTF-8 text that they are, so that `.` is a character.
 * `render` takes and gives bytes. What is no UTF-8 is matched byte by byte.
 */
export function replaceOnWire(pattern: Pattern, wire: string, render: Render): string {
  const text = isAscii(wire) ? wire : fromWire(wire);
  if (text === wire || toWire(text) !== wire) return pattern.replaceAll(wire, render);
  return toWire(pattern.replaceAll(text, (groups) => fromWire(render(groups.map(toWire)))));
}

function findFrom(regex: RE2JS, text: string, from: number): Found | null {
  const matcher = regex.matcher(text);
  return matcher.find(from) ? { start: matcher.start(), end: matcher.end(), groups: groupsOf(matcher) } : null;
}

const MATCHES_A_STEP = 64;
const PLAIN_MATCHES_A_STEP = 4096;

function* replaceSteps(regex: RE2JS, text: string, render: Render): Generator<void, string> {
  const matcher = regex.matcher(text);
  let out = '';
  let end = 0;
  for (let matches = 1; matcher.find(); matches++) {
    out += text.slice(end, matcher.start()) + render(groupsOf(matcher));
    end = matcher.end();
    if (matches % MATCHES_A_STEP === 0) yield;
  }
  return out + text.slice(end);
}

function placesOf(regex: RE2JS, text: string): Int32Array {
  const matcher = regex.matcher(text);
  const places: number[] = [];
  while (matcher.find())
    for (let group = 0; group <= matcher.groupCount(); group++) places.push(matcher.start(group), matcher.end(group));
  return Int32Array.from(places);
}

/** `replaceInSteps` of a pattern with that many groups, whose matches are known: `places` of it. */
export function* replaceAt(
  text: string,
  places: Int32Array,
  groupCount: number,
  render: Render,
): Generator<void, string> {
  const size = 2 * (groupCount + 1);
  let out = '';
  let end = 0;
  for (let at = 0; at < places.length; at += size) {
    const ends = Array.from(places.subarray(at, at + size));
    const groups = Array.from({ length: groupCount + 1 }, (_, i) => text.slice(ends[2 * i], ends[2 * i + 1]));
    out += text.slice(end, ends[0]) + render(groups);
    end = ends[1] ?? end;
    if ((at / size) % MATCHES_A_STEP === 0) yield;
  }
  return out + text.slice(end);
}

function groupsOf(matcher: ReturnType<RE2JS['matcher']>): string[] {
  return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
}

interface Literal {
  text: string;
  anchored: boolean;
}

const NO_LITERAL: Literal = { text: '', anchored: false };

/** The literal with which a pattern begins, when it needs no parsing to see it: `^/old/(.*)` starts with `/old/`. */
export function requiredLiteral(source: string): Literal {
  if (/\(\?(?!:)|\\Q/.test(source) || hasAlternatives(source)) return NO_LITERAL;
  const anchored = source.startsWith('^');
  const run = /^(?:[^\\^$.|?*+()[\]{}]|\\[./?*+()[\]{}^$|\-\\])*/.exec(source.slice(anchored ? 1 : 0))?.[0] ?? '';
  const next = source[run.length + (anchored ? 1 : 0)];
  const optional = next === '?' || next === '*' || next === '{';
  const kept = optional ? run.replace(/(\\.|[^\\])$/s, '') : run;
  return { text: kept.replace(/\\(.)/gs, '$1'), anchored };
}

/** What is wrong with a pattern of RE2 (https://github.com/google/re2/wiki/Syntax), at which character, and what would be right. */
import { classMistake, escapeMistake, type PatternPiece } from './pattern-pieces.ts';
import type { ExpressionIssue } from './syntax.ts';

interface Scan {
  readonly source: string;
  at: number;
  readonly names: Set<string>;
  /** Groups that are open, the outermost first; the first stands for the pattern itself. */
  readonly groups: Group[];
}

interface Group {
  from: number;
  /** How often the innermost part of the last piece is repeated; null: there is nothing to repeat. */
  times: number | null;
  /** The most that any piece so far is repeated. */
  most: number;
  /** Where the quantifier stands that the last piece has. */
  repeated: number | null;
}

/** Characters; longer patterns are refused. */
const MAX_LENGTH = 4096;
/** How often something may be repeated, repetitions inside each other multiplied. */
const MAX_TIMES = 1000;
const LOOK_AROUND = /^\(\?(?:<?[=!])/;
const NAMED = /^\(\?P?</;
const FLAGS = /^\(\?[imsU]*(?:-[imsU]+)?([:)])/;

/** The first mistake in the pattern; null: none is known. Unknown names of Unicode classes are not looked at. Time is linear in its length; offsets are UTF-16 units into it. */
export function findPatternMistake(source: string): ExpressionIssue | null {
  if (source.length > MAX_LENGTH) return { from: 0, to: source.length, message: tooLong(source.length) };
  const scan: Scan = { source, at: 0, names: new Set(), groups: [opened(0)] };
  while (scan.at < source.length) {
    const mistake = step(scan);
    if (mistake) return mistake;
  }
  const open = scan.groups[1];
  return open ? unclosed('(', open.from) : null;
}

function step(scan: Scan): ExpressionIssue | null {
  const { source, at } = scan;
  switch (source[at]) {
    case '(':
      return open(scan);
    case ')':
      return close(scan);
    case '|':
      Object.assign(top(scan), { times: null, repeated: null });
      scan.at++;
      return null;
    case '[':
      return piece(scan, classMistake(source, at));
    case '\\':
      return escape(scan);
    case '*':
    case '+':
    case '?':
      return repeat(scan, at + 1, null);
    case '{':
      return counted(scan);
    default:
      return piece(scan, { end: at + ((source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) });
  }
}

function opened(from: number): Group {
  return { from, times: null, most: 1, repeated: null };
}

function top(scan: Scan): Group {
  return scan.groups.at(-1) as Group;
}

function piece(scan: Scan, found: PatternPiece | ExpressionIssue): ExpressionIssue | null {
  if ('message' in found) return found;
  Object.assign(top(scan), { times: 1, repeated: null });
  scan.at = found.end;
  return null;
}

function open(scan: Scan): ExpressionIssue | null {
  const { at } = scan;
  const rest = scan.source.slice(at);
  if (!rest.startsWith('(?')) return enter(scan, at + 1);
  if (LOOK_AROUND.test(rest)) return { from: at, to: at + (rest[2] === '<' ? 4 : 3), message: NO_LOOKING };
  if (NAMED.test(rest)) return named(scan, rest);
  const flags = FLAGS.exec(rest);
  if (!flags) return { from: at, to: Math.min(scan.source.length, at + 3), message: GROUPS };
  if (flags[1] === ':') return enter(scan, at + flags[0].length);
  // Flags are no piece: what follows repeats the piece before them.
  top(scan).repeated = null;
  scan.at = at + flags[0].length;
  return null;
}

const NO_LOOKING =
  'RE2 looks neither ahead nor behind; ask for it in a condition of its own, joined by `and` or `and not`';
const GROUPS = 'a group is `(…)`, `(?:…)`, `(?<name>…)` or `(?i:…)`; write `\\?` for the character itself';

function enter(scan: Scan, inside: number): null {
  scan.groups.push(opened(scan.at));
  scan.at = inside;
  return null;
}

function named(scan: Scan, rest: string): ExpressionIssue | null {
  const begin = rest.indexOf('<') + 1;
  const [name = ''] = /^\w*/.exec(rest.slice(begin)) ?? [];
  const from = scan.at + begin;
  const end = Math.min(from + name.length, scan.source.length - 1);
  if (name === '' || rest[begin + name.length] !== '>')
    return {
      from: end,
      to: end + 1,
      message: 'the name of a group is letters, digits and _, then `>`, as in `(?<id>…)`',
    };
  if (scan.names.has(name))
    return { from, to: from + name.length, message: `there is a group \`${name}\` already; take another name` };
  scan.names.add(name);
  return enter(scan, from + name.length + 1);
}

function close(scan: Scan): ExpressionIssue | null {
  const { at, groups } = scan;
  if (groups.length === 1)
    return {
      from: at,
      to: at + 1,
      message: 'no `(` is open that this `)` could close; write `\\)` for the character itself',
    };
  const { most } = groups.pop() as Group;
  const outer = top(scan);
  Object.assign(outer, { times: most, most: Math.max(outer.most, most), repeated: null });
  scan.at++;
  return null;
}

function escape(scan: Scan): ExpressionIssue | null {
  const { source, at } = scan;
  if (!source.startsWith('\\Q', at)) return piece(scan, escapeMistake(source, at, 'pattern'));
  const end = source.indexOf('\\E', at + 2);
  const isEmpty = end === at + 2 || source.length === at + 2;
  if (isEmpty) top(scan).repeated = null;
  else Object.assign(top(scan), { times: 1, repeated: null });
  scan.at = end < 0 ? source.length : end + 2;
  return null;
}

/** `{2,9}`; braces that are nothing of the kind stand for themselves. */
function counted(scan: Scan): ExpressionIssue | null {
  const { source, at } = scan;
  const found = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/.exec(source.slice(at));
  if (!found) return piece(scan, { end: at + 1 });
  const [written, least, comma, most] = found;
  const min = Number(least);
  const max = most === undefined ? (comma ? null : min) : Number(most);
  if (min > MAX_TIMES || (max !== null && (max > MAX_TIMES || max < min)))
    return {
      from: at,
      to: at + written.length,
      message: `a repetition counts from 0 to ${MAX_TIMES}, the smaller number first`,
    };
  return repeat(scan, at + written.length, { min, max });
}

/** `count`: of a quantifier in braces; `max` null: without end. */
function repeat(scan: Scan, end: number, count: { min: number; max: number | null } | null): ExpressionIssue | null {
  const { source, at } = scan;
  const group = top(scan);
  const written = source.slice(at, end);
  const to = source[end] === '?' ? end + 1 : end;
  if (group.repeated !== null)
    return {
      from: at,
      to,
      message: `this repeats what \`${source.slice(group.repeated, at)}\` repeats already; take one of the two out`,
    };
  if (group.times === null) return { from: at, to: end, message: nothingBefore(written) };
  const times = timesOf(count, group.times);
  if (count && Math.max(count.min, count.max ?? 0) >= 2 && times > MAX_TIMES)
    return { from: at, to: end, message: `repetitions inside each other come to ${MAX_TIMES} at most` };
  Object.assign(group, { times, most: Math.max(group.most, times), repeated: at });
  scan.at = to;
  return null;
}

function timesOf(count: { min: number; max: number | null } | null, inner: number): number {
  if (!count) return inner;
  if (count.max === 0) return 1;
  return inner * Math.max(1, count.max ?? count.min);
}

function tooLong(length: number): string {
  return `a pattern has at most ${MAX_LENGTH} characters, found ${length}`;
}

function nothingBefore(written: string): string {
  const meant =
    written === '*'
      ? '`.*` is any text, `\\*` the character itself'
      : `write \`\\${written[0]}\` for the character itself`;
  return `there is nothing before \`${written}\` to repeat; ${meant}`;
}

function unclosed(bracket: string, from: number): ExpressionIssue {
  return {
    from,
    to: from + 1,
    message: `this \`${bracket}\` is not closed; write \`\\${bracket}\` for the character itself`,
  };
}

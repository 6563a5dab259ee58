/** Patterns of nginx (PCRE) as RE2 has them. */
import { compilePattern, isMistake } from '../../match/pattern.ts';

export interface ReadablePattern {
  pattern: string;
  /** False: it holds for more than nginx's does. */
  isExact: boolean;
}

/** One that only looks ahead for a word at its end is spelt out; of others what looks around is left out, or all behind what can be read. */
export function readablePattern(written: string): ReadablePattern {
  if (isReadable(written)) return { pattern: written, isExact: true };
  const spelt = written.replace(/\(\?!([\w/-]+)\)(?=(\.\*)?\$?$)/, (_, word: string) => otherThan(word));
  if (spelt !== written && isReadable(spelt)) return { pattern: spelt, isExact: true };
  const rest = written.replace(/\(\?<?[!=](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)/g, '');
  const loose = withoutGreed(rest);
  return { pattern: isReadable(loose) ? loose : readableBeginning(loose), isExact: false };
}

/** Counts and groups that give nothing back, as those that do: they hold for more. */
function withoutGreed(pattern: string): string {
  return pattern.replace(/\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|\(\?>|([+*?}])\+/g, (all, count: string | undefined) =>
    all === '(?>' ? '(?:' : (count ?? all),
  );
}

function isReadable(pattern: string): boolean {
  return !isMistake(compilePattern(pattern));
}

/** Of longer ones the beginning says enough. */
const LONGEST = 200;

/** The longest beginning that holds wherever all of it does; else what holds for anything. */
function readableBeginning(pattern: string): string {
  const hasOthers = (end: number) => outsideOfGroups(pattern.slice(end)).includes('|');
  for (let end = Math.min(pattern.length, LONGEST); end > 1; end--) {
    const beginning = pattern.slice(0, end);
    // What a count stands behind may be absent.
    if (/^[?*{]/.test(pattern.slice(end)) || !isReadable(beginning)) continue;
    return hasOthers(end) ? '.*' : beginning;
  }
  return '.*';
}

function outsideOfGroups(pattern: string): string {
  let depth = 0;
  const letters = pattern.replace(/\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]/g, '');
  return [...letters]
    .filter((letter) => {
      if (letter === '(') depth += 1;
      if (letter === ')') depth -= 1;
      return depth <= 0;
    })
    .join('');
}

/** Anything that does not begin with the word: `([^a]|a[^b]|$)`. */
function otherThan(word: string): string {
  const [first = '', rest] = [word[0], word.slice(1)];
  const letter = first === '-' ? '\\-' : first;
  return `(?:$|[^${letter}]${rest === '' ? '' : `|${letter}${otherThan(rest)}`})`;
}

/** What stands between the bars outside of all groups; of a pattern that is one group, what stands in it. */
export function alternativesOf(pattern: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [atom] of pattern.matchAll(/\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|[^]/g)) {
    if (atom === '(') depth += 1;
    if (atom === ')') depth -= 1;
    if (atom === '|' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()}${atom}`);
  }
  const [, inner] = parts.length === 1 ? (/^\((?:\?:)?((?:[^()\\]|\\.)*)\)$/.exec(pattern) ?? []) : [];
  return inner === undefined || inner.startsWith('?') ? parts : alternativesOf(inner);
}

/** Whether it asks for the beginning of the text somewhere. */
export function hasBeginning(pattern: string): boolean {
  return /\^|\\A/.test(pattern.replace(/\\[^A]|\[\^?\]?(?:\\[^]|[^\]\\])*\]/g, ''));
}

/** Names of groups, with their numbers: values here have numbers only. */
export function groupNames(pattern: string): Readonly<Record<string, string>> {
  const named = groupsOf(pattern).flatMap(([, name], i) => (name === undefined ? [] : [[name, `$${i + 1}`]]));
  return Object.fromEntries(named);
}

/** Where the texts of groups begin. */
export function groupStarts(pattern: string): number[] {
  return groupsOf(pattern).map(({ 0: all, index }) => index + all.length);
}

function groupsOf(pattern: string): RegExpExecArray[] {
  const found = pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)|\(\?P?<(\w+)>/g);
  return [...found].filter(([all]) => all.startsWith('('));
}

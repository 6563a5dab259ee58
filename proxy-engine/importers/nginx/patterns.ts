/** Patterns of nginx (PCRE) as RE2 has them. */
import { compilePattern, isMistake } from '../../match/pattern.ts';

export interface ReadablePattern {
  pattern: string;
  /** False: it holds for more than nginx's does. */
  isExact: boolean;
}

/** One that only looks ahead for a word at its end is spelt out; of others what looks around is left out. */
export function readablePattern(written: string): ReadablePattern {
  if (!isMistake(compilePattern(written))) return { pattern: written, isExact: true };
  const spelt = written.replace(/\(\?!([\w/-]+)\)(?=(\.\*)?\$?$)/, (_, word: string) => otherThan(word));
  if (spelt !== written && !isMistake(compilePattern(spelt))) return { pattern: spelt, isExact: true };
  return { pattern: written.replace(/\(\?<?[!=](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)/g, ''), isExact: false };
}

/** Anything that does not begin with the word: `([^a]|a[^b]|$)`. */
function otherThan(word: string): string {
  const [first = '', rest] = [word[0], word.slice(1)];
  const letter = first === '-' ? '\\-' : first;
  return `(?:$|[^${letter}]${rest === '' ? '' : `|${letter}${otherThan(rest)}`})`;
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

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
  const groups = [...pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)|\(\?P?<(\w+)>/g)].filter(([all]) =>
    all.startsWith('('),
  );
  return Object.fromEntries(groups.flatMap(([, name], i) => (name === undefined ? [] : [[name, `$${i + 1}`]])));
}

import { expect, it } from 'vitest';
import { type MatchLength, matchLength } from '../../proxy-engine/match/match-length.ts';

const between = (min: number, max: number): MatchLength => ({ min, max });
const ENDLESS = Number.POSITIVE_INFINITY;

// A character may take two units: which one it is depends on the case as well.
it.each<[source: string, length: MatchLength | null]>([
  ['', between(0, 0)],
  ['abc', between(3, 6)],
  ['a|bcd', between(1, 6)],
  ['a(b|cd)?e', between(2, 8)],
  ['(?:ab){2,3}', between(4, 12)],
  ['(?P<n>a)(?<m>b)', between(2, 4)],
  ['[a-f]{2}\\d.', between(4, 8)],
  ['\\bword\\b', between(4, 8)],
  ['(?i)key', between(3, 6)],
  ['a?', between(0, 2)],
  ['😀?', between(0, 2)],
  ['a+', between(1, ENDLESS)],
  ['a*', between(0, ENDLESS)],
  ['a{2,}', between(2, ENDLESS)],
  ['(a|b*)c', between(1, ENDLESS)],
  ['(){9}*', between(0, 0)],
  ['\\/\\.\\[', between(3, 6)],
  ['[[:alpha:]\\]]x', between(2, 4)],
  ['^a', null],
  ['a$', null],
  ['\\Aa', null],
  ['(?<=a)b', null],
  ['a(?i:b)', null],
  ['(?m)a', null],
  ['\\pL', null],
  ['\\x41', null],
  ['\\Qa\\E', null],
])('%j: %j', (source, length) => {
  expect(matchLength(source)).toEqual(length);
});

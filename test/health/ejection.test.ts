import { expect, test } from 'vitest';
import { ejectionTimeMs, mayEject } from '../../proxy-engine/health/ejection.ts';

const CONFIG = { consecutiveFailures: 3, baseTime: 2000, maxTime: 30_000, maxPercent: 50 };

test.each([
  ['too few failures', { consecutiveFailures: 2, ejected: 0, candidates: 3, total: 3 }, false],
  ['one of three', { consecutiveFailures: 3, ejected: 0, candidates: 3, total: 3 }, true],
  ['one of two', { consecutiveFailures: 3, ejected: 0, candidates: 2, total: 2 }, true],
  ['the last one', { consecutiveFailures: 9, ejected: 1, candidates: 1, total: 2 }, false],
  ['a second of three is over 50 %', { consecutiveFailures: 3, ejected: 1, candidates: 2, total: 3 }, false],
  ['a second of four is 50 %', { consecutiveFailures: 3, ejected: 1, candidates: 3, total: 4 }, true],
] as const)('%s', (_name, question, expected) => {
  expect(mayEject(question, CONFIG)).toBe(expected);
});

test.each([
  [1, 2000],
  [2, 4000],
  [15, 30_000],
  [99, 30_000],
])('ejection %d in a row lasts %d ms', (count, ms) => {
  expect(ejectionTimeMs(count, CONFIG)).toBe(ms);
});

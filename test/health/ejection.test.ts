import { expect, test } from 'vitest';
import { ProxyError } from '../../proxy-engine/errors.ts';
import {
  ejectionCause,
  ejectionTimeMs,
  mayEject,
  mayReturn,
  nextEjectionCount,
} from '../../proxy-engine/health/ejection.ts';

const CONFIG = { consecutiveFailures: 3, baseTime: 2000, maxTime: 30_000, maxPercent: 50 };

test.each([
  ['too few failures', { consecutiveFailures: 2, ejected: 0, others: 2, total: 3 }, 50, false],
  ['one of three', { consecutiveFailures: 3, ejected: 0, others: 2, total: 3 }, 50, true],
  ['one of two', { consecutiveFailures: 3, ejected: 0, others: 1, total: 2 }, 50, true],
  ['one of two, though that is over 10 %', { consecutiveFailures: 3, ejected: 0, others: 1, total: 2 }, 10, true],
  ['the only one', { consecutiveFailures: 9, ejected: 0, others: 0, total: 1 }, 50, false],
  ['the last one', { consecutiveFailures: 9, ejected: 1, others: 0, total: 2 }, 100, false],
  ['a second of three is over 50 %', { consecutiveFailures: 3, ejected: 1, others: 1, total: 3 }, 50, false],
  ['a second of four is 50 %', { consecutiveFailures: 3, ejected: 1, others: 2, total: 4 }, 50, true],
  ['a second of three', { consecutiveFailures: 3, ejected: 1, others: 1, total: 3 }, 100, true],
] as const)('%s: %j with at most %d %%: %s', (_name, question, maxPercent, expected) => {
  expect(mayEject(question, { ...CONFIG, maxPercent })).toBe(expected);
});

test.each([
  [1, 2000],
  [2, 4000],
  [15, 30_000],
  [99, 30_000],
])('ejection %d lasts %d ms', (count, ms) => {
  expect(ejectionTimeMs(count, CONFIG)).toBe(ms);
});

test.each([
  ['the first', 0, 0, 1],
  ['again at once', 1, 500, 2],
  ['again after 9.9 s', 3, 9900, 4],
  ['one is forgiven after 10 s', 3, 10_000, 3],
  ['all are forgiven', 3, 60_000, 1],
] as const)('%s: ejection %d earlier, %d ms in → number %d', (_name, earlier, stayedMs, count) => {
  expect(nextEjectionCount(earlier, stayedMs)).toBe(count);
});

test.each([
  [{ answers: true, seenDown: true, timeIsUp: false }, true],
  [{ answers: true, seenDown: false, timeIsUp: true }, true],
  [{ answers: true, seenDown: false, timeIsUp: false }, false],
  [{ answers: false, seenDown: true, timeIsUp: true }, false],
])('returns after %j: %s', (question, expected) => {
  expect(mayReturn(question)).toBe(expected);
});

test.each([
  [new ProxyError('RESET', 'socket hang up'), '3× reset'],
  [new ProxyError('CONNECT_REFUSED', 'connect ECONNREFUSED'), '3× connection refused'],
  [new ProxyError('RETRY_STATUS', 'answered 503'), '3× answered 503'],
  [null, '3× failed'],
])('%s is told as %s', (error, expected) => {
  expect(ejectionCause(3, error)).toBe(expected);
});

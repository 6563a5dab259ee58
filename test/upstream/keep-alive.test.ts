import { expect, test } from 'vitest';
import { keepAliveMs } from '../../proxy-engine/upstream/keep-alive.ts';

test.each([
  [undefined, Number.POSITIVE_INFINITY],
  ['', Number.POSITIVE_INFINITY],
  ['max=100', Number.POSITIVE_INFINITY],
  ['timeout=5', 4000],
  ['timeout=5, max=100', 4000],
  ['max=100, Timeout = 60', 59_000],
  ['timeout=1', 500],
  ['timeout=0', 0],
  ['xtimeout=5', Number.POSITIVE_INFINITY],
])('Keep-Alive: %s → idle for %d ms at most', (header, ms) => {
  expect(keepAliveMs(header)).toBe(ms);
});

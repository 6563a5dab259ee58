import { expect, test } from 'vitest';
import { healthReason, isExpectedStatus, nextStreak, type Streak } from '../../proxy-engine/health/outcome.ts';

const THRESHOLDS = { rise: 2, fall: 3 };

/** P: passed, F: failed → the health after each: H(ealthy), U(nhealthy). */
function run(from: Streak['health'], probes: string): string {
  let streak: Streak = { health: from, passes: 0, failures: 0 };
  return [...probes]
    .map((probe) => {
      streak = nextStreak(streak, probe === 'P', THRESHOLDS);
      return streak.health === 'healthy' ? 'H' : 'U';
    })
    .join('');
}

test.each([
  // The first probe decides.
  ['unknown', 'P', 'H'],
  ['unknown', 'F', 'U'],
  ['unknown', 'FPP', 'UUH'],
  // What HAProxy did with rise 2, fall 3: FFFPPFPF.
  ['healthy', 'FFFPPFPF', 'HHUUHHHH'],
  ['healthy', 'FFPFFP', 'HHHHHH'],
  ['healthy', 'FFPFFF', 'HHHHHU'],
  ['unhealthy', 'PFPFPP', 'UUUUUH'],
] as const)('from %s, %s gives %s', (from, probes, expected) => {
  expect(run(from, probes)).toBe(expected);
});

test.each([
  ['unknown', { health: 'unhealthy', passes: 0, failures: 1 }, 'first check: said'],
  ['healthy', { health: 'healthy', passes: 0, failures: 1 }, 'fall 1/3: said'],
  ['healthy', { health: 'unhealthy', passes: 0, failures: 3 }, 'fall 3/3: said'],
  ['unhealthy', { health: 'unhealthy', passes: 0, failures: 9 }, 'fall 3/3: said'],
  ['unhealthy', { health: 'unhealthy', passes: 0, failures: 1 }, 'fall 3/3: said'],
  ['unhealthy', { health: 'unhealthy', passes: 1, failures: 0 }, 'rise 1/2: said'],
  ['unhealthy', { health: 'healthy', passes: 2, failures: 0 }, 'said'],
] as const)('reason after %s → %j: %s', (before, streak, expected) => {
  expect(healthReason(streak, before, 'said', THRESHOLDS)).toBe(expected);
});

test.each([
  [200, ['200-399'], true],
  [399, ['200-399'], true],
  [404, ['200-399'], false],
  [204, [204], true],
  [200, ['204'], false],
  [418, ['200-299', 418], true],
] as const)('status %d among %j: %s', (status, expected, holds) => {
  expect(isExpectedStatus(status, [...expected])).toBe(holds);
});

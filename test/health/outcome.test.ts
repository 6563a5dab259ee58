import { expect, test } from 'vitest';
import { isExpectedStatus, nextStreak, type Streak } from '../../proxy-engine/health/outcome.ts';

const START: Streak = { health: 'unknown', passes: 0, failures: 0 };

/** P: passed, F: failed → u(nknown), h(ealthy), d(own) after each. */
function run(probes: string): string {
  let streak = START;
  return [...probes]
    .map((probe) => {
      streak = nextStreak(streak, probe === 'P', { rise: 2, fall: 3 });
      return streak.health === 'unknown' ? 'u' : streak.health === 'healthy' ? 'h' : 'd';
    })
    .join('');
}

test.each([
  ['P', 'h'],
  ['FF', 'uu'],
  ['FFF', 'uud'],
  ['PFFPFF', 'hhhhhh'],
  ['PFFFPP', 'hhhddh'],
  ['FFFPFPP', 'uuddddh'],
])('%s flips health to %s', (probes, health) => {
  expect(run(probes)).toBe(health);
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

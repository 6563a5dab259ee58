/** Consecutive probe results flip health: `rise` passes up, `fall` failures down; the first probe of all decides at once when it passes. */
import type { HealthCheckConfig } from '../contract/config.ts';
import type { Health } from '../contract/state.ts';

export interface Streak {
  health: Health;
  passes: number;
  failures: number;
}

export function nextStreak(
  before: Streak,
  passed: boolean,
  { rise, fall }: Pick<HealthCheckConfig, 'rise' | 'fall'>,
): Streak {
  const passes = passed ? before.passes + 1 : 0;
  const failures = passed ? 0 : before.failures + 1;
  const isUp = passed && (before.health === 'unknown' || passes >= rise);
  const isDown = failures >= fall;
  return { health: isUp ? 'healthy' : isDown ? 'unhealthy' : before.health, passes, failures };
}

/** Whether `status` is one of `200`, `'200-399'` … */
export function isExpectedStatus(status: number, expected: HealthCheckConfig['expectStatus']): boolean {
  return expected.some((entry) => {
    if (typeof entry === 'number') return status === entry;
    const [low, high = low] = entry.split('-').map(Number);
    return status >= (low as number) && status <= (high as number);
  });
}

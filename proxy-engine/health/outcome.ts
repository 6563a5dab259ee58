/** What probe results make of a backend's health. */
import type { HealthCheckConfig } from '../contract/config.ts';
import type { Health } from '../contract/state.ts';

export interface Streak {
  health: Health;
  /** Consecutive probes that passed, or failed; one of the two is 0. */
  passes: number;
  failures: number;
}

export type Thresholds = Pick<HealthCheckConfig, 'rise' | 'fall'>;

/**
 * The first probe of all decides at once; later `fall` failures in a row take a healthy backend down and `rise` passes in
 * a row bring an unhealthy one up (HAProxy's counter, which starts one failure from down and jumps to the far end at each flip).
 */
export function nextStreak(before: Streak, passed: boolean, thresholds: Thresholds): Streak {
  const passes = passed ? before.passes + 1 : 0;
  const failures = passed ? 0 : before.failures + 1;
  return { health: nextHealth(before.health, passes, failures, thresholds), passes, failures };
}

function nextHealth(before: Health, passes: number, failures: number, { rise, fall }: Thresholds): Health {
  switch (before) {
    case 'unknown':
      return passes > 0 ? 'healthy' : 'unhealthy';
    case 'healthy':
      return failures >= fall ? 'unhealthy' : 'healthy';
    case 'unhealthy':
      return passes >= rise ? 'healthy' : 'unhealthy';
  }
}

/**
 * What a backend shows as its reason after a probe that said `detail`: `200 in 2 ms`, `fall 3/3: connection refused`,
 * `rise 1/2: 200 in 2 ms`, `first check: connection refused`.
 */
export function healthReason(
  { health, passes, failures }: Streak,
  before: Health,
  detail: string,
  { rise, fall }: Thresholds,
): string {
  if (before === 'unknown' && failures > 0) return `first check: ${detail}`;
  // One that is down already has fallen, however few failures this run of the checks has seen.
  if (failures > 0) return `fall ${before === 'unhealthy' ? fall : Math.min(failures, fall)}/${fall}: ${detail}`;
  return health === 'unhealthy' ? `rise ${passes}/${rise}: ${detail}` : detail;
}

/** Whether `status` is one of `200`, `'200-399'` … */
export function isExpectedStatus(status: number, expected: HealthCheckConfig['expectStatus']): boolean {
  return expected.some((entry) => {
    const [low = 0, high = low] = typeof entry === 'number' ? [entry] : entry.split('-').map(Number);
    return low <= status && status <= high;
  });
}

/** The RE2 pattern in an `expectBody` of the form `/pattern/`; null: it is a substring. */
export function bodyPattern(expected: string): string | null {
  return /^\/(.*)\/$/s.exec(expected)?.[1] ?? null;
}

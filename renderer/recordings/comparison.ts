import type { ComparedRequests, ComparedSide } from '../../proxy-engine/contract/recording-commands.ts';

/** How much a number has changed, to be seen at once: worse is more failures or more time. */
export type Change = 'better' | 'worse' | 'same';

/** Below that a difference of latencies says nothing. */
const LEAST_MS = 5;
const LEAST_SHARE = 0.1;

export function latencyChange(before: number, after: number): Change {
  const difference = after - before;
  if (Math.abs(difference) < Math.max(LEAST_MS, before * LEAST_SHARE)) return 'same';
  return difference > 0 ? 'worse' : 'better';
}

export function failureChange(before: ComparedSide, after: ComparedSide): Change {
  const [was, is] = [before.failed / before.count, after.failed / after.count];
  return Math.abs(was - is) < 0.001 ? 'same' : is > was ? 'worse' : 'better';
}

/** `1,204 × 2xx, 3 × 5xx` */
export function statusText(side: ComparedSide, count: (value: number) => string): string {
  return Object.entries(side.statuses)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, times]) => `${count(times)} × ${group}`)
    .join(', ');
}

export function keyOf({ method, host, path }: ComparedRequests): string {
  return `${method} ${host}${path}`;
}

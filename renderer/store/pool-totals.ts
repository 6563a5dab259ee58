import type { PoolState } from '../../proxy-engine/contract/state.ts';

export function poolRate(pool: PoolState): number {
  return pool.backends.reduce((sum, backend) => sum + backend.rate, 0);
}

/** The p95 of the slowest backend that gets traffic: no exchange of the pool is promised less. */
export function poolP95(pool: PoolState): number {
  return Math.max(0, ...pool.backends.filter((backend) => backend.rate > 0).map((backend) => backend.p95Ms));
}

/** Share of the available backends' weight that a backend has, 0–1. Backups count only when nothing else is available. */
export function weightShare(pool: PoolState, name: string): number {
  const available = pool.backends.filter((backend) => backend.available);
  const first = available.filter((backend) => !backend.backup);
  const serving = first.length > 0 ? first : available;
  const all = serving.reduce((sum, backend) => sum + backend.weight, 0);
  const own = serving.find((backend) => backend.name === name)?.weight ?? 0;
  return all > 0 ? own / all : 0;
}

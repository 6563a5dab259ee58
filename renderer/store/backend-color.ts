import type { EngineState } from '../../proxy-engine/contract/state.ts';

const COLORS = 8;
/** 1–9 */
const KEYS = 9;

/** The CSS colour of a backend, the same in tile, list, chart and attempt: its place among all backends of the config. */
export function backendColor(state: EngineState | null, pool: string | undefined, backend: string | undefined): string {
  const index = state && backend !== undefined ? backendIndex(state, pool, backend) : -1;
  return index < 0 ? 'var(--faint)' : `var(--series-${index % COLORS})`;
}

function backendIndex(state: EngineState, pool: string | undefined, backend: string): number {
  let before = 0;
  for (const candidate of state.pools) {
    const position = candidate.backends.findIndex((one) => one.name === backend);
    if (position >= 0 && (pool === undefined || candidate.name === pool)) return before + position;
    before += candidate.backends.length;
  }
  return -1;
}

export interface NumberedBackend {
  pool: string;
  backend: string;
  /** 1–9, the key that switches it; undefined beyond. */
  key?: number;
}

/** Backends in the order of the config, the first nine with their keys. */
export function numberedBackends(state: EngineState | null): NumberedBackend[] {
  const all = (state?.pools ?? []).flatMap((pool) =>
    pool.backends.map((one) => ({ pool: pool.name, backend: one.name })),
  );
  return all.map((one, index) => ({ ...one, key: index < KEYS ? index + 1 : undefined }));
}

/** The key that switches a backend, if it is among the first nine. */
export function keyOf(state: EngineState | null, pool: string, backend: string): number | undefined {
  const index = state ? backendIndex(state, pool, backend) : -1;
  return index >= 0 && index < KEYS ? index + 1 : undefined;
}

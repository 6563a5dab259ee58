import type { BackendStatus, EngineState } from '../../proxy-engine/contract/state.ts';

/** Five minutes at one sample a second. */
export const SERIES_CAPACITY = 300;

export interface BackendSample {
  rate: number;
  p50: number;
  p95: number;
  p99: number;
  requests: number;
  failures: number;
}

/** What backends did, second by second. Bounded: the oldest sample goes when a new one comes. */
export interface Series {
  /** Epoch seconds, oldest first. */
  times: readonly number[];
  /** By `pool/backend`; as long as `times`, null where the backend was not there. */
  backends: ReadonlyMap<string, readonly (BackendSample | null)[]>;
}

export const emptySeries: Series = { times: [], backends: new Map() };

export function backendKey(pool: string, backend: string): string {
  return `${pool}/${backend}`;
}

/** The series with the state's numbers as the newest sample. Pure; at most one sample a second is kept. */
export function addSample(series: Series, state: EngineState, epochSeconds: number): Series {
  if ((series.times.at(-1) ?? Number.NEGATIVE_INFINITY) >= epochSeconds) return series;
  const drop = series.times.length >= SERIES_CAPACITY ? 1 : 0;
  const times = [...series.times.slice(drop), epochSeconds];
  const backends = new Map<string, readonly (BackendSample | null)[]>();
  for (const pool of state.pools)
    for (const backend of pool.backends) {
      const key = backendKey(pool.name, backend.name);
      const past = series.backends.get(key)?.slice(drop) ?? times.slice(1).map(() => null);
      backends.set(key, [...past, sampleOf(backend)]);
    }
  return { times, backends };
}

function sampleOf(backend: BackendStatus): BackendSample {
  const { rate, p50Ms, p95Ms, p99Ms, requests, failures } = backend;
  return { rate, p50: p50Ms, p95: p95Ms, p99: p99Ms, requests, failures };
}

const RECENT = 60;

/** The rates of the last minute for a sparkline, oldest first; seconds without a sample count as none. */
export function recentRates(series: Series, pool: string, backend: string): number[] {
  return (series.backends.get(backendKey(pool, backend)) ?? []).slice(-RECENT).map((sample) => sample?.rate ?? 0);
}

export const SPARKLINE_CAPACITY = RECENT;

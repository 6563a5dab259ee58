import { HISTORY_SECONDS, LITTLE_BACK_SECONDS, type PoolsHistory } from '../../proxy-engine/contract/pool-commands.ts';
import type { BackendStatus, EngineState } from '../../proxy-engine/contract/state.ts';

/** At one sample a second, as many as the engine remembers. */
export const SERIES_CAPACITY = HISTORY_SECONDS;

export interface BackendSample {
  rate: number;
  p50: number;
  p95: number;
  p99: number;
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
  const newest = series.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (newest > epochSeconds + LITTLE_BACK_SECONDS) return addSample(emptySeries, state, epochSeconds);
  if (newest >= epochSeconds) return series;
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
  const { rate, p50Ms, p95Ms, p99Ms, failures } = backend;
  return { rate, p50: p50Ms, p95: p95Ms, p99: p99Ms, failures };
}

/** The series with what the engine remembers in the place of its own samples of that time. Pure. */
export function withHistory(series: Series, history: PoolsHistory): Series {
  const [first = Number.POSITIVE_INFINITY] = history.times;
  const last = history.times.at(-1) ?? first;
  const before = series.times.filter((time) => time < first).length;
  const after = series.times.filter((time) => time > last).length;
  const join = <T>(own: readonly T[], known: readonly T[]): T[] =>
    [...own.slice(0, before), ...known, ...own.slice(own.length - after)].slice(-SERIES_CAPACITY);
  const missing = series.times.map(() => null);
  const unknown = history.times.map(() => null);
  const known = new Map(history.backends.map((one) => [backendKey(one.pool, one.backend), samplesIn(one)]));
  const backends = new Map<string, readonly (BackendSample | null)[]>();
  for (const key of new Set([...series.backends.keys(), ...known.keys()]))
    backends.set(key, join<BackendSample | null>(series.backends.get(key) ?? missing, known.get(key) ?? unknown));
  return { times: join(series.times, history.times), backends };
}

function samplesIn({ rate, p50Ms, p95Ms, p99Ms, failures }: PoolsHistory['backends'][number]): BackendSample[] {
  const at = (column: number[], index: number): number => column[index] ?? 0;
  return rate.map((one, index) => ({
    rate: one,
    p50: at(p50Ms, index),
    p95: at(p95Ms, index),
    p99: at(p99Ms, index),
    failures: at(failures, index),
  }));
}

const RECENT = 60;

/** The rates of the last minute for a sparkline, oldest first; seconds without a sample count as none. */
export function recentRates(series: Series, pool: string, backend: string): number[] {
  return (series.backends.get(backendKey(pool, backend)) ?? []).slice(-RECENT).map((sample) => sample?.rate ?? 0);
}

export const SPARKLINE_CAPACITY = RECENT;

import { type BackendSample, backendKey, SERIES_CAPACITY, type Series } from '../store/series.ts';

/** Columns as uPlot takes them: times in epoch seconds, then one column a line; null is a gap. */
export type ChartColumns = [number[], ...(number | null)[][]];

/** What a chart needs to know of a pool. */
export interface Members {
  name: string;
  backends: readonly { name: string }[];
}

/** By backend. */
function samplesOf(series: Series, { name, backends }: Members): (readonly (BackendSample | null)[])[] {
  return backends.map((backend) => series.backends.get(backendKey(name, backend.name)) ?? []);
}

/** The share of each backend over time, stacked: column n is the sum of the first n backends' shares, 0–1. */
export function stackedShares(series: Series, pool: Members): ChartColumns {
  const samples = samplesOf(series, pool);
  const columns: (number | null)[][] = pool.backends.map(() => []);
  series.times.forEach((_, at) => {
    const rates = samples.map((one) => one[at]?.rate ?? 0);
    const all = rates.reduce((sum, rate) => sum + rate, 0);
    let below = 0;
    rates.forEach((rate, index) => {
      below += rate;
      columns[index]?.push(all > 0 ? below / all : null);
    });
  });
  return [[...series.times], ...columns];
}

/** Requests a second of the whole pool. */
export function poolRates(series: Series, pool: Members): ChartColumns {
  const samples = samplesOf(series, pool);
  return [[...series.times], series.times.map((_, at) => samples.reduce((sum, one) => sum + (one[at]?.rate ?? 0), 0))];
}

/**
 * Of the pool: the p50s of its backends, weighted by the requests each got; p95 and p99 of the slowest that gets some, as in the
 * dock, because a mean of tails would promise too much. Null while there is no traffic.
 */
export function poolLatencies(series: Series, pool: Members): ChartColumns {
  const samples = samplesOf(series, pool);
  const column = (combine: typeof weightedMean, of: (sample: BackendSample) => number): (number | null)[] =>
    series.times.map((_, at) =>
      combine(
        samples.map((one) => one[at] ?? null),
        of,
      ),
    );
  return [
    [...series.times],
    column(weightedMean, (one) => one.p50),
    column(slowest, (one) => one.p95),
    column(slowest, (one) => one.p99),
  ];
}

/** Failed attempts a second, one column a backend; null before its second sample. */
export function failedAttempts(series: Series, pool: Members): ChartColumns {
  const columns = samplesOf(series, pool).map((samples) =>
    series.times.map((_, at) => growth(samples[at - 1]?.failures, samples[at]?.failures)),
  );
  return [[...series.times], ...columns];
}

/** How much a counter grew; one that fell began anew. */
function growth(before: number | undefined, now: number | undefined): number | null {
  if (before === undefined || now === undefined) return null;
  return now < before ? now : now - before;
}

function weightedMean(
  samples: readonly (BackendSample | null)[],
  of: (sample: BackendSample) => number,
): number | null {
  let sum = 0;
  let weight = 0;
  for (const sample of samples) {
    if (!sample) continue;
    sum += of(sample) * sample.rate;
    weight += sample.rate;
  }
  return weight > 0 ? sum / weight : null;
}

function slowest(samples: readonly (BackendSample | null)[], of: (sample: BackendSample) => number): number | null {
  const busy = samples.flatMap((sample) => (sample && sample.rate > 0 ? [of(sample)] : []));
  return busy.length > 0 ? Math.max(...busy) : null;
}

/** Whether it goes back as far as a chart shows: what this window has not seen it does not deny. */
export function isWhole(times: ArrayLike<number>): boolean {
  return times.length >= SERIES_CAPACITY;
}

/** The time axis: always five minutes, so that a young chart grows from the right instead of stretching. */
export function timeRange(times: ArrayLike<number>): [from: number, to: number] {
  const to = times[times.length - 1] ?? Math.floor(Date.now() / 1000);
  return [to - SERIES_CAPACITY, to];
}

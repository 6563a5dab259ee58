/** What a drill's log says about its expectations. Pure. */
import type { DrillVerdict } from '../contract/drill.ts';
import type { Comparison, DrillWindow, Expectation, LatencyName, Measure } from '../contract/drill-expectation.ts';
import type { DrillLog } from './drill-log.ts';

/** When a backend was brought back, and until when it was then left alone. Milliseconds from the start of the drill. */
export interface Return {
  backend: string;
  fromMs: number;
  toMs: number;
}

/** What verdicts are reached on. */
export interface Evidence {
  log: DrillLog;
  returns: readonly Return[];
  /** How long the load lasted, milliseconds. */
  lastedMs: number;
}

export function judge(expectation: Expectation, evidence: Evidence): DrillVerdict {
  const { text, measure, operator, value, unit } = expectation;
  const measured = measureOf(measure, evidence);
  if (typeof measured === 'string') return { text, passed: false, measured };
  if (unit !== 'share' || measure.kind === 'share')
    return { text, passed: compare(measured, operator, value), measured: show(measured, unit) };
  const requests = requestsIn(evidence.log, 'window' in measure ? measure.window : null);
  const part = measured / requests;
  return {
    text,
    passed: compare(part, operator, value),
    measured: `${show(part, 'share')} (${measured} of ${requests})`,
  };
}

/** In the unit of the measure; a text when there is nothing to measure, which meets no expectation. */
function measureOf(measure: Measure, { log, returns, lastedMs }: Evidence): number | string {
  if (measure.kind === 'requests') return requestsIn(log, measure.window);
  // Nothing went wrong because nothing happened: that proves nothing.
  if ('window' in measure && requestsIn(log, measure.window) === 0) return 'no request';
  switch (measure.kind) {
    case 'failed':
      return countIn(log.requests.at, measure.window, (at) => log.requests.failed[at] === true);
    case 'retries':
      return countIn(log.attempts.at, measure.window, (at) => log.attempts.retry[at] === true);
    case 'rate':
      return rateIn(log, measure.window, lastedMs);
    case 'latency':
      return latencyOf(log, measure.of, measure.window);
    case 'share':
      return shareOf(log, measure.backend, measure.window) ?? 'no request of its pool';
    case 'recovered':
      return recoveryOf(log, measure.backend, returns);
    case 'count':
      return countIn(log.counted.find(({ text }) => text === measure.expression)?.at ?? [], measure.window);
  }
}

function isWithin(at: number, window: DrillWindow | null): boolean {
  return window === null || (at >= window.fromMs && at < window.toMs);
}

function countIn(times: readonly number[], window: DrillWindow | null, holds?: (at: number) => boolean): number {
  let count = 0;
  for (let at = 0; at < times.length; at++) if (isWithin(times[at]!, window) && (!holds || holds(at))) count++;
  return count;
}

function requestsIn(log: DrillLog, window: DrillWindow | null): number {
  return countIn(log.requests.at, window);
}

/** Requests that ended in the window by its length, or by as much of it as the load lasted; a text when that is nothing. */
export function rateIn({ requests }: DrillLog, window: DrillWindow | null, lastedMs: number): number | string {
  const [fromMs, toMs] = [window?.fromMs ?? 0, Math.min(lastedMs, window?.toMs ?? lastedMs)];
  if (toMs <= fromMs) return 'no time';
  const ended = countIn(
    requests.at.map((at, index) => at + requests.tookMs[index]!),
    { fromMs, toMs },
  );
  return (ended * 1000) / (toMs - fromMs);
}

function latencyOf(log: DrillLog, name: LatencyName, window: DrillWindow | null): number {
  const { at, tookMs } = log.requests;
  const within = window === null ? tookMs : tookMs.filter((_, index) => isWithin(at[index]!, window));
  return latency(Float64Array.from(within).sort(), name);
}

const QUANTILES: Record<Exclude<LatencyName, 'mean'>, number> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
  max: 1,
};

/** Of values in ascending order, of which there is one at least; percentiles by nearest rank. */
export function latency(sorted: Float64Array, name: LatencyName): number {
  if (name === 'mean') return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return sorted[Math.max(0, Math.ceil(QUANTILES[name] * sorted.length) - 1)]!;
}

/** Of the attempts that its pool got in the window; null: there were none. */
export function shareOf({ backends, attempts }: DrillLog, backend: string, window: DrillWindow | null): number | null {
  const pool = poolOf(backend);
  const place = backends.indexOf(backend);
  const siblings = new Set(backends.flatMap((name, index) => (poolOf(name) === pool ? [index] : [])));
  const all = countIn(attempts.at, window, (at) => siblings.has(attempts.backend[at]!));
  return all === 0 ? null : countIn(attempts.at, window, (at) => attempts.backend[at] === place) / all;
}

function poolOf(backend: string): string {
  return backend.slice(0, backend.indexOf('/'));
}

/** The longest time from a return of the backend to its first attempt without a failure. */
function recoveryOf({ backends, attempts }: DrillLog, backend: string, returns: readonly Return[]): number | string {
  const place = backends.indexOf(backend);
  const own = returns.filter((one) => one.backend === backend);
  if (own.length === 0) return 'not brought back yet';
  const times = own.map(({ fromMs, toMs }) => {
    const served = attempts.at.filter(
      (at, index) => at >= fromMs && at < toMs && attempts.backend[index] === place && !attempts.failed[index],
    );
    return served.reduce((first, at) => Math.min(first, at - fromMs), Number.POSITIVE_INFINITY);
  });
  const longest = Math.max(...times);
  return Number.isFinite(longest) ? longest : 'never';
}

function compare(measured: number, operator: Comparison, value: number): boolean {
  switch (operator) {
    case '=':
      return measured === value;
    case '!=':
      return measured !== value;
    case '<':
      return measured < value;
    case '<=':
      return measured <= value;
    case '>':
      return measured > value;
    case '>=':
      return measured >= value;
  }
}

/** `212 ms`, `33.4 %`, `198.2/s` */
function show(value: number, unit: Expectation['unit']): string {
  switch (unit) {
    case 'count':
      return String(value);
    case 'ms':
      return showMs(value);
    case 'share':
      return `${rounded(value * 100)} %`;
    case 'rate':
      return `${rounded(value)}/s`;
  }
}

/** `0.8 ms`, `212 ms`, `1.24 s` */
export function showMs(ms: number): string {
  return ms < 1000 ? `${ms < 10 ? rounded(ms) : Math.round(ms)} ms` : `${Math.round(ms / 10) / 100} s`;
}

function rounded(value: number): number {
  return Math.round(value * (value < 1 ? 100 : 10)) / (value < 1 ? 100 : 10);
}

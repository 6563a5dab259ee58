/** The report of a drill out of its log: totals, verdicts, second by second. Pure. */
import type { DrillBackendReport, DrillReport, DrillSecond, DrillSummary } from '../contract/drill.ts';
import type { Expectation } from '../contract/drill-expectation.ts';
import type { DrillLog } from './drill-log.ts';
import { type Evidence, judge, latency, rateIn, shareOf } from './verdict.ts';

/** What the log does not know. */
export type DrillFacts = Pick<
  DrillReport,
  | 'id'
  | 'name'
  | 'outcome'
  | 'problem'
  | 'startedAt'
  | 'durationMs'
  | 'elapsedMs'
  | 'load'
  | 'steps'
  | 'restored'
  | 'document'
>;

export function buildReport(facts: DrillFacts, expectations: readonly Expectation[], evidence: Evidence): DrillReport {
  const { log } = evidence;
  const verdicts = expectations.map((expectation) => judge(expectation, evidence));
  const { outcome } = facts;
  return {
    ...facts,
    outcome: outcome === 'passed' && verdicts.some(({ passed }) => !passed) ? 'failed' : outcome,
    totals: totalsOf(evidence),
    verdicts,
    backends: log.backends.map((name, place) => backendReport(log, name, place)),
    seconds: secondsOf(log, facts.durationMs, facts.elapsedMs),
    failures: log.failures(),
  };
}

function totalsOf({ log, lastedMs }: Evidence): DrillReport['totals'] {
  const { at, tookMs } = log.requests;
  const sorted = Float64Array.from(tookMs).sort();
  const rate = rateIn(log, null, lastedMs);
  const of = (name: 'p50' | 'p95' | 'p99' | 'max') => (sorted.length === 0 ? 0 : latency(sorted, name));
  return {
    requests: at.length,
    failed: log.failed,
    attempts: log.attempts.at.length,
    retries: count(log.attempts.retry),
    rate: typeof rate === 'number' ? rate : 0,
    p50Ms: of('p50'),
    p95Ms: of('p95'),
    p99Ms: of('p99'),
    maxMs: of('max'),
  };
}

function count(flags: readonly boolean[]): number {
  return flags.reduce((sum, flag) => sum + (flag ? 1 : 0), 0);
}

function backendReport(log: DrillLog, name: string, place: number): DrillBackendReport {
  let [attempts, failures] = [0, 0];
  log.attempts.backend.forEach((backend, index) => {
    if (backend !== place) return;
    attempts++;
    if (log.attempts.failed[index]) failures++;
  });
  return { name, attempts, failures, share: shareOf(log, name, null) ?? 0 };
}

/** As many as have begun; the last may be a part of one. */
export function secondsOf(log: DrillLog, durationMs: number, elapsedMs: number): DrillSecond[] {
  const count = Math.max(1, Math.ceil(Math.min(durationMs, elapsedMs) / 1000));
  const took: number[][] = Array.from({ length: count }, () => []);
  const seconds = took.map(
    (): DrillSecond => ({ requests: 0, failed: 0, retries: 0, attempts: zeros(log), failures: zeros(log) }),
  );
  log.requests.at.forEach((at, index) => {
    const place = secondOf(at, count);
    const second = seconds[place]!;
    second.requests++;
    if (log.requests.failed[index]) second.failed++;
    took[place]!.push(log.requests.tookMs[index]!);
  });
  addAttempts(log, seconds);
  took.forEach((values, place) => {
    if (values.length === 0) return;
    const sorted = Float64Array.from(values).sort();
    Object.assign(seconds[place]!, { p50Ms: latency(sorted, 'p50'), p99Ms: latency(sorted, 'p99') });
  });
  return seconds;
}

function addAttempts({ attempts }: DrillLog, seconds: readonly DrillSecond[]): void {
  attempts.at.forEach((at, index) => {
    const second = seconds[secondOf(at, seconds.length)]!;
    const backend = attempts.backend[index]!;
    second.attempts[backend]!++;
    if (attempts.failed[index]) second.failures[backend]!++;
    if (attempts.retry[index]) second.retries++;
  });
}

/** What begins when the drill is over belongs to its last second: a request that waited, an attempt of one. */
function secondOf(at: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(at / 1000)));
}

function zeros({ backends }: DrillLog): number[] {
  return backends.map(() => 0);
}

export function summaryOf({ id, name, outcome, startedAt, totals, verdicts }: DrillReport): DrillSummary {
  const { requests, failed, p99Ms } = totals;
  const met = verdicts.filter(({ passed }) => passed).length;
  return { id, name, outcome, startedAt, requests, failed, p99Ms, expected: verdicts.length, met };
}

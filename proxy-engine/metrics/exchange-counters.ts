import type { LiveExchange } from '../exchange.ts';
import { Histogram } from './histogram.ts';

/** What is counted of a finished exchange. */
export interface CountedExchange {
  listener: string;
  /** Undefined: none held, or none was chosen. */
  route: string | undefined;
  pool: string | undefined;
  /** Of the answer; 0: there was none. */
  status: number;
  durationMs: number;
  /** At backends; 0: none was asked. */
  attempts: number;
  /** `ProxyError.reason` of the error that ended it. */
  error: string | undefined;
  /** Whether a failure on purpose hit one of its attempts. */
  faulted: boolean;
}

export interface ExchangeCounts {
  listener: string;
  route: string;
  pool: string;
  /** Answers by the first digit of their status; [0]: no answer. */
  statuses: number[];
  /** The same of those that a failure on purpose has hit. */
  faulted: number[];
  /** Attempts after the first. */
  retries: number;
  errors: Map<string, number>;
  duration: Histogram;
}

/** Counts exchanges by listener, route and pool: as many rows as the config has combinations. */
export class ExchangeCounters {
  readonly #rows = new Map<string, ExchangeCounts>();
  /** Where the last one was counted: mostly that of the next as well. */
  #last: ExchangeCounts | null = null;

  /** To be told of every exchange that has ended. */
  count(exchange: LiveExchange): void {
    const { listener, route, pool, answered, startedAt, endedAt, attempts, error } = exchange;
    this.record({
      listener,
      route,
      pool,
      status: answered?.status ?? 0,
      durationMs: endedAt - startedAt,
      attempts: attempts.length,
      error: error?.reason,
      faulted: attempts.some(isFaulted),
    });
  }

  record(exchange: CountedExchange): void {
    const { status, error } = exchange;
    const row = this.#rowOf(exchange);
    const digit = Math.floor(status / 100);
    row.statuses[digit] = (row.statuses[digit] ?? 0) + 1;
    if (exchange.faulted) row.faulted[digit] = (row.faulted[digit] ?? 0) + 1;
    row.duration.observe(exchange.durationMs);
    row.retries += Math.max(0, exchange.attempts - 1);
    if (error !== undefined) row.errors.set(error, (row.errors.get(error) ?? 0) + 1);
  }

  #rowOf({ listener, route = '', pool = '' }: CountedExchange): ExchangeCounts {
    const last = this.#last;
    if (last !== null && last.route === route && last.pool === pool && last.listener === listener) return last;
    const key = `${listener}\n${route}\n${pool}`;
    let row = this.#rows.get(key);
    if (!row) {
      row = emptyRow(listener, route, pool);
      this.#rows.set(key, row);
    }
    this.#last = row;
    return row;
  }

  read(): readonly ExchangeCounts[] {
    return [...this.#rows.values()];
  }
}

function emptyRow(listener: string, route: string, pool: string): ExchangeCounts {
  const [statuses, faulted] = [noAnswers(), noAnswers()];
  return { listener, route, pool, statuses, faulted, retries: 0, errors: new Map(), duration: new Histogram() };
}

/** Rows of several threads, those of the same listener, route and pool as one. */
export function sumOfCounts(threads: readonly (readonly ExchangeCounts[])[]): readonly ExchangeCounts[] {
  const [first = [], ...others] = threads;
  if (others.length === 0) return first;
  const rows = new Map<string, ExchangeCounts>();
  for (const row of threads.flat()) {
    const { listener, route, pool } = row;
    const key = `${listener}\n${route}\n${pool}`;
    let sum = rows.get(key);
    if (!sum) rows.set(key, (sum = emptyRow(listener, route, pool)));
    addRow(sum, row);
  }
  return [...rows.values()];
}

function noAnswers(): number[] {
  return [0, 0, 0, 0, 0, 0];
}

function isFaulted({ fault }: LiveExchange['attempts'][number]): boolean {
  return fault !== null;
}

function addRow(sum: ExchangeCounts, { statuses, faulted, retries, errors, duration }: ExchangeCounts): void {
  for (const [digit, count] of statuses.entries()) sum.statuses[digit] = (sum.statuses[digit] ?? 0) + count;
  for (const [digit, count] of faulted.entries()) sum.faulted[digit] = (sum.faulted[digit] ?? 0) + count;
  sum.retries += retries;
  for (const [code, count] of errors) sum.errors.set(code, (sum.errors.get(code) ?? 0) + count);
  for (const [bucket, count] of duration.counts.entries())
    sum.duration.counts[bucket] = (sum.duration.counts[bucket] ?? 0) + count;
  sum.duration.sumMs += duration.sumMs;
}

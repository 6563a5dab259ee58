/** What happened in a drill, as columns of numbers: what clients saw of each request, and where the engine's attempts went. */
import type { DrillExchange } from './drill-watch.ts';
import type { LoadResult } from './load.ts';

/** Failures are listed up to here; all are counted. */
const MAX_FAILURES = 200;

/** Milliseconds from the start of the drill. */
export interface AttemptColumns {
  at: number[];
  /** Place in `DrillLog.backends`. */
  backend: number[];
  /** No answer, or one with status 5xx. */
  failed: boolean[];
  /** Whether it was not the first of its exchange. */
  retry: boolean[];
}

export interface RequestColumns {
  /** When it was due. */
  at: number[];
  tookMs: number[];
  failed: boolean[];
}

export interface CountedExpression {
  text: string;
  /** When the exchanges began for which it held. */
  at: number[];
}

export class DrillLog {
  /** `api/a`, in the order of the config, then others as they turn up. */
  readonly backends: string[];
  readonly requests: RequestColumns = { at: [], tookMs: [], failed: [] };
  readonly attempts: AttemptColumns = { at: [], backend: [], failed: [], retry: [] };
  readonly counted: readonly CountedExpression[];
  failed = 0;
  /** Exchanges of the drill that have ended in the engine. */
  exchanges = 0;
  readonly #failures = new Map<number, { atMs: number; reason: string }>();
  /** Of exchanges that did not go well, by the number of their request. */
  readonly #troubled = new Map<number, { exchange: number; tried: string }>();

  constructor(backends: readonly string[], expressions: readonly string[] = []) {
    this.backends = [...backends];
    this.counted = expressions.map((text) => ({ text, at: [] }));
  }

  addRequest({ number, dueMs, tookMs, failure }: LoadResult): void {
    this.requests.at.push(dueMs);
    this.requests.tookMs.push(tookMs);
    this.requests.failed.push(failure !== null);
    if (failure === null) return;
    this.failed++;
    if (this.#failures.size < MAX_FAILURES) this.#failures.set(number, { atMs: dueMs, reason: failure });
  }

  /** `startedAt`: the start of the drill on the clock of the exchange. */
  addExchange(exchange: DrillExchange, startedAt: number): void {
    this.exchanges++;
    for (const [index, { startedAt: at, backend, failed }] of exchange.attempts.entries())
      this.addAttempt({ at: at - startedAt, backend, failed, retry: index > 0 });
    for (const [index, { at }] of this.counted.entries())
      if (exchange.held[index]) at.push(exchange.startedAt - startedAt);
    if (exchange.troubled && this.#troubled.size < 2 * MAX_FAILURES) {
      const tried = exchange.attempts.map(({ backend }) => backend).join(', ');
      this.#troubled.set(exchange.number, { exchange: exchange.id, tried });
    }
  }

  addAttempt(attempt: { at: number; backend: string; failed: boolean; retry: boolean }): void {
    this.attempts.at.push(attempt.at);
    this.attempts.backend.push(this.#place(attempt.backend));
    this.attempts.failed.push(attempt.failed);
    this.attempts.retry.push(attempt.retry);
  }

  #place(backend: string): number {
    const known = this.backends.indexOf(backend);
    return known >= 0 ? known : this.backends.push(backend) - 1;
  }

  /** In the order in which they were due; the first 200. */
  failures(): { atMs: number; reason: string; exchange?: number; tried: string }[] {
    return [...this.#failures]
      .map(([number, failure]) => ({ ...failure, ...(this.#troubled.get(number) ?? { tried: '' }) }))
      .toSorted((a, b) => a.atMs - b.atMs);
  }
}

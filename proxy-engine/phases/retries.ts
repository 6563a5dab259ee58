import type { Backend } from '../balancer/backend.ts';
import type { ProxyError } from '../errors.ts';
import { backoffMs, MAX_REFUSALS, withinBudget } from '../upstream/retry.ts';
import type { AttemptSeries } from './attempt-series.ts';

/** Longest that a retry waits for its turn in the budget. */
const BUDGET_WAIT_MS = 2000;

/**
 * What the attempts of one exchange that came to nothing leave behind, and the wait for the next one: first the backoff, then until
 * the retry budget of the pool has room. Made at the first of them: most exchanges have none.
 */
export class Retries {
  /** Backends that failed: they come last in the next pick. null: none has. */
  tried: Backend[] | null = null;
  /** Streams that a backend refused unseen and that do not count as attempts; at most `MAX_REFUSALS`. */
  refusals = 0;
  /** Attempts that found no room, or were not taken by a connection that was ending: they do not count. */
  turnedAway = 0;
  /** The last try met a kept connection that was dead. What has come free since may be no better: some servers end each after so many requests. */
  metDead = false;
  readonly #series: AttemptSeries;
  #isInBudget = false;
  #cancelWait: (() => void) | null = null;

  constructor(series: AttemptSeries) {
    this.#series = series;
  }

  failedAt(backend: Backend, error: ProxyError): void {
    (this.tried ??= []).push(backend);
    this.metDead = error.code === 'RESET' && this.#series.exchange.attempts.at(-1)?.reused === true;
    if (error.code === 'REFUSED_STREAM' && this.refusals < MAX_REFUSALS) this.refusals++;
  }

  /** Calls `next` when another attempt may begin, or `giveUp` when the budget had no room for 2 s. */
  wait(next: () => void, giveUp: () => void): void {
    const { exchange, upstream, context } = this.#series;
    const attemptsMade = exchange.attempts.length - this.turnedAway;
    const delayMs = backoffMs(attemptsMade, upstream.pool.config.retry, context.random);
    this.#after(delayMs, () => this.#waitForTurn(context.clock.now() + BUDGET_WAIT_MS, next, giveUp));
  }

  #waitForTurn(until: number, next: () => void, giveUp: () => void): void {
    const { upstream, context } = this.#series;
    if (this.enterBudget()) next();
    else if (context.clock.now() < until) {
      const againMs = Math.max(1, upstream.pool.config.retry.backoff.base);
      this.#after(againMs, () => this.#waitForTurn(until, next, giveUp));
    } else giveUp();
  }

  #after(ms: number, then: () => void): void {
    this.#cancelWait = this.#series.context.clock.after(ms, then);
  }

  /** From then on the exchange counts in the retry budget of its pool, until `leaveBudget`; false: there are enough. */
  enterBudget(): boolean {
    const { config, load } = this.#series.upstream.pool;
    if (this.#isInBudget) return true;
    if (!withinBudget(load, config.retry)) return false;
    load.retries.add(1);
    this.#isInBudget = true;
    return true;
  }

  leaveBudget(): void {
    if (!this.#isInBudget) return;
    this.#isInBudget = false;
    this.#series.upstream.pool.load.retries.add(-1);
  }

  cancelWait(): void {
    this.#cancelWait?.();
  }
}

import type { Health } from '../contract/state.ts';
import { Histogram } from '../metrics/histogram.ts';
import { SharedCounter } from '../threads/shared-counter.ts';
import type { Backend } from './backend.ts';
import type { RecentFailure } from './recent-failures.ts';
import { TrafficStats } from './traffic-stats.ts';

export interface Ejection {
  /** `Clock.now()` */
  until: number;
  /** `3× reset` */
  cause: string;
  /** A connect was refused since: from then on an accepted one is the proof that it is back. */
  seenDown: boolean;
}

/** A moving average that `peak_ewma` goes by. */
export interface Latency {
  averageMs: number;
  /** `Clock.now()` of its last sample. */
  at: number;
}

/** What all engine threads count of one address, in the same memory. */
export interface SharedRecord {
  /** The same in all threads, and of no other address. Given by the thread that leads; the others learn it with the counters. */
  id: number;
  counters: SharedArrayBuffer;
}

let nextId = 1;

/**
 * What was observed of one address. It outlives configs: the backend of the next config goes on with the same record, and
 * exchanges that finish on the old config still count in it. Times are `Clock.now()` milliseconds.
 */
export class BackendRecord {
  /** Of the config that runs, or ran last; null: none has run so far. */
  current: Backend | null = null;
  readonly shared: SharedRecord;
  /** Attempts under way. */
  readonly attempts: SharedCounter;
  readonly #failuresInARow: SharedCounter;
  health: Health = 'unknown';
  /** What the last probe said, in a sentence; '' before the first. */
  healthReason = '';
  ejection: Ejection | null = null;
  /** Ejections that the time of the next one is reckoned by. */
  ejections = 0;
  ejectionsTotal = 0;
  /** When it last came back; -1: it was never away. */
  returnedAt = -1;
  /** To the response head; null: no attempt was compared by it so far. */
  latency: Latency | null = null;
  /** Streams that it allowed on its last connection of HTTP/2; null: it never said. */
  maxStreams: number | null = null;
  /** Requests after which it last ended a connection of HTTP/2 that was in use; 0: it never did. */
  endedAfter = 0;
  /** Requests after which it ends them, as it did twice in a row; null: whenever it likes. */
  maxRequests: number | null = null;
  readonly stats = new TrafficStats();
  /** Of all attempts. */
  readonly durations = new Histogram();
  /** Failed attempts by the reason of their error. */
  readonly failureReasons = new Map<string, number>();
  /** Of probes and attempts, newest last. */
  readonly recentFailures: RecentFailure[] = [];

  /** `shared`: of the record of another thread. */
  constructor(shared: SharedRecord = { id: nextId++, counters: new SharedArrayBuffer(8) }) {
    this.shared = shared;
    this.attempts = new SharedCounter(shared.counters, 0);
    this.#failuresInARow = new SharedCounter(shared.counters, 1);
  }

  get inFlight(): number {
    return this.attempts.value;
  }

  get consecutiveFailures(): number {
    return this.#failuresInARow.value;
  }

  failedAgain(): void {
    this.#failuresInARow.add(1);
  }

  forgetFailures(): void {
    // Most often there is nothing to forget, and memory that is not written stays in the caches of all cores.
    if (this.#failuresInARow.value !== 0) this.#failuresInARow.value = 0;
  }

  forgetHealth(): void {
    this.health = 'unknown';
    this.healthReason = '';
  }

  /** `ejected 12 s: 3× reset` */
  ejectionReason(now: number): string {
    if (!this.ejection) return '';
    const { until, cause, seenDown } = this.ejection;
    if (seenDown) return `ejected until it answers: ${cause}`;
    return `ejected ${Math.max(0, Math.ceil((until - now) / 1000))} s: ${cause}`;
  }
}

import type { Health } from '../contract/state.ts';
import { Histogram } from '../metrics/histogram.ts';
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

/**
 * What was observed of one address. It outlives configs: the backend of the next config goes on with the same record, and
 * exchanges that finish on the old config still count in it. Times are `Clock.now()` milliseconds.
 */
export class BackendRecord {
  health: Health = 'unknown';
  /** What the last probe said, in a sentence; '' before the first. */
  healthReason = '';
  ejection: Ejection | null = null;
  /** Ejections that the time of the next one is reckoned by. */
  ejections = 0;
  ejectionsTotal = 0;
  consecutiveFailures = 0;
  inFlight = 0;
  /** When it last came back; -1: it was never away. */
  returnedAt = -1;
  /** To the response head; null: no attempt was compared by it so far. */
  latency: Latency | null = null;
  readonly stats = new TrafficStats();
  /** Of all attempts. */
  readonly durations = new Histogram();
  /** Failed attempts by the code of their error. */
  readonly failureCodes = new Map<string, number>();
  /** Of probes and attempts, newest last. */
  readonly recentFailures: RecentFailure[] = [];

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

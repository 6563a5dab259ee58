import type { BackendStatus } from '../contract/state.ts';
import { countLatency, emptyBuckets, type LatencyBuckets, mergeBuckets, percentileMs } from './latency-buckets.ts';

const WINDOW_SECONDS = 10;
const HISTORY_LENGTH = 60;
/** From here on an answer is shown as slow. */
const SLOW_MS = 1000;

/** In order of gravity. */
const OUTCOMES = ['ok', 'slow', 'fail'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface Second {
  /** Whole seconds of `Clock.now()`. */
  at: number;
  requests: number;
  latencies: LatencyBuckets;
  slowestMs: number;
}

/** Counters of one backend, rate and latency of its last ten seconds, and a strip of its last 60 eventful seconds. */
export class TrafficStats {
  requests = 0;
  failures = 0;
  /** By `at` modulo the window; those that were never used are missing, so that an idle backend costs next to nothing. */
  readonly #seconds: Second[] = [];
  readonly #history: number[] = [];
  #historySecond = -1;
  #firstSecond = -1;

  /** One finished attempt. `now` is `Clock.now()`. */
  record(now: number, latencyMs: number, ok: boolean): void {
    this.requests++;
    if (!ok) this.failures++;
    const second = this.#second(Math.floor(now / 1000));
    second.requests++;
    second.slowestMs = Math.max(second.slowestMs, latencyMs);
    countLatency(second.latencies, latencyMs);
    this.note(now, latencyMs, ok);
  }

  /** What a probe or a request said. A second shows the worst that happened in it; what another thread tells late goes into the last one. */
  note(now: number, latencyMs: number, ok: boolean): void {
    const gravity = ok ? (latencyMs < SLOW_MS ? 0 : 1) : 2;
    const second = Math.floor(now / 1000);
    const last = this.#history.length - 1;
    if (second <= this.#historySecond) {
      if (gravity > (this.#history[last] as number)) this.#history[last] = gravity;
      return;
    }
    this.#historySecond = second;
    this.#history.push(gravity);
    if (this.#history.length > HISTORY_LENGTH) this.#history.shift();
  }

  /** Newest last. */
  get history(): Outcome[] {
    return this.#history.map((gravity) => OUTCOMES[gravity] as Outcome);
  }

  /** Rates per second, over the ten seconds that end now or since the first request. */
  read(now: number): Pick<BackendStatus, 'rate' | 'p50Ms' | 'p95Ms' | 'p99Ms'> {
    const oldest = Math.floor(now / 1000) - WINDOW_SECONDS;
    const recent = this.#seconds.filter((second) => second.at > oldest);
    const total = recent.reduce((sum, second) => sum + second.requests, 0);
    if (total === 0) return { rate: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
    const since = Math.max(oldest + 1, this.#firstSecond);
    const latencies = mergeBuckets(recent.map((second) => second.latencies));
    const slowestMs = Math.max(...recent.map((second) => second.slowestMs));
    // A bucket ends above what is in it; nothing was slower than the slowest.
    const share = (of: number) => Math.min(slowestMs, percentileMs(latencies, of));
    return { rate: total / Math.max(1, now / 1000 - since), p50Ms: share(0.5), p95Ms: share(0.95), p99Ms: share(0.99) };
  }

  #second(at: number): Second {
    if (this.#firstSecond < 0) this.#firstSecond = at;
    const second = (this.#seconds[at % WINDOW_SECONDS] ??= {
      at,
      requests: 0,
      latencies: emptyBuckets(),
      slowestMs: 0,
    });
    if (second.at !== at) {
      second.at = at;
      second.requests = 0;
      second.slowestMs = 0;
      second.latencies.fill(0);
    }
    return second;
  }
}

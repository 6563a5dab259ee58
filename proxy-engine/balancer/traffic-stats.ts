import type { BackendStatus } from '../contract/state.ts';

const WINDOW_SECONDS = 10;
/** Buckets a factor of 2^(1/4) apart, from 1/16 ms on: percentiles within 19 %. */
const BUCKETS = 96;
const FIRST_MS = 1 / 16;

interface Second {
  at: number;
  requests: number;
  latencies: Uint32Array;
}

/** Rate and latency of the last ten seconds; recording costs an array increment. Time in milliseconds. */
export class TrafficStats {
  requests = 0;
  failures = 0;
  readonly history: BackendStatus['history'] = [];
  readonly #seconds: Second[] = Array.from({ length: WINDOW_SECONDS }, () => ({
    at: -1,
    requests: 0,
    latencies: new Uint32Array(BUCKETS),
  }));

  record(now: number, latencyMs: number, ok: boolean): void {
    this.requests++;
    if (!ok) this.failures++;
    const second = this.#second(Math.floor(now / 1000));
    second.requests++;
    const bucket = Math.min(
      BUCKETS - 1,
      Math.max(0, Math.ceil(4 * Math.log2(Math.max(latencyMs, FIRST_MS) / FIRST_MS))),
    );
    second.latencies[bucket] = (second.latencies[bucket] ?? 0) + 1;
  }

  /** What a probe or a live request said; the last 60 are kept. */
  note(entry: 'ok' | 'slow' | 'fail'): void {
    this.history.push(entry);
    if (this.history.length > 60) this.history.shift();
  }

  read(now: number): Pick<BackendStatus, 'rate' | 'p50Ms' | 'p95Ms' | 'p99Ms'> {
    const oldest = Math.floor(now / 1000) - WINDOW_SECONDS;
    const recent = this.#seconds.filter((second) => second.at > oldest);
    const total = recent.reduce((sum, second) => sum + second.requests, 0);
    const merged = Array.from({ length: BUCKETS }, (_, i) =>
      recent.reduce((sum, second) => sum + (second.latencies[i] ?? 0), 0),
    );
    const percentile = (share: number) => {
      let left = share * total;
      const bucket = merged.findIndex((count) => (left -= count) <= 0 && total > 0);
      return bucket < 0 ? 0 : FIRST_MS * 2 ** (bucket / 4);
    };
    return { rate: total / WINDOW_SECONDS, p50Ms: percentile(0.5), p95Ms: percentile(0.95), p99Ms: percentile(0.99) };
  }

  #second(at: number): Second {
    const second = this.#seconds[at % WINDOW_SECONDS] as Second;
    if (second.at !== at) {
      second.at = at;
      second.requests = 0;
      second.latencies.fill(0);
    }
    return second;
  }
}

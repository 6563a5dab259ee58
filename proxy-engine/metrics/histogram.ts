/** Upper ends of the buckets in milliseconds; what is longer goes into one more. */
const BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

/** How often a duration fell into which range. Counting is a short search and an increment. */
export class Histogram {
  readonly boundsMs = BOUNDS_MS;
  /** Per bucket, not cumulative; the last one is everything above the last bound. */
  readonly counts: number[] = Array.from({ length: BOUNDS_MS.length + 1 }, () => 0);
  sumMs = 0;

  /** A bound belongs to the bucket that it ends. */
  observe(durationMs: number): void {
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && durationMs > (BOUNDS_MS[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sumMs += durationMs;
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}

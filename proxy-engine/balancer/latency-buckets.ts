/** Latency counts in buckets a factor of 2^(1/4) apart: percentiles within 19 %, merged by adding. Milliseconds. */

const PER_OCTAVE = 4;
const FIRST_MS = 1 / 16;
/** Up to 2^20 ms, a quarter of an hour. */
const COUNT = 96;

export type LatencyBuckets = Uint32Array;

export function emptyBuckets(): LatencyBuckets {
  return new Uint32Array(COUNT);
}

export function countLatency(buckets: LatencyBuckets, latencyMs: number): void {
  const bucket = latencyMs <= FIRST_MS ? 0 : Math.ceil(PER_OCTAVE * Math.log2(latencyMs / FIRST_MS));
  const index = Math.min(bucket, COUNT - 1);
  buckets[index] = (buckets[index] as number) + 1;
}

export function mergeBuckets(all: Iterable<LatencyBuckets>): LatencyBuckets {
  const merged = emptyBuckets();
  for (const buckets of all) for (let i = 0; i < COUNT; i++) merged[i] = (merged[i] as number) + (buckets[i] as number);
  return merged;
}

/** Upper bound of the bucket in which `share` (0 to 1) of all counts is reached; 0 when nothing was counted. */
export function percentileMs(buckets: LatencyBuckets, share: number): number {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  let left = share * total;
  const index = buckets.findIndex((count) => (left -= count) <= 0);
  return FIRST_MS * 2 ** (index / PER_OCTAVE);
}

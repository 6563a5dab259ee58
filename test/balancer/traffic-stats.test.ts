import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TrafficStats } from '../../proxy-engine/balancer/traffic-stats.ts';

it('no percentile is above the slowest of its window, nor more than a fifth off', () => {
  const latencies = fc.array(fc.double({ min: 0.1, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(latencies, (all) => {
      const stats = new TrafficStats();
      for (const [n, latencyMs] of all.entries()) stats.record(1000 + n * 100, latencyMs, true);
      const { p50Ms, p95Ms, p99Ms } = stats.read(6000);
      const slowest = Math.max(...all);
      expect(p99Ms).toBeLessThanOrEqual(slowest);
      expect(p99Ms).toBeGreaterThanOrEqual(slowest * 0.999);
      expect([p50Ms, p95Ms, p99Ms]).toEqual([p50Ms, p95Ms, p99Ms].toSorted((a, b) => a - b));
    }),
    { seed: 20_261_129 },
  );
});

it('forgets what was slow before its window', () => {
  const stats = new TrafficStats();
  stats.record(1000, 900, true);
  stats.record(12_500, 10, true);
  expect(stats.read(12_600)).toMatchObject({ p50Ms: 10, p95Ms: 10, p99Ms: 10 });
  stats.record(21_000, 3, true);
  expect(stats.read(21_500).p99Ms).toBe(10);
  stats.record(30_000, 4, true);
  expect(stats.read(30_500).p99Ms).toBe(4);
});

it('takes what another thread tells late of the second before for one of the last, whose worst is shown', () => {
  const stats = new TrafficStats();
  for (const [now, ok] of [
    [1900, true],
    [2010, true],
    [1990, false],
    [2020, true],
    [3000, true],
  ] as const)
    stats.note(now, 1, ok);
  expect(stats.history).toEqual(['ok', 'fail', 'ok']);
});

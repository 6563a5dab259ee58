import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ColumnFilling, REST_MS } from '../../../proxy-engine/store/index/column-filling.ts';
import { until } from '../../support/until.ts';

function fillingOf(steps: number, fails = false) {
  const counts = { begun: 0, steps: 0, ended: 0 };
  const filling = new ColumnFilling(function* () {
    counts.begun++;
    while (counts.steps < steps) {
      counts.steps++;
      yield;
    }
    counts.ended++;
    if (fails) throw new Error('broken');
  });
  return { filling, counts };
}

it('rests after each step while nobody asks for what columns have', async () => {
  const { filling, counts } = fillingOf(Number.POSITIVE_INFINITY);
  const began = performance.now();
  filling.begin(false);
  await until(() => counts.steps >= 3);
  for (let turn = 0; turn < 1000; turn++) await setImmediate();
  // A timer of Node may be a millisecond early.
  expect(counts.steps).toBeLessThanOrEqual(1 + (performance.now() - began) / (REST_MS - 1));
  filling.stop();
});

it('hurries once somebody does, also when it has begun, and others have their turn after each step', async () => {
  const { filling, counts } = fillingOf(3000);
  filling.begin(false);
  filling.begin(true);
  const seen = new Set<number>();
  while (counts.ended === 0) {
    seen.add(counts.steps);
    await setImmediate();
  }
  // With rests it would take longer than any test may.
  expect([counts.begun, counts.steps, seen.size > 1000]).toEqual([1, 3000, true]);
});

it('looks again for what is not there yet when it has ended, also by a failure', async () => {
  const { filling, counts } = fillingOf(1, true);
  for (const ended of [1, 2]) {
    filling.begin(true);
    await until(() => counts.ended === ended);
    await setImmediate();
  }
  expect(counts.begun).toBe(2);
});

it('reads nothing more when it was stopped', async () => {
  const { filling, counts } = fillingOf(Number.POSITIVE_INFINITY);
  filling.begin(true);
  filling.stop();
  for (let turn = 0; turn < 100; turn++) await setImmediate();
  expect(counts.steps).toBe(1);
});

import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ColumnFilling } from '../../../proxy-engine/store/index/column-filling.ts';
import { until } from '../../support/until.ts';

function fillingOf(steps: number, { fails = false, rest = () => new Promise(() => {}) } = {}) {
  const counts = { begun: 0, steps: 0, ended: 0 };
  const filling = new ColumnFilling(function* () {
    counts.begun++;
    while (counts.steps < steps) {
      counts.steps++;
      yield;
    }
    counts.ended++;
    if (fails) throw new Error('broken');
  }, rest);
  return { filling, counts };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

it('rests after each step while nobody asks for what columns have', async () => {
  const wakings: (() => void)[] = [];
  const { filling, counts } = fillingOf(3, { rest: () => new Promise<void>((resolve) => wakings.push(resolve)) });
  filling.begin(false);
  for (const steps of [1, 2, 3]) {
    await turns(100);
    expect(counts).toEqual({ begun: 1, steps, ended: 0 });
    wakings.shift()?.();
  }
  await turns(100);
  expect([counts.ended, wakings.length]).toEqual([1, 0]);
});

it('hurries once somebody does, also when it has begun, and others have their turn after each step', async () => {
  const { promise: rested, resolve: wake } = Promise.withResolvers<void>();
  const { filling, counts } = fillingOf(3000, { rest: () => rested });
  filling.begin(false);
  filling.begin(true);
  wake();
  const seen = new Set<number>();
  while (counts.ended === 0) {
    seen.add(counts.steps);
    await setImmediate();
  }
  expect([counts.begun, counts.steps, seen.size > 1000]).toEqual([1, 3000, true]);
});

it('looks again for what is not there yet when it has ended, also by a failure', async () => {
  const { filling, counts } = fillingOf(1, { fails: true });
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
  await turns(100);
  expect(counts.steps).toBe(1);
});

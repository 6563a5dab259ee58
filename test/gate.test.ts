import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGate } from '../proxy-engine/gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Ten tasks through a gate; which have begun, and how each ends. */
function tasksThrough(throughGate: ReturnType<typeof createGate>) {
  const begun: number[] = [];
  const ends = Array.from({ length: 10 }, () => Promise.withResolvers<void>());
  for (const [i, { promise }] of ends.entries())
    void throughGate(() => {
      begun.push(i);
      return promise;
    });
  const end = async (...indexes: number[]) => {
    for (const i of indexes) ends[i]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { begun, end };
}

test('so many at a time, in the order in which they came', async () => {
  const { begun, end } = tasksThrough(createGate(2));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(begun).toEqual([0, 1]);
  await end(1);
  expect(begun).toEqual([0, 1, 2]);
  await end(0, 2);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('one that takes long leaves its place to the next, once', async () => {
  const { begun, end } = tasksThrough(createGate(2, 100));
  await vi.advanceTimersByTimeAsync(99);
  expect(begun).toEqual([0, 1]);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toEqual([0, 1, 2, 3]);
  await end(0, 1);
  expect(begun).toEqual([0, 1, 2, 3]);
  await end(2);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

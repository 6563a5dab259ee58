import { expect, test } from 'vitest';
import { SharedBells, type ThreadPlace } from '../../proxy-engine/threads/shared-bells.ts';

const PLACES: readonly ThreadPlace[] = [0, 1, 2].map((worker) => ({ worker, workers: 3 }));

/** The bells of three threads, in the same memory. */
function threeThreads(): [SharedBells, SharedBells, SharedBells] {
  const memory = new SharedArrayBuffer(SharedBells.sizeBytes({ worker: 0, workers: 3 }));
  return PLACES.map((place) => new SharedBells(memory, 0, place)) as [SharedBells, SharedBells, SharedBells];
}

/** Resolves when all that was rung by now has been heard. */
const heardAll = () => new Promise((resolve) => setTimeout(resolve, 20));

test('all others hear it, and whoever rings does not', async () => {
  const threads = threeThreads();
  const heard: number[] = [];
  for (const [worker, bells] of threads.entries()) bells.listen(() => heard.push(worker) === 0);
  threads[1].ringOthers();
  await expect.poll(() => heard.toSorted()).toEqual([0, 2]);
});

test('it is heard until the listener answers false, and again when somebody listens again', async () => {
  const [listener, ringer] = threeThreads();
  let times = 0;
  listener.listen(() => ++times < 2);
  for (let n = 1; n <= 2; n++) {
    ringer.ringOthers();
    await expect.poll(() => times).toBe(n);
  }
  ringer.ringOthers();
  await heardAll();
  expect(times).toBe(2);
  listener.listen(() => ++times < 3);
  ringer.ringOthers();
  await expect.poll(() => times).toBe(3);
});

test('what rings while a ring is dealt with is heard after it', async () => {
  const [listener, ringer] = threeThreads();
  let times = 0;
  listener.listen(() => {
    if (++times === 1) ringer.ringOthers();
    return times < 2;
  });
  ringer.ringOthers();
  await expect.poll(() => times).toBe(2);
});

test('a thread that is alone has nobody to listen to', async () => {
  const place = { worker: 0, workers: 1 };
  const bells = new SharedBells(new SharedArrayBuffer(SharedBells.sizeBytes(place)), 0, place);
  let times = 0;
  bells.listen(() => ++times < 0);
  bells.ringOwn();
  bells.ringOthers();
  await heardAll();
  expect(times).toBe(0);
});

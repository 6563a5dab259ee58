import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SortedIds } from '../../../proxy-engine/store/views/sorted-ids.ts';

let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const COUNT = 40_000;
const IDS = Array.from({ length: COUNT }, (_, n) => n + 1);

/** The highest id is the first. Each look into the index takes longer than a turn. */
function slowly() {
  const keys = new Map<number, number>();
  const looks: number[] = [];
  const sorted = new SortedIds((ids, tell) => {
    now += 30;
    looks.push(ids.length);
    for (const id of ids) tell(id, keys.get(id) ?? -id);
  });
  return { sorted, looks, keys };
}

it('lets others have their turn while it puts many in order, and tells how far it is', async () => {
  const { sorted } = slowly();
  const shares: (number | null)[] = [];
  let isDone = false;
  const done = sorted
    .upToDate(IDS, () => true)
    .then(() => {
      isDone = true;
    });
  while (!isDone) {
    shares.push(sorted.share);
    await setImmediate();
  }
  await done;
  expect(shares.filter((share) => share !== null && share > 0 && share < 1).length).toBeGreaterThan(5);
  expect(sorted.share).toBeNull();
  expect(sorted.slice(0, 3)).toEqual([COUNT, COUNT - 1, COUNT - 2]);
  expect(sorted.slice(COUNT - 1, COUNT + 5)).toEqual([1]);
});

it('stops when nobody wants it any more', async () => {
  const { sorted, looks } = slowly();
  let isWanted = true;
  const done = sorted.upToDate(IDS, () => isWanted);
  await setImmediate();
  isWanted = false;
  await done;
  const looked = looks.length;
  expect(looked).toBeLessThan(8);
  await setImmediate();
  expect([looks.length, sorted.share]).toEqual([looked, 0]);
});

it('puts what is new and what has changed in its place, and reads nothing else', async () => {
  const { sorted, looks, keys } = slowly();
  await sorted.upToDate(IDS, () => true);
  looks.length = 0;
  keys.set(7, -COUNT * 2);
  sorted.change(7);
  now += 1000;
  await sorted.upToDate([...IDS, COUNT + 1], () => true);
  expect(looks).toEqual([1, 1]);
  expect(sorted.slice(0, 3)).toEqual([7, COUNT + 1, COUNT]);
  expect(sorted.length).toBe(COUNT + 1);
});

it('keeps what changes while it is put in order for the first time, and leaves out what goes', async () => {
  const { sorted, keys } = slowly();
  const done = sorted.upToDate(IDS, () => true);
  await setImmediate();
  keys.set(7, -COUNT * 2);
  sorted.change(7);
  sorted.keepOnly((id) => id !== 8);
  await done;
  now += 1000;
  await sorted.upToDate(IDS, () => true);
  expect(sorted.slice(0, 2)).toEqual([7, COUNT]);
  expect(sorted.slice(0, COUNT)).not.toContain(8);
});

it('is made anew when too many have come between the same two keys', async () => {
  const { sorted, looks } = slowly();
  await sorted.upToDate(IDS, () => true);
  const more = [...IDS, ...IDS.map((id) => COUNT + id), ...IDS.map((id) => 2 * COUNT + id)];
  now += 1000;
  await sorted.upToDate(more, () => true);
  looks.length = 0;
  now += 1000;
  await sorted.upToDate(more, () => true);
  expect(looks.length).toBeGreaterThan(25);
  looks.length = 0;
  expect(sorted.slice(0, 2)).toEqual([3 * COUNT, 3 * COUNT - 1]);
  expect(looks.reduce((sum, count) => sum + count, 0)).toBeLessThan(40_000);
});

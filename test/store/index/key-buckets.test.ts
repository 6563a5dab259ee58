import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EachKey, KeyBuckets, type SortKey } from '../../../proxy-engine/store/index/key-buckets.ts';

function compare(a: SortKey, b: SortKey): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function eachOf(keys: ReadonlyMap<number, SortKey>): EachKey {
  return (ids, tell) => {
    for (const id of ids) tell(id, keys.get(id) as SortKey);
  };
}

function inOrder(keys: ReadonlyMap<number, SortKey>): number[] {
  return [...keys].sort(([a, x], [b, y]) => compare(x, y) || a - b).map(([id]) => id);
}

const numbers = fc.array(fc.oneof(fc.constant(200), fc.constant(-1), fc.double({ noNaN: true, min: 0, max: 9 })));
const texts = fc.array(fc.oneof(fc.constant('/same'), fc.string({ maxLength: 3 })));

it.each([
  ['numbers', numbers],
  ['texts', texts],
])('%s: any window is that of the whole order, whatever came and went before', (_, lists) => {
  fc.assert(
    fc.property(
      fc.tuple(lists, lists, fc.nat(30), fc.nat(30)),
      fc.func(fc.boolean()),
      ([first, later, from, count], isKept) => {
        const keys = new Map(first.map((key, n) => [n + 1, key] as const));
        const buckets = new KeyBuckets([
          ...first,
          ...first.slice(0, 40),
          ...Array.from({ length: 40 }, () => first.slice(0, 1)).flat(),
        ]);
        for (const [id, key] of keys) buckets.put(id, key);
        expect(buckets.slice(from, from + count, eachOf(keys))).toEqual(inOrder(keys).slice(from, from + count));
        buckets.keepOnly((id) => isKept(id));
        for (const id of keys.keys()) if (!isKept(id)) keys.delete(id);
        for (const [n, key] of later.entries()) {
          keys.set(1000 - n, key);
          buckets.put(1000 - n, key);
        }
        expect(buckets.slice(0, 9999, eachOf(keys))).toEqual(inOrder(keys));
        expect(buckets.length).toBe(keys.size);
      },
    ),
    { seed: 20_261_129 },
  );
});

it('asks for the keys of those only among which somebody looks, and of none where all keys are the same', () => {
  const keys = new Map(Array.from({ length: 1000 }, (_, n) => [n + 1, n % 2 === 0 ? 200 : n] as const));
  const buckets = new KeyBuckets([...keys.values()]);
  for (const [id, key] of keys) buckets.put(id, key);
  const asked: number[] = [];
  const each: EachKey = (ids, tell) => {
    asked.push(...ids);
    eachOf(keys)(ids, tell);
  };
  expect(buckets.slice(200, 210, each)).toEqual(inOrder(keys).slice(200, 210));
  expect(asked).toEqual([]);
  expect(buckets.slice(990, 1000, each)).toEqual(inOrder(keys).slice(990));
  expect(asked.length).toBeGreaterThanOrEqual(10);
  expect(asked.length).toBeLessThan(200);
});

it('what has gone before its key was asked for stands in front and keeps the others in order', () => {
  const keys = new Map([...'hgfedcba'].map((key, n) => [n + 1, key] as const));
  const buckets = new KeyBuckets([]);
  for (const [id, key] of keys) buckets.put(id, key);
  for (const gone of [3, 6]) keys.delete(gone);
  const eachLeft: EachKey = (ids, tell) => {
    for (const id of ids) if (keys.has(id)) tell(id, keys.get(id) as SortKey);
  };
  expect(buckets.slice(0, 9, eachLeft)).toEqual([3, 6, ...inOrder(keys)]);
});

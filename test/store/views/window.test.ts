import { expect, test } from 'vitest';
import { windowOf } from '../../../proxy-engine/store/views/window.ts';

const FIVE = [1, 2, 3, 4, 5];

test.each<[order: 'asc' | 'desc', from: number, limit: number, begins: number, items: number[]]>([
  ['asc', 0, 2, 0, [1, 2]],
  ['asc', 3, 9, 3, [4, 5]],
  ['asc', -2, 2, 3, [4, 5]],
  ['asc', -9, 1, 0, [1]],
  ['asc', 9, 2, 5, []],
  ['desc', 0, 2, 0, [5, 4]],
  ['desc', 3, 9, 3, [2, 1]],
  ['desc', -2, 2, 3, [2, 1]],
  ['desc', -9, 1, 0, [5]],
  ['desc', 9, 2, 5, []],
  ['asc', 1, 0, 1, []],
])('%s from %i, at most %i', (order, from, limit, begins, items) => {
  expect(windowOf(FIVE, { from, limit }, order)).toEqual({ from: begins, items });
});

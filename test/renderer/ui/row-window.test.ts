import { describe, expect, test } from 'vitest';
import {
  firstVisibleRow,
  MAX_SCROLL_HEIGHT,
  rowSlots,
  rowWindow,
  scrollHeight,
  scrollTopFor,
  slotOrder,
} from '../../../renderer/ui/row-window.ts';

const list = { viewportHeight: 260, rowHeight: 26, overscan: 2 };

describe('rowWindow', () => {
  test.each([
    { name: 'top', scrollTop: 0, total: 1000, expected: { from: 0, to: 13 } },
    { name: 'middle', scrollTop: 2600, total: 1000, expected: { from: 98, to: 113 } },
    { name: 'end', scrollTop: 26 * 990, total: 1000, expected: { from: 988, to: 1000 } },
    { name: 'fewer rows than fit', scrollTop: 0, total: 3, expected: { from: 0, to: 3 } },
    { name: 'empty', scrollTop: 0, total: 0, expected: { from: 0, to: 0 } },
    {
      name: 'a list that became shorter than the scroll position',
      scrollTop: 26_000,
      total: 5,
      expected: { from: 3, to: 5 },
    },
  ])('$name', ({ scrollTop, total, expected }) => {
    expect(rowWindow({ ...list, scrollTop, total })).toEqual(expected);
  });

  test('reaches the last of two million rows though a browser cannot lay them all out', () => {
    const total = 2_000_000;
    const height = scrollHeight(total, list.rowHeight);
    expect(height).toBe(MAX_SCROLL_HEIGHT);
    expect(rowWindow({ ...list, scrollTop: height - list.viewportHeight, total }).to).toBe(total);
  });
});

describe('rowSlots', () => {
  const slotsAt = (firstRow: number, total = 1000) => rowSlots({ ...list, scrollTop: firstRow * 26, total });

  test('has each row of the window once, wherever it is', () => {
    for (const row of [0, 1, 2, 14, 15, 16, 500, 985, 990]) {
      const { from, to } = rowWindow({ ...list, scrollTop: row * 26, total: 1000 });
      const expected = Array.from({ length: to - from }, (_, position) => from + position);
      const shown = slotsAt(row).filter((one) => one !== null);
      expect(shown.toSorted((a, b) => a - b)).toEqual(expected);
    }
  });

  test('a row keeps its slot while it is in the window, whichever way it is scrolled', () => {
    for (const [before, after] of [
      [100, 110],
      [110, 100],
      [12, 13],
    ] as const) {
      const [first, second] = [slotsAt(before), slotsAt(after)];
      const stayed = first.filter((row) => row !== null && second.includes(row));
      expect(stayed.length).toBeGreaterThan(0);
      for (const row of stayed) expect(second.indexOf(row)).toBe(first.indexOf(row));
    }
  });

  test('of a short list most slots are empty', () => {
    expect(slotsAt(0, 2).filter((row) => row !== null)).toEqual([0, 1]);
  });
});

describe('scrollTopFor', () => {
  test('leaves the position alone when the row is in sight', () => {
    expect(scrollTopFor(3, { ...list, scrollTop: 26, total: 100 })).toBe(26);
  });

  test.each([
    { name: 'above', row: 0, scrollTop: 520, expected: 0 },
    { name: 'below', row: 30, scrollTop: 0, expected: 31 * 26 - 260 },
  ])('moves just enough for a row $name', ({ row, scrollTop, expected }) => {
    expect(scrollTopFor(row, { ...list, scrollTop, total: 100 })).toBe(expected);
  });

  test('is the inverse of firstVisibleRow in a scaled list', () => {
    const total = 3_000_000;
    const scrollTop = scrollTopFor(1_500_000, { ...list, scrollTop: 0, total });
    expect(firstVisibleRow({ ...list, scrollTop, total })).toBeCloseTo(1_500_000 - 9, 3);
  });
});

describe('slotOrder', () => {
  const rows = [4, null, 2, 3];

  test('is that of the rows; those that have none come last', () => {
    expect(slotOrder(rows)).toEqual([2, 3, 0, 1]);
  });

  test('leaves slots where they were, and puts others behind them', () => {
    expect(slotOrder(rows, [3, 1])).toEqual([3, 1, 2, 0]);
    expect(slotOrder(rows, [9])).toEqual([2, 3, 0, 1]);
  });

  test('an empty slot keeps its place, so that nothing is moved when it gets a row', () => {
    const settled = slotOrder(rows);
    expect(slotOrder([4, 5, 6, 3], settled)).toEqual(settled);
  });
});

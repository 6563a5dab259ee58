import { expect, test } from 'vitest';
import { BLOCK_ROWS, MAX_BLOCKS, RowBlocks } from '../../../renderer/traffic/row-blocks.ts';
import { exchangeRow } from '../examples.ts';

function rows(from: number, count: number) {
  return Array.from({ length: count }, (_, index) => exchangeRow(from + index + 1));
}

test('gives back what was stored, across blocks', () => {
  const blocks = new RowBlocks();
  blocks.store(90, rows(90, 20));
  expect(blocks.row(95)?.id).toBe(96);
  expect(blocks.row(105)?.id).toBe(106);
  expect(blocks.row(89)).toBeUndefined();
});

test('asks for whole blocks, and for nothing beyond the end', () => {
  const blocks = new RowBlocks();
  expect(blocks.missing(250, 270, 1000)).toEqual({ from: 200, limit: BLOCK_ROWS });
  expect(blocks.missing(295, 310, 1000)).toEqual({ from: 200, limit: 2 * BLOCK_ROWS });
  blocks.store(200, rows(200, 60));
  expect(blocks.missing(250, 270, 260)).toBeNull();
  expect(blocks.missing(250, 270, 261)).toEqual({ from: 200, limit: BLOCK_ROWS });
});

test('holds a bounded number of rows and drops the oldest block first', () => {
  const blocks = new RowBlocks();
  for (let block = 0; block < MAX_BLOCKS + 10; block++)
    blocks.store(block * BLOCK_ROWS, rows(block * BLOCK_ROWS, BLOCK_ROWS));
  expect(blocks.size).toBe(MAX_BLOCKS * BLOCK_ROWS);
  expect(blocks.row(0)).toBeUndefined();
  expect(blocks.row((MAX_BLOCKS + 9) * BLOCK_ROWS)).toBeDefined();
});

test('what has ended stays the same object, what goes on and what took its place does not', () => {
  const blocks = new RowBlocks();
  const [ended, other] = [exchangeRow(1), exchangeRow(2)];
  blocks.store(0, [ended, { ...other, durationMs: undefined }]);
  blocks.store(0, [exchangeRow(1), other]);
  expect(blocks.row(0)).toBe(ended);
  expect(blocks.row(1)).toBe(other);
  blocks.store(0, [other]);
  expect(blocks.row(0)).toBe(other);
});

import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';

export const BLOCK_ROWS = 100;
/** With 100 rows a block: at most 4,000 rows are held, whatever the list's length. */
export const MAX_BLOCKS = 40;

type Block = (ExchangeRow | undefined)[];

/** The rows of one view that were looked at last, in blocks; the least recently used block goes first. */
export class RowBlocks {
  private readonly blocks = new Map<number, Block>();

  row(index: number): ExchangeRow | undefined {
    return this.blocks.get(blockOf(index))?.[index % BLOCK_ROWS];
  }

  /** Keeps `rows`, the first of which is row `from` of the view. What has ended stays the object that it was: nobody needs to look again. */
  store(from: number, rows: readonly ExchangeRow[]): void {
    rows.forEach((row, position) => {
      const index = from + position;
      const block = this.touch(blockOf(index));
      const held = block[index % BLOCK_ROWS];
      if (held?.id !== row.id || held.durationMs === undefined) block[index % BLOCK_ROWS] = row;
    });
    this.evict();
  }

  /** The first window of missing rows in `[from, to)`, aligned to blocks; null when all are here. */
  missing(from: number, to: number, total: number): { from: number; limit: number } | null {
    const end = Math.min(to, total);
    for (let index = Math.max(0, from); index < end; index++) {
      if (this.row(index)) continue;
      const start = blockOf(index) * BLOCK_ROWS;
      const last = blockOf(end - 1);
      const blocks = Math.min(3, last - blockOf(index) + 1);
      return { from: start, limit: blocks * BLOCK_ROWS };
    }
    return null;
  }

  /** The window of whole blocks around `[from, to)`, at most three of them. */
  around(from: number, to: number): { from: number; limit: number } {
    const first = blockOf(Math.max(0, from));
    return { from: first * BLOCK_ROWS, limit: Math.min(3, blockOf(Math.max(from, to - 1)) - first + 1) * BLOCK_ROWS };
  }

  /** The first row in `[from, to)` whose exchange still goes on; null: none. */
  unfinished(from: number, to: number): number | null {
    for (let index = Math.max(0, from); index < to; index++) {
      const row = this.row(index);
      if (row && row.durationMs === undefined) return index;
    }
    return null;
  }

  /** How many rows are held. */
  get size(): number {
    let count = 0;
    for (const block of this.blocks.values()) for (const row of block) if (row) count++;
    return count;
  }

  private touch(number: number): Block {
    const block = this.blocks.get(number) ?? [];
    this.blocks.delete(number);
    this.blocks.set(number, block);
    return block;
  }

  private evict(): void {
    for (const number of this.blocks.keys()) {
      if (this.blocks.size <= MAX_BLOCKS) return;
      this.blocks.delete(number);
    }
  }
}

function blockOf(index: number): number {
  return Math.floor(index / BLOCK_ROWS);
}

/** Blocks of columns beside the index. What they do not hold is asked of SQLite, which takes five times as long. */
import { BLOCK_IDS, ColumnBlock } from './column-block.ts';

/** Where fewer of the ids are there, SQLite has few rows to look at. */
const FEW = BLOCK_IDS / 4;
/** Before every id. */
const NONE = -1;

export class ExchangeColumns {
  /** By number; null: it cannot be held, or is not worth it. */
  readonly #blocks = new Map<number, ColumnBlock | null>();
  /** Numbers of those that were written into since the transaction began. */
  readonly #touched = new Set<number>();
  /** What was written into last: the next exchange most often goes there, too. */
  #last: ColumnBlock | null = null;
  /** Of the exchanges that there are, or were: a block behind it begins empty. */
  #newest: number;

  /** `newest`: id of the newest exchange that there is before any is put in here; null: there is none. */
  constructor(newest: number | null) {
    this.#newest = newest ?? NONE;
  }

  /** Where an exchange belongs that is put in; null: it is not held here. */
  blockToPut(id: number): ColumnBlock | null {
    const isInLast = this.#last !== null && id >= this.#last.firstId && id < this.#last.firstId + BLOCK_IDS;
    const block = isInLast ? this.#last : this.#touch(blockOf(id));
    if (id > this.#newest) this.#newest = id;
    return block;
  }

  /** It could not take an exchange in. */
  giveUp({ firstId }: ColumnBlock): void {
    this.#know(blockOf(firstId), null);
  }

  #touch(number: number): ColumnBlock | null {
    const block = this.#blocks.get(number) ?? this.#begin(number);
    if (block !== null) this.#touched.add(number);
    return (this.#last = block);
  }

  #begin(number: number): ColumnBlock | null {
    if (this.#blocks.has(number) || firstOf(number) <= this.#newest) return null;
    return this.#know(number, this.#newBlock(number));
  }

  #newBlock(number: number): ColumnBlock {
    return new ColumnBlock(firstOf(number), this.#blocks.get(number - 1) ?? null);
  }

  #know(number: number, block: ColumnBlock | null): ColumnBlock | null {
    this.#last = null;
    this.#blocks.set(number, block);
    return block;
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const block = this.#blocks.get(blockOf(id));
      block?.remove(id);
      if (block?.count === 0) this.#forget(blockOf(id));
    }
  }

  #forget(number: number): void {
    this.#last = null;
    this.#blocks.delete(number);
  }

  /** Of what there is nothing is known any more. */
  forgetAll(): void {
    this.#last = null;
    this.#blocks.clear();
  }

  /** There is nothing any more. */
  clear(): void {
    this.forgetAll();
    this.#newest = NONE;
  }

  begin(): void {
    this.#last = null;
    this.#touched.clear();
  }

  /** What was put in since `begin` is not so. */
  undo(): void {
    for (const number of this.#touched) this.#forget(number);
  }

  /** The block that has an exchange, when there is such an exchange; undefined or null: it is none that is held. */
  blockOf(id: number): ColumnBlock | null | undefined {
    return this.#blocks.get(blockOf(id));
  }

  /**
   * Goes through ids in (after, upTo]: tells blocks that are usable with the rows of those ids, and all between them as a range of ids for
   * the index, in order.
   */
  parts(
    after: number,
    upTo: number,
    isUsable: (block: ColumnBlock) => boolean,
    inBlock: (block: ColumnBlock, fromRow: number, toRow: number) => void,
    inIndex: (after: number, upTo: number) => void,
  ): void {
    let done = after;
    const last = Math.min(upTo, this.#newest);
    for (const number of this.#numbersWithin(after + 1, last)) {
      const block = this.#blocks.get(number);
      if (!block || !isUsable(block)) continue;
      const first = Math.max(firstOf(number), after + 1);
      const end = Math.min(firstOf(number + 1), last + 1);
      if (first > done + 1) inIndex(done, first - 1);
      inBlock(block, first - block.firstId, end - block.firstId);
      done = end - 1;
    }
    if (done < last) inIndex(done, last);
  }

  /** In order. Ids may be far apart: one that was read from broken bytes is any number. */
  #numbersWithin(first: number, last: number): number[] {
    const numbers = [...this.#blocks.keys()].filter((number) => firstOf(number + 1) > first && firstOf(number) <= last);
    return numbers.sort((a, b) => a - b);
  }

  /** The first id from `id` on of which nothing is known; there may be no such exchange. */
  unknownFrom(id: number): number {
    let number = blockOf(id);
    if (!this.#blocks.has(number)) return id;
    while (this.#blocks.has(number)) number++;
    return firstOf(number);
  }

  /** The ids of the block of that one: (after, upTo]. */
  static besides(id: number): [after: number, upTo: number] {
    const first = firstOf(blockOf(id));
    return [first - 1, first + BLOCK_IDS - 1];
  }

  /** The block of that id. `count`: of all exchanges that belong into it; `put`: puts them there, and tells whether they fit. */
  fill(id: number, count: number, put: (block: ColumnBlock) => boolean): void {
    const number = blockOf(id);
    const block = this.#newBlock(number);
    this.#know(number, count >= FEW && put(block) ? block : null);
  }
}

function blockOf(id: number): number {
  return Math.floor(id / BLOCK_IDS);
}

function firstOf(number: number): number {
  return number * BLOCK_IDS;
}

/**
 * Rows of exchanges in SQLite. Those that nobody has asked for yet lie packed, all of a batch in one value, which takes a quarter of what
 * rows of their own take; they are written when somebody asks for what columns in memory do not have. Most never are.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Place } from './exchange-index.ts';
import { HeldRows } from './held-rows.ts';
import { eachPacked, placeOf, ROW } from './packed-rows.ts';
import { RowWriter } from './row-writer.ts';

/** Packed values that become rows in one step: some thousand exchanges, some milliseconds. */
const STEP_BYTES = 512 * 1024;

/** Packed rows: their number, and the ids among which theirs are. */
interface Unwritten {
  number: number;
  first: number;
  last: number;
}

export class ExchangeRows {
  readonly #db: DatabaseSync;
  readonly #writer: RowWriter;
  readonly #onWritten: (packed: Uint8Array) => void;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #packed: StatementSync;
  readonly #one: StatementSync;
  readonly #held: HeldRows;
  #unwritten: Unwritten[] = [];

  /** `onWritten`: these are rows now, without marks. */
  constructor(db: DatabaseSync, onWritten: (packed: Uint8Array) => void) {
    this.#db = db;
    this.#onWritten = onWritten;
    this.#writer = new RowWriter(db);
    this.#insert = db.prepare('INSERT INTO unwritten (first, last, rows) VALUES (?, ?, ?)');
    this.#delete = db.prepare('DELETE FROM unwritten WHERE number <= ?');
    this.#packed = db.prepare('SELECT number, rows FROM unwritten ORDER BY number');
    this.#one = db.prepare('SELECT rows FROM unwritten WHERE number = ?');
    this.#held = new HeldRows(db);
    this.load();
  }

  /** Forgets what was not committed. */
  load(): void {
    this.#held.discard();
    this.#unwritten = this.#db
      .prepare('SELECT number, first, last FROM unwritten ORDER BY number')
      .all() as unknown as Unwritten[];
  }

  /** For questions: in which every exchange has its row, in memory if the disk does not take it. */
  get written(): DatabaseSync {
    if (this.#unwritten.length > 0 && !this.#held.isThere) {
      try {
        this.writeAll();
      } catch {
        // Whoever wants to write something hears of it.
        this.#held.hold(this.#packed.iterate() as Iterable<{ rows: Uint8Array }>);
      }
    }
    return this.#db;
  }

  /** Throws when the disk does not take it: what is left stays packed. */
  writeAll(): void {
    for (const _ of this.writing());
  }

  add(packed: Uint8Array): void {
    this.#held.release();
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    eachPacked(packed, (numbers, row) => {
      const id = numbers[row + ROW.id] as number;
      if (id < first) first = id;
      if (id > last) last = id;
    });
    const { lastInsertRowid } = this.#insert.run(first, last, packed);
    this.#unwritten.push({ number: Number(lastInsertRowid), first, last });
  }

  /** The same in steps. */
  *writing(): Generator<void, void> {
    while (this.#unwritten.length > 0) {
      if (this.#db.isTransaction) this.#writeSome();
      else this.#writeAlone();
      yield;
    }
  }

  #writeAlone(): void {
    this.#db.exec('BEGIN');
    try {
      this.#writeSome();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.load();
      throw error;
    }
  }

  #writeSome(): void {
    const { some, last, isAll } = this.#oldestPacked();
    // First what makes room: on a full disk rows can lie where these did.
    if (last !== null) this.#delete.run(last);
    for (const rows of some) {
      this.#writer.write(rows);
      this.#onWritten(rows);
    }
    this.#unwritten = isAll ? [] : this.#unwritten.filter(({ number }) => number > (last ?? 0));
    if (isAll) this.#held.release();
  }

  #oldestPacked(): { some: Uint8Array[]; last: number | null; isAll: boolean } {
    const some: Uint8Array[] = [];
    let last: number | null = null;
    let bytes = 0;
    for (const { number, rows } of this.#packed.iterate() as Iterable<{ number: number; rows: Uint8Array }>) {
      if (bytes >= STEP_BYTES) return { some, last, isAll: false };
      some.push(rows);
      last = number;
      bytes += rows.length;
    }
    return { some, last, isAll: true };
  }

  /** Where those lie that have no row, or an older one. */
  unwrittenPlaces(ids: readonly number[]): Map<number, Place> {
    const wanted = new Set(ids);
    const places = new Map<number, Place>();
    for (const { number, first, last } of this.#unwritten) {
      if (!ids.some((id) => id >= first && id <= last)) continue;
      const { rows } = this.#one.get(number) as unknown as { rows: Uint8Array };
      eachPacked(rows, (numbers, row) => {
        const id = numbers[row + ROW.id] as number;
        if (wanted.has(id)) places.set(id, placeOf(numbers, row));
      });
    }
    return places;
  }

  /** A number above `id` below which there is no id above it that has no row; null: there is none above it. */
  unwrittenAfter(id: number): number | null {
    const above = this.#unwritten.flatMap(({ first, last }) => (last > id ? [Math.max(first, id + 1)] : []));
    return above.length === 0 ? null : above.reduce((least, one) => Math.min(least, one));
  }

  clear(): void {
    this.#held.release();
    this.#db.exec('DELETE FROM unwritten; DELETE FROM main.exchanges');
    this.#unwritten = [];
  }
}

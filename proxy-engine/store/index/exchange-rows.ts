/**
 * Rows of exchanges in SQLite. Those that nobody has asked for yet lie packed, all of a batch in one value, which takes a quarter of what
 * rows of their own take; they are written when somebody asks for what columns in memory do not have. Most never are.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HeldRows } from './held-rows.ts';
import { RowWriter } from './row-writer.ts';

/** Packed values that become rows in one step: some thousand exchanges, some milliseconds. */
const STEP_BYTES = 512 * 1024;

export class ExchangeRows {
  readonly #db: DatabaseSync;
  readonly #writer: RowWriter;
  readonly #onWritten: (packed: Uint8Array) => void;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #packed: StatementSync;
  readonly #held: HeldRows;
  #arePacked = false;

  /** `onWritten`: these are rows now, without marks. */
  constructor(db: DatabaseSync, onWritten: (packed: Uint8Array) => void) {
    this.#db = db;
    this.#onWritten = onWritten;
    this.#writer = new RowWriter(db);
    this.#insert = db.prepare('INSERT INTO packed (rows) VALUES (?)');
    this.#delete = db.prepare('DELETE FROM packed WHERE number <= ?');
    this.#packed = db.prepare('SELECT number, rows FROM packed ORDER BY number');
    this.#held = new HeldRows(db);
    this.load();
  }

  /** Forgets what was not committed. */
  load(): void {
    this.#held.discard();
    this.#arePacked = this.#db.prepare('SELECT 1 FROM packed LIMIT 1').get() !== undefined;
  }

  /** For questions: in which every exchange has its row, in memory if the disk does not take it. */
  get written(): DatabaseSync {
    if (this.#arePacked && !this.#held.isThere) {
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
    this.#insert.get(packed);
    this.#arePacked = true;
  }

  /** The same in steps. */
  *writing(): Generator<void, void> {
    while (this.#arePacked) {
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
    if (!isAll) return;
    this.#arePacked = false;
    this.#held.release();
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

  clear(): void {
    this.#held.release();
    this.#db.exec('DELETE FROM packed; DELETE FROM main.exchanges');
    this.#arePacked = false;
  }
}

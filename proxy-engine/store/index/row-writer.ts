/** Writes rows of exchanges into SQLite. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { UNMARKED_COLUMNS } from './index-database.ts';
import { eachPacked, ROW, targetOf } from './packed-rows.ts';

/** Rows of one statement: each statement has a price of its own. */
const AT_A_TIME = 32;
const COUNT = UNMARKED_COLUMNS.length;

export class RowWriter {
  readonly #one: StatementSync;
  readonly #many: StatementSync;
  #values: SQLInputValue[] = [];

  constructor(db: DatabaseSync, table = 'main.exchanges') {
    this.#one = db.prepare(insertInto(table, 1));
    this.#many = db.prepare(insertInto(table, AT_A_TIME));
  }

  /** Rows without marks, in place of those of the same exchanges. */
  write(packed: Uint8Array): void {
    this.#values = [];
    eachPacked(packed, (numbers, row) => {
      this.#add(numbers, row, targetOf(packed, numbers, row));
      if (this.#values.length < COUNT * AT_A_TIME) return;
      // Not `run`: it makes an object of what it did each time, which nobody looks at.
      this.#many.get(...this.#values);
      this.#values.length = 0;
    });
    for (let at = 0; at < this.#values.length; at += COUNT) this.#one.get(...this.#values.slice(at, at + COUNT));
  }

  #add(numbers: Float64Array, row: number, target: string): void {
    const number = (place: number) => numbers[row + place] as number;
    const cut = target.indexOf('?');
    this.#values.push(
      number(ROW.id),
      number(ROW.status) || null,
      number(ROW.shape),
      cut < 0 ? target : target.slice(0, cut),
      cut < 0 ? null : target.slice(cut + 1),
      orNull(number(ROW.durationMs)),
      number(ROW.attempts),
      number(ROW.requestSizeBytes),
      number(ROW.responseSizeBytes),
      number(ROW.segment),
      number(ROW.offset),
      number(ROW.recordBytes),
      number(ROW.requestBodyBytes),
      number(ROW.responseBodyBytes),
      number(ROW.startedAt),
      orNull(number(ROW.ttfbMs)),
    );
  }
}

function insertInto(table: string, rows: number): string {
  const row = `(${UNMARKED_COLUMNS.map(() => '?').join(',')})`;
  const values = Array.from({ length: rows }, () => row).join(',');
  return `INSERT OR REPLACE INTO ${table} (${UNMARKED_COLUMNS.join(',')}) VALUES ${values}`;
}

function orNull(numberOrMinus: number): number | null {
  return numberOrMinus < 0 ? null : numberOrMinus;
}

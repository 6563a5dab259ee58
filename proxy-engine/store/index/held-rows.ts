/** Rows of exchanges that a full disk does not take, in memory: everything that is asked of the index is asked of them, too. */
import type { DatabaseSync } from 'node:sqlite';
import { createExchanges } from './index-database.ts';
import { RowWriter } from './row-writer.ts';

export class HeldRows {
  readonly #db: DatabaseSync;
  isThere = false;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** From now on `exchanges` is what is in the file and these, which take the place of what the file has of the same exchanges. */
  hold(packed: Iterable<{ rows: Uint8Array }>): void {
    const db = this.#db;
    this.discard();
    createExchanges(db, 'temp', 'held');
    const writer = new RowWriter(db, 'temp.held');
    for (const { rows } of packed) writer.write(rows);
    db.exec(`CREATE TEMP VIEW exchanges AS SELECT * FROM temp.held
      UNION ALL SELECT * FROM main.exchanges WHERE id NOT IN (SELECT id FROM temp.held)`);
    this.isThere = true;
  }

  /** Those of the file alone. */
  release(): void {
    if (this.isThere) this.discard();
  }

  /** The same, also after a transaction that released them was undone. */
  discard(): void {
    this.#db.exec('DROP VIEW IF EXISTS temp.exchanges; DROP TABLE IF EXISTS temp.held');
    this.isThere = false;
  }
}

/** When the exchanges of an index began, in epoch milliseconds. */
import type { DatabaseSync } from 'node:sqlite';

export class IndexTimes {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** 0: there is no such exchange. */
  of(id: number): number {
    const found = this.#db.prepare('SELECT startedAt FROM exchanges WHERE id = ?').get(id);
    return (found as { startedAt: number } | undefined)?.startedAt ?? 0;
  }

  /** Of the first and of the last exchange. */
  span(): { from: number; to: number } {
    const sql = 'SELECT ifnull(min(startedAt), 0) AS "from", ifnull(max(startedAt), 0) AS "to" FROM exchanges';
    return this.#db.prepare(sql).get() as { from: number; to: number };
  }
}

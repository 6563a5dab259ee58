/** When the exchanges of an index began, in epoch milliseconds. */
import type { DatabaseSync } from 'node:sqlite';
import { PINNED } from './marks.ts';

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

  /** The id of the oldest exchange that is not pinned; null: there is none. */
  oldestNotPinned(): number | null {
    const sql = `SELECT id FROM exchanges WHERE id NOT IN (${PINNED}) ORDER BY id LIMIT 1`;
    return (this.#db.prepare(sql).get() as { id: number } | undefined)?.id ?? null;
  }

  /** Of the first and of the last exchange. */
  span(): { from: number; to: number } {
    const sql = 'SELECT ifnull(min(startedAt), 0) AS "from", ifnull(max(startedAt), 0) AS "to" FROM exchanges';
    return this.#db.prepare(sql).get() as { from: number; to: number };
  }
}

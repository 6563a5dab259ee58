/** What of an index lies in which segment. */
import type { DatabaseSync } from 'node:sqlite';
import type { Place } from './exchange-index.ts';
import { END } from './index-cut.ts';
import { PLACE } from './index-database.ts';
import { PINNED } from './marks.ts';

export class IndexSegments {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Bytes that the newest exchange of a segment reaches to; 0: nobody points into it. */
  endOf(segment: number): number {
    const sql = `SELECT max(${END}) AS end FROM exchanges WHERE segment = ?`;
    return (this.#db.prepare(sql).get(segment) as { end: number | null }).end ?? 0;
  }

  /** Pinned exchanges in segments up to that one. */
  pinnedUpTo(segment: number): Place[] {
    const sql = `SELECT ${PLACE} FROM exchanges WHERE id IN (${PINNED}) AND segment <= ? ORDER BY id`;
    return this.#db.prepare(sql).all(segment) as unknown as Place[];
  }

  move(id: number, { segment, offset, recordBytes }: Pick<Place, 'segment' | 'offset' | 'recordBytes'>): void {
    const sql = 'UPDATE main.exchanges SET segment = ?, offset = ?, recordBytes = ? WHERE id = ?';
    this.#db.prepare(sql).run(segment, offset, recordBytes, id);
  }

  /** The oldest segment that an exchange lies in that is not pinned; null: there is none. */
  oldest(): number | null {
    const sql = `SELECT min(segment) AS oldest FROM exchanges WHERE id NOT IN (${PINNED})`;
    return (this.#db.prepare(sql).get() as { oldest: number | null }).oldest;
  }
}

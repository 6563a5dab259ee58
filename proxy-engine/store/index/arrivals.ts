/** By when exchanges had come, in epoch milliseconds: what is imported began long before, and clocks are set, so that their own times are in no order. */
import type { DatabaseSync } from 'node:sqlite';

interface Arrival {
  /** It and all before it. */
  id: number;
  at: number;
}

/** Of a file that is written. */
export function createArrivals(db: DatabaseSync): void {
  db.exec('CREATE TABLE IF NOT EXISTS arrivals (id INTEGER PRIMARY KEY, at REAL NOT NULL)');
}

export class Arrivals {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** `spanMs`: what came within it is told as if it had come at its end. Throws when the disk does not take it. */
  note({ id, at }: Arrival, spanMs: number): void {
    const sql = 'SELECT id, at FROM arrivals ORDER BY id DESC LIMIT 2';
    const [last, before] = this.#db.prepare(sql).all() as unknown as Arrival[];
    if (last && id <= last.id) return;
    if (last && before && at - before.at < spanMs) this.#db.prepare('DELETE FROM arrivals WHERE id = ?').run(last.id);
    this.#db.prepare('INSERT INTO arrivals VALUES (?, ?)').run(id, at);
  }

  get isEmpty(): boolean {
    return this.#db.prepare('SELECT 1 FROM arrivals LIMIT 1').get() === undefined;
  }

  /** The last that had come before `time`; null: there is none. */
  lastBefore(time: number): number | null {
    return (this.#db.prepare('SELECT max(id) AS id FROM arrivals WHERE at < ?').get(time) as { id: number | null }).id;
  }

  /** Those up to that one are gone. */
  forget(upTo: number): void {
    this.#db.prepare('DELETE FROM arrivals WHERE id <= ?').run(upTo);
  }

  clear(): void {
    this.#db.exec('DELETE FROM arrivals');
  }
}

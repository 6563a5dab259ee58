/** Rows of an index as an index of its own, without reading the recordings: SQLite copies them. */

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { createShapes } from './exchange-shapes.ts';
import { createExchanges, forOwnerOnly } from './index-database.ts';

/** Exchanges that are copied before something else gets its turn. */
const TURN = 20_000;

let copies = 0;

/** Those of `ids` (in order) into a new file. What comes meanwhile is recorded in between; rejects when the disk does not take the copy. */
export async function copyIndex(db: DatabaseSync, ids: readonly number[], file: string): Promise<void> {
  const copy = `copy${++copies}`;
  forOwnerOnly(file);
  db.prepare(`ATTACH ? AS ${copy}`).run(file);
  try {
    // Nobody reads it before it is whole.
    db.exec(`PRAGMA ${copy}.journal_mode=OFF; PRAGMA ${copy}.synchronous=OFF;`);
    createExchanges(db, copy);
    createShapes(db, copy);
    const rows = db.prepare(`INSERT INTO ${copy}.exchanges SELECT * FROM main.exchanges WHERE id BETWEEN ? AND ?`);
    for (let at = 0; at < ids.length; at += TURN) {
      rows.run(ids[at] as number, ids[Math.min(ids.length, at + TURN) - 1] as number);
      await setImmediate();
    }
    db.exec(`INSERT INTO ${copy}.shapes SELECT * FROM main.shapes`);
  } finally {
    db.exec(`DETACH ${copy}`);
  }
}

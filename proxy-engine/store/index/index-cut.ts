/** Takes exchanges out of an index whose bytes are not there. */
import type { DatabaseSync } from 'node:sqlite';

/** Ids of those that are looked at in one step. */
const LOOKED_AT = 50_000;
/** Where an exchange ends in its segment. */
export const END = 'offset + recordBytes + requestBodyBytes + responseBodyBytes';

/** Those that reach beyond what there is of their segment, in steps, each of which says how many. `segments`: with their bytes. */
export function* removeBeyond(db: DatabaseSync, segments: ReadonlyMap<number, number>): Generator<number, void> {
  db.exec('CREATE TEMP TABLE there (segment INTEGER PRIMARY KEY, bytes INTEGER)');
  const insert = db.prepare('INSERT INTO there VALUES (?, ?)');
  for (const [segment, bytes] of segments) insert.run(segment, bytes);
  const beyond = `${END} > ifnull((SELECT bytes FROM there WHERE there.segment = exchanges.segment), -1)`;
  const remove = db.prepare(`DELETE FROM main.exchanges WHERE id > ? AND id <= ? AND ${beyond}`);
  const next = db.prepare('SELECT min(id) AS id FROM exchanges WHERE id > ?');
  for (let upTo = -1; ; upTo += LOOKED_AT) {
    // Ids may be far apart: one that was read from broken bytes is any number.
    const { id } = next.get(upTo) as { id: number | null };
    if (id === null) break;
    upTo = id - 1;
    yield Number(remove.run(upTo, upTo + LOOKED_AT).changes);
  }
  db.exec('DROP TABLE there');
}

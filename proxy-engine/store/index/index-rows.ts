/** What the index tells of many exchanges at once: for putting them in order, and for counting them. */
import type { DatabaseSync } from 'node:sqlite';
import type { SortField } from '../../contract/api.ts';
import type { SortKey } from './key-buckets.ts';

/** Small enough for the rows to be young when they go. */
const READ_AT_A_TIME = 4000;
/** Those that lie denser are read with what lies between them, which is faster than naming each. */
const DENSE = 0.4;

function keyOf(field: SortField): string {
  switch (field) {
    case 'host':
      return '(SELECT lower(authority) FROM shapes WHERE shapes.id = shape)';
    case 'path':
      // A path comes before all that are longer, also before the same path with a query.
      return `path || ifnull(char(0) || query, '')`;
    default:
      return `ifnull(${field}, -1)`;
  }
}

/** Tells those of `ids` that are there with what they are sorted by, in order of id; -1: it has none yet. `ids`: in order. */
export function eachKey(
  db: DatabaseSync,
  field: SortField,
  ids: readonly number[],
  tell: (id: number, key: SortKey) => void,
): void {
  eachRow(db, keyOf(field), ids, ([id, key]) => tell(id as number, key as SortKey));
}

/** Tells those of `ids` that are there, a row each that begins with the id, in order of id. `ids`: in order. */
export function eachRow(
  db: DatabaseSync,
  columns: string,
  ids: readonly number[],
  tell: (row: readonly unknown[]) => void,
): void {
  for (let at = 0; at < ids.length; at += READ_AT_A_TIME) {
    const some = ids.slice(at, at + READ_AT_A_TIME);
    let n = 0;
    for (const row of rowsAmong(db, columns, some)) {
      while ((some[n] as number) < (row[0] as number)) n++;
      if (some[n] === row[0]) tell(row);
    }
  }
}

/** Others may be between them. */
function rowsAmong(db: DatabaseSync, columns: string, ids: readonly number[]): (readonly unknown[])[] {
  const [first, last] = [ids[0] as number, ids.at(-1) as number];
  const isDense = ids.length > DENSE * (last - first + 1);
  const where = isDense ? 'BETWEEN ? AND ?' : 'IN (SELECT value FROM json_each(?))';
  const statement = db.prepare(`SELECT id, ${columns} FROM exchanges WHERE id ${where} ORDER BY id`);
  statement.setReturnArrays(true);
  const params = isDense ? [first, last] : [JSON.stringify(ids)];
  return statement.all(...params) as unknown as (readonly unknown[])[];
}

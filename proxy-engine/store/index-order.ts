/** What the index tells of many exchanges at once for putting them in order. */
import type { DatabaseSync } from 'node:sqlite';
import type { NumberField, TextField } from './sorted-ids.ts';

/** Small enough for the texts to be young when they go. */
const READ_AT_A_TIME = 4000;
/** Up to so many are named one by one. */
const FEW = 20_000;

const ORDER: Record<TextField, string> = {
  host: '(SELECT lower(authority) FROM shapes WHERE shapes.id = shape)',
  path: 'path, query',
};

/** Of those exchanges, in the same order; -1: it has none yet. `ids`: in order. */
export function numbersOf(db: DatabaseSync, field: NumberField, ids: readonly number[]): Float64Array {
  const found = new Float64Array(ids.length).fill(-1);
  const sql = `SELECT json_group_array(id) AS ids, json_group_array(ifnull(${field}, -1)) AS numbers
    FROM (SELECT id, ${field} FROM exchanges WHERE id BETWEEN ? AND ? ORDER BY id)`;
  const statement = db.prepare(sql);
  for (let at = 0; at < ids.length; ) {
    const end = Math.min(ids.length, at + READ_AT_A_TIME);
    const row = statement.get(ids[at] as number, ids[end - 1] as number) as { ids: string; numbers: string };
    const numbers = JSON.parse(row.numbers) as number[];
    for (const [n, id] of (JSON.parse(row.ids) as number[]).entries())
      if (id === ids[at]) found[at++] = numbers[n] as number;
    at = end;
  }
  return found;
}

/** Those exchanges in the order of that text; equal ones in order of id. `ids`: in order. */
export function idsBy(db: DatabaseSync, field: TextField, ids: readonly number[]): Float64Array {
  const some = ids.length <= FEW ? namedOneByOne(ids) : spanned(ids);
  const statement = db.prepare(`SELECT id FROM exchanges WHERE ${some.where} ORDER BY ${ORDER[field]}, id`);
  statement.setReturnArrays(true);
  const found = new Float64Array(ids.length);
  let count = 0;
  for (const [id] of statement.iterate(...some.params) as unknown as Iterable<[number]>)
    if (some.has(id)) found[count++] = id;
  return found.subarray(0, count);
}

function namedOneByOne(ids: readonly number[]) {
  return { where: 'id IN (SELECT value FROM json_each(?))', params: [JSON.stringify(ids)], has: () => true };
}

function spanned(ids: readonly number[]) {
  const [first, last] = [ids[0] as number, ids.at(-1) as number];
  const isWhole = last - first + 1 === ids.length;
  const wanted = isWhole ? null : new Set(ids);
  const has = (id: number) => wanted === null || wanted.has(id);
  return { where: 'id BETWEEN ? AND ?', params: [first, last], has };
}

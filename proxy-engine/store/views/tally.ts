/** What there is among the recordings: how many by host and path, and which values fields have. */
import { setImmediate } from 'node:timers/promises';
import type { ParsedInput } from '../../contract/api.ts';
import type { ExchangeTree } from '../../contract/exchange-commands.ts';
import type { ValueField } from '../../contract/value-fields.ts';
import type { ExchangeIndex } from '../index/exchange-index.ts';
import type { SqlFilter } from '../index/sql-filter.ts';
import { PathTree } from './path-tree.ts';

/** Exchanges that are counted before something else gets its turn. */
const TURN = 20_000;
/** Of fields of the exchanges themselves, the values of so many of the newest are known. */
const NEWEST = 50_000;

/** `ids`: those to count, in order; `exact`: the index alone can tell which they are. */
export async function countTree(
  index: ExchangeIndex,
  ids: readonly number[],
  exact: SqlFilter | null,
  { open, limit }: ParsedInput<'exchanges.tree'>,
): Promise<ExchangeTree> {
  const tree = new PathTree(open);
  const hosts = new Map<number, string>();
  for (let at = 0; at < ids.length; at += TURN) {
    const turn = ids.slice(at, at + TURN);
    for (const [shape, path, count] of index.counts.paths(exact ? between(turn, exact) : among(turn))) {
      let host = hosts.get(shape);
      if (host === undefined) hosts.set(shape, (host = index.shapes.hostOf(shape)));
      tree.add(host, path, count);
    }
    await setImmediate();
  }
  return tree.result(limit);
}

type Condition = Pick<SqlFilter, 'where' | 'params'>;

function between(ids: readonly number[], { where, params }: SqlFilter): Condition {
  return { where: `id BETWEEN ? AND ? AND (${where})`, params: [ids[0] as number, ids.at(-1) as number, ...params] };
}

function among(ids: readonly number[]): Condition {
  return { where: 'id IN (SELECT value FROM json_each(?))', params: [JSON.stringify(ids)] };
}

/** Columns of exchanges; every other field is one of shapes. */
const OF_EXCHANGES: ReadonlySet<ValueField> = new Set(['path', 'status', 'note', 'color']);

export function valuesOf(
  index: ExchangeIndex,
  newestId: number,
  { field, startsWith, limit }: ParsedInput<'exchanges.values'>,
): string[] {
  const begins = startsWith === '' ? '1' : `lower(substr(${field}, 1, length(?))) = lower(?)`;
  const params = startsWith === '' ? [] : [startsWith, startsWith];
  if (!OF_EXCHANGES.has(field)) return index.counts.frequent('shapes', field, { where: begins, params }, limit);
  return index.counts.frequent(
    'exchanges',
    field,
    { where: `id > ? AND ${begins}`, params: [newestId - NEWEST, ...params] },
    limit,
  );
}

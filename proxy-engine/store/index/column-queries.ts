/** Columns and SQLite together: blocks are filled out of the index, and ids are looked for in both. */
import type { DatabaseSync } from 'node:sqlite';
import { EXCHANGE } from '../record/record-format.ts';
import { BLOCK_IDS, type ColumnBlock } from './column-block.ts';
import type { ColumnFilter, RowTest, ShapesWhere } from './column-filter.ts';
import type { RowKey } from './column-keys.ts';
import { ExchangeColumns } from './exchange-columns.ts';
import type { SortKey } from './key-buckets.ts';

/** Ids in (after, upTo] for which the filter holds, in order. `ask`: the same of SQLite. */
export function idsInColumns(
  columns: ExchangeColumns,
  filter: ColumnFilter,
  [after, upTo]: [number, number],
  shapesWhere: ShapesWhere,
  ask: (after: number, upTo: number) => readonly number[],
): number[] {
  const ids: number[] = [];
  const test = filter.bind(shapesWhere);
  columns.parts(
    after,
    upTo,
    ({ text }) => !filter.readsText || text !== null,
    (block, from, to) => addIds(ids, block, from, to, test),
    (from, to) => {
      for (const id of ask(from, to)) ids.push(id);
    },
  );
  return ids;
}

function addIds(ids: number[], block: ColumnBlock, from: number, to: number, test: RowTest): void {
  const { shape, firstId } = block;
  for (let row = from; row < to; row++) if (shape[row] !== 0 && test(block, row)) ids.push(firstId + row);
}

/** Tells those of `ids` that are there with their keys, in order of id. `ids`: in order; `ask`: the same of SQLite. */
export function eachKeyInColumns(
  columns: ExchangeColumns,
  { of: keyOf, readsText }: RowKey,
  ids: readonly number[],
  tell: (id: number, key: SortKey) => void,
  ask: (ids: readonly number[]) => void,
): void {
  let others: number[] = [];
  const askOthers = () => {
    if (others.length > 0) ask(others);
    others = [];
  };
  for (const id of ids) {
    const block = columns.blockOf(id);
    if (!block || (readsText && block.text === null)) {
      others.push(id);
      continue;
    }
    askOthers();
    const row = id - block.firstId;
    if (block.shape[row] !== 0) tell(id, keyOf(block, row));
  }
  askOthers();
}

/** Reads into columns what they do not have yet, a block a step. `writing`: gives every exchange its row, in steps. */
export function* fillColumns(
  db: DatabaseSync,
  columns: ExchangeColumns,
  writing: () => Generator<void, void>,
): Generator<void, void> {
  const firstFrom = db.prepare('SELECT min(id) AS id FROM exchanges WHERE id >= ?');
  const there = db.prepare(`SELECT ${ROW} FROM exchanges WHERE id > ? AND id <= ? LIMIT ${BLOCK_IDS}`);
  there.setReturnArrays(true);
  const put = rowPutter();
  for (let from = 0; ; ) {
    const { id } = firstFrom.get(columns.unknownFrom(from)) as { id: number | null };
    if (id === null) return;
    if (columns.unknownFrom(id) === id) {
      yield* writing();
      const rows = there.all(...ExchangeColumns.besides(id)) as unknown as Row[];
      columns.fill(id, rows.length, (block) => rows.every((row) => put(block, row)));
      yield;
    }
    from = id;
  }
}

type Row = readonly [
  id: number,
  shape: number,
  status: number,
  attempts: number,
  durationMs: number,
  ttfbMs: number,
  requestSizeBytes: number,
  responseSizeBytes: number,
  target: string,
];
const ROW = `id, shape, ifnull(status, 0), attempts, ifnull(duration, -1), ifnull(ttfb, -1), requestSize, responseSize,
  path || ifnull('?' || query, '')`;

/** For very many rows: into the same memory. */
function rowPutter(): (block: ColumnBlock, row: Row) => boolean {
  const numbers = new Float64Array(EXCHANGE.count);
  let bytes = Buffer.alloc(1024);
  return (block, [id, shape, status, attempts, durationMs, ttfbMs, requestSizeBytes, responseSizeBytes, target]) => {
    numbers[EXCHANGE.status] = status;
    numbers[EXCHANGE.attempts] = attempts;
    numbers[EXCHANGE.durationMs] = durationMs;
    numbers[EXCHANGE.ttfbMs] = ttfbMs;
    numbers[EXCHANGE.requestSizeBytes] = requestSizeBytes;
    numbers[EXCHANGE.responseSizeBytes] = responseSizeBytes;
    // At most three bytes a UTF-16 unit.
    if (3 * target.length > bytes.length) bytes = Buffer.alloc(3 * target.length);
    return block.set(id, shape, numbers, 0, bytes, 0, bytes.write(target, 'utf8'));
  };
}

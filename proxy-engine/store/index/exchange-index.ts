/** The index of what was recorded: a row an exchange, with what filters ask most and the place of the rest (node:sqlite, WAL). */
import type { DatabaseSync } from 'node:sqlite';
import type { SortField } from '../../contract/api.ts';
import type { CaptureConfig } from '../../contract/config.ts';
import type { ExchangeMark } from '../../contract/exchange.ts';
import { readOwn } from '../record/record-reader.ts';
import { oneRecord, type Records } from '../record/records.ts';
import { Arrivals } from './arrivals.ts';
import { rowKey } from './column-keys.ts';
import { eachKeyInColumns, fillColumns, idsInColumns } from './column-queries.ts';
import { ExchangeColumns } from './exchange-columns.ts';
import { ExchangeRows } from './exchange-rows.ts';
import { ExchangeShapes } from './exchange-shapes.ts';
import { copyIndex } from './index-copy.ts';
import { IndexCounts } from './index-counts.ts';
import { removeBeyond } from './index-cut.ts';
import { openDatabase, PLACE } from './index-database.ts';
import type { IndexFilter } from './index-filter.ts';
import { eachKey, eachRow } from './index-rows.ts';
import { IndexSegments } from './index-segments.ts';
import { IndexTimes } from './index-times.ts';
import type { SortKey } from './key-buckets.ts';
import { changedMark, checkPinned, type MarkChange, Marks, PINNED, TooManyPinned } from './marks.ts';
import { RowPacker } from './packed-rows.ts';
import type { SqlFilter } from './sql-filter.ts';

/** Where an exchange lies. */
export interface Place {
  id: number;
  segment: number;
  offset: number;
  recordBytes: number;
  requestBodyBytes: number;
  responseBodyBytes: number;
}

export class ExchangeIndex {
  readonly #db: DatabaseSync;
  readonly #rows: ExchangeRows;
  readonly #packer = new RowPacker();
  /** Of what is being put: what rules wrote on them. */
  readonly #marked = new Map<number, ExchangeMark>();
  readonly #columns: ExchangeColumns;
  readonly shapes: ExchangeShapes;
  readonly marks: Marks;

  /** Throws when the file is no index, is broken, or another process has it. `readOnly`: it is only asked, also by several processes. */
  constructor(file: string, { readOnly = false } = {}) {
    this.#db = openDatabase(file, readOnly);
    this.shapes = new ExchangeShapes(this.#db);
    this.marks = new Marks(this.#db);
    this.#rows = new ExchangeRows(this.#db, (packed) => this.marks.reapplyIn(packed));
    this.#columns = new ExchangeColumns(this.#newestId());
  }

  /** All or nothing. */
  transaction(work: () => void): void {
    this.#db.exec('BEGIN');
    this.#columns.begin();
    try {
      work();
      this.#addRows();
      this.#db.exec('COMMIT');
    } catch (error) {
      // A full disk ends it by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#packer.take();
      this.#marked.clear();
      this.#rows.load();
      this.shapes.load();
      this.marks.load();
      this.#columns.undo();
      throw error;
    }
  }

  /** Those of the exchanges that are there; nothing is changed when more would be pinned than there is room for. */
  mark(
    ids: readonly number[],
    change: MarkChange,
    limits: Pick<CaptureConfig, 'exchanges' | 'disk'>,
  ): { marked: number[] } | { refused: string } {
    this.#rows.writeAll();
    const before = this.marks.of(ids);
    try {
      this.transaction(() => {
        for (const [id, mark] of before) this.marks.set(id, changedMark(mark, change));
        if (change.pinned) checkPinned(this.marks.pinned(), limits);
      });
      return { marked: [...before.keys()] };
    } catch (error) {
      if (error instanceof TooManyPinned) return { refused: error.message };
      throw error;
    }
  }

  /** `record`: begins with the record, at a multiple of eight. */
  put(record: Buffer, place: Place): void {
    this.putAll(oneRecord(record), [place]);
  }

  /** Within a transaction. `places`: of each. */
  putAll(records: Records, places: readonly Place[]): void {
    for (let n = 0; n < places.length; n++) this.#put(records, n, places[n] as Place);
  }

  #put(records: Records, n: number, place: Place): void {
    const start = records.starts[n] as number;
    const { bytes, numbers } = records;
    const { targetStart, targetEnd, mark } = readOwn(records, start);
    const shape = this.shapes.idOf(records, n);
    this.#packer.add(place, shape, numbers, start >>> 3, bytes, targetStart, targetEnd);
    const block = this.#columns.blockToPut(place.id);
    if (block?.set(place.id, shape, numbers, start >>> 3, bytes, targetStart, targetEnd) === false)
      this.#columns.giveUp(block);
    if (mark) this.#marked.set(place.id, mark);
    else if (this.#marked.size > 0) this.#marked.delete(place.id); // it was written on while it went on, and that was taken back
  }

  /** What was put, before the transaction ends. What rules wrote on exchanges stands in their rows, which therefore are written. */
  #addRows(): void {
    const packed = this.#packer.take();
    if (packed.length > 0) this.#rows.add(packed);
    if (this.#marked.size === 0) return;
    this.#rows.writeAll();
    for (const [id, mark] of this.#marked) this.marks.reapply(id, mark);
    this.#marked.clear();
  }

  /** Writes the rows of what nobody has asked for yet, in steps; whoever asks first waits for it otherwise. Throws when the disk does not take it. */
  writeRows(): Generator<void, void> {
    return this.#rows.writing();
  }

  /** Only those that began then, in epoch milliseconds. */
  keepBetween(from: number, to: number): void {
    this.#columns.forgetAll();
    this.#rows.writeAll();
    this.#db.prepare('DELETE FROM exchanges WHERE startedAt NOT BETWEEN ? AND ?').run(from, to);
  }

  /** In order of id. */
  allIds(): number[] {
    return [...this.idParts()].flat();
  }

  /** The same, some at a time. */
  *idParts(): Generator<number[], undefined> {
    for (let found = this.#someIds(0); found.length > 0; found = this.#someIds(found.at(-1) as number)) yield found;
  }

  /** As texts: a million rows would take a second. Of a size that is young when it goes: long ones wait for a full collection. */
  #someIds(after: number): number[] {
    return this.#idsOf(`id > ? ORDER BY id LIMIT ${READ_AT_A_TIME}`, [after]);
  }

  #idsOf(condition: string, params: readonly (string | number)[]): number[] {
    const sql = `SELECT json_group_array(id) AS ids FROM (SELECT id FROM exchanges WHERE ${condition})`;
    return JSON.parse((this.#rows.written.prepare(sql).get(...params) as { ids: string }).ids) as number[];
  }

  /** Below it is no id above `id`; null: there is none above it. */
  firstAfter(id: number): number | null {
    const { next } = this.#db.prepare('SELECT min(id) AS next FROM exchanges WHERE id > ?').get(id) as {
      next: number | null;
    };
    const unwritten = this.#rows.unwrittenAfter(id);
    return next === null || unwritten === null ? (next ?? unwritten) : Math.min(next, unwritten);
  }

  place(id: number): Place | null {
    return this.places([id])[0] ?? null;
  }

  places(ids: readonly number[]): Place[] {
    const unwritten = this.#rows.unwrittenPlaces(ids);
    const marks = ids.map(() => '?').join(',');
    const found = this.#db.prepare(`SELECT ${PLACE} FROM exchanges WHERE id IN (${marks})`).all(...ids);
    const byId = new Map((found as unknown as Place[]).map((place) => [place.id, place]));
    return ids.flatMap((id) => unwritten.get(id) ?? byId.get(id) ?? []);
  }

  /** Exchanges with an id in (after, upTo] for which the filter holds, in order of id, at most `limit`. */
  find({ where, params }: SqlFilter, after: number, upTo: number, limit: number): Place[] {
    const sql = `SELECT ${PLACE} FROM exchanges WHERE id > ? AND id <= ? AND (${where}) ORDER BY id LIMIT ?`;
    return this.#rows.written.prepare(sql).all(after, upTo, ...params, limit) as unknown as Place[];
  }

  /** The same, only the ids. */
  findIds({ where, params, columns }: IndexFilter, after: number, upTo: number): number[] {
    const condition = `id > ? AND id <= ? AND (${where}) ORDER BY id`;
    const ask = (from: number, to: number) => this.#idsOf(condition, [from, to, ...params]);
    if (columns === null) return ask(after, upTo);
    return idsInColumns(this.#columns, columns, [after, upTo], (shapes) => this.shapes.where(shapes), ask);
  }

  /** Holds in memory what `findIds` asks most and what was recorded by an earlier process, in steps. */
  fillColumns(): Generator<void, void> {
    return fillColumns(this.#db, this.#columns, () => this.#rows.writing());
  }

  #newestId(): number | null {
    return (this.#rows.written.prepare('SELECT max(id) AS newest FROM exchanges').get() as { newest: number | null })
      .newest;
  }

  /** Takes out those that reach beyond what there is of their segment, in steps, each of which says how many. `segments`: with their bytes. */
  *removeBeyond(segments: ReadonlyMap<number, number>): Generator<number, void> {
    this.#columns.forgetAll();
    yield* removeBeyond(this.#rows.written, segments);
  }

  /** When they began. */
  get times(): IndexTimes {
    return new IndexTimes(this.#rows.written);
  }

  /** When they came. */
  get arrivals(): Arrivals {
    return new Arrivals(this.#db);
  }

  /** What of it there is how often. */
  get counts(): IndexCounts {
    return new IndexCounts(this.#rows.written);
  }

  /** What lies in which segment. */
  get segments(): IndexSegments {
    return new IndexSegments(this.#rows.written);
  }

  /** Exchanges that have no end, in order of id. */
  unfinished(): Place[] {
    return this.#rows.written
      .prepare(`SELECT ${PLACE} FROM exchanges WHERE duration IS NULL ORDER BY id`)
      .all() as unknown as Place[];
  }

  /** Pinned ones stay. Answers those that have gone, in order. */
  remove(ids: readonly number[]): number[] {
    this.#rows.writeAll();
    const these = `id IN (SELECT value FROM json_each(?)) AND id NOT IN (${PINNED})`;
    const gone = this.#idsOf(`${these} ORDER BY id`, [JSON.stringify(ids)]);
    this.#db.prepare(`DELETE FROM exchanges WHERE ${these}`).run(JSON.stringify(ids));
    this.#columns.remove(gone);
    return gone;
  }

  /** Those that lie in segments up to that one, in order. */
  idsUpTo(segment: number): number[] {
    return this.#idsOf('segment <= ? ORDER BY id', [segment]);
  }

  /** After exchanges were removed. */
  dropUnused(): void {
    this.#rows.writeAll();
    this.shapes.dropUnused();
    this.marks.dropUnused();
  }

  clear(): void {
    this.#rows.clear();
    this.#columns.clear();
    this.arrivals.clear();
    this.shapes.clear();
    this.marks.clear();
  }

  /** Tells what is recorded of those exchanges, a row each, in order of id. `ids`: in order. */
  each(columns: string, ids: readonly number[], tell: (row: readonly unknown[]) => void): void {
    eachRow(this.#rows.written, columns, ids, tell);
  }

  /** Tells those of `ids` that are there with what that order goes by, in order of id. `ids`: in order. */
  eachKey(field: SortField, ids: readonly number[], tell: (id: number, key: SortKey) => void): void {
    const key = rowKey(field, (shape) => this.shapes.sortedHostOf(shape));
    eachKeyInColumns(this.#columns, key, ids, tell, (others) => eachKey(this.#rows.written, field, others, tell));
  }

  /** Those exchanges as the index of a file of its own. Rejects when the disk does not take it. */
  async copyTo(file: string, ids: readonly number[]): Promise<void> {
    this.#rows.writeAll();
    await copyIndex(this.#db, ids, file);
  }

  /** From now on the file stands alone, and is only read. */
  seal(): void {
    this.#rows.writeAll();
    this.#db.exec('PRAGMA journal_mode=DELETE');
    this.close();
  }

  close(): void {
    this.#db.close();
  }
}

const READ_AT_A_TIME = 4000;

/** What people wrote on recorded exchanges; it takes the place of what rules wrote on them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ParsedInput } from '../../contract/api.ts';
import type { CaptureConfig } from '../../contract/config.ts';
import type { ExchangeMark, ExchangeRow } from '../../contract/exchange.ts';
import { eachPacked, ROW } from './packed-rows.ts';

/** A change of marks; what it leaves out stays, null removes. */
export type MarkChange = Omit<ParsedInput<'exchange.mark'>, 'ids'>;

/** Pinned exchanges are not pushed out, so there is a limit for them. */
const MAX_PINNED = 1000;

/** Ids of pinned exchanges. */
export const PINNED = 'SELECT id FROM marks WHERE pinned';

/** The mark after a change; undefined: nothing is left of it. */
export function changedMark(mark: ExchangeMark | undefined, change: MarkChange): ExchangeMark | undefined {
  const color = change.color === undefined ? mark?.color : (change.color ?? undefined);
  const note = (change.note === undefined ? mark?.note : change.note) || undefined;
  const pinned = (change.pinned ?? mark?.pinned) || undefined;
  return markOf(color, note, pinned);
}

/** More is pinned than the store can hold beside what is new. */
export class TooManyPinned extends Error {}

/** Throws `TooManyPinned`. */
export function checkPinned(
  { count, bytes }: { count: number; bytes: number },
  { exchanges, disk }: Pick<CaptureConfig, 'exchanges' | 'disk'>,
): void {
  const most = Math.min(MAX_PINNED, Math.floor(exchanges / 2));
  if (count > most) throw new TooManyPinned(`at most ${most} exchanges can be pinned; unpin some first`);
  if (bytes > disk / 2) throw new TooManyPinned('pinned exchanges would fill half of capture.disk; unpin some first');
}

/** Of the store on disk: a table beside the exchanges, so that a recording that is written again keeps its mark. */
export class Marks {
  readonly #db: DatabaseSync;
  readonly #known = new Map<number, ExchangeMark | undefined>();
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(
      'CREATE TABLE IF NOT EXISTS marks (id INTEGER PRIMARY KEY, color TEXT, note TEXT, pinned INTEGER NOT NULL)',
    );
    this.#insert = db.prepare('INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)');
    this.#update = db.prepare('UPDATE main.exchanges SET color = ?, note = ? WHERE id = ?');
    this.load();
  }

  /** Forgets what was not committed. */
  load(): void {
    this.#known.clear();
    for (const row of this.#db.prepare('SELECT * FROM marks').all() as unknown as MarkRow[])
      this.#known.set(row.id, markOf(row.color, row.note, row.pinned));
  }

  /** How many exchanges are pinned, and the bytes that they take. */
  pinned(): { count: number; bytes: number } {
    const sql = `SELECT count(*) AS count, ifnull(sum(recordBytes + requestBodyBytes + responseBodyBytes), 0) AS bytes
      FROM exchanges WHERE id IN (${PINNED})`;
    return this.#db.prepare(sql).get() as { count: number; bytes: number };
  }

  /** Of those exchanges that are there. */
  of(ids: readonly number[]): Map<number, ExchangeMark | undefined> {
    const sql = `SELECT id, exchanges.color, exchanges.note, ifnull(pinned, 0) AS pinned
      FROM exchanges LEFT JOIN marks USING (id) WHERE id IN (${ids.map(() => '?').join(',')})`;
    const rows = this.#db.prepare(sql).all(...ids) as unknown as MarkRow[];
    return new Map(rows.map(({ id, color, note, pinned }) => [id, markOf(color, note, pinned)]));
  }

  /** Exchanges that people wrote on. */
  ids(): number[] {
    return [...this.#known.keys()];
  }

  /** Puts the mark on a row that was read from the recording. */
  onto<R extends Pick<ExchangeRow, 'id' | 'mark'>>(row: R): R {
    if (this.#known.has(row.id)) row.mark = this.#known.get(row.id);
    return row;
  }

  set(id: number, mark: ExchangeMark | undefined): void {
    this.#known.set(id, mark);
    this.#insert.run(id, mark?.color ?? null, mark?.note ?? null, mark?.pinned ? 1 : 0);
    this.#write(id, mark);
  }

  /** After these rows were written, or written again, without marks. */
  reapplyIn(packed: Uint8Array): void {
    if (this.#known.size === 0) return;
    eachPacked(packed, (numbers, row) => this.reapply(numbers[row + ROW.id] as number, undefined));
  }

  /** After the row of the exchange was written, or written again, without a mark. `recorded`: what rules wrote on it. */
  reapply(id: number, recorded: ExchangeMark | undefined): void {
    if (this.#known.has(id)) this.#write(id, this.#known.get(id));
    else if (recorded) this.#write(id, recorded);
  }

  #write(id: number, mark: ExchangeMark | undefined): void {
    this.#update.run(mark?.color ?? null, mark?.note ?? null, id);
  }

  /** After exchanges were dropped. */
  dropUnused(): void {
    if (this.#known.size === 0) return;
    this.#db.exec('DELETE FROM marks WHERE id NOT IN (SELECT id FROM exchanges)');
    this.load();
  }

  clear(): void {
    this.#db.exec('DELETE FROM marks');
    this.#known.clear();
  }
}

interface MarkRow {
  id: number;
  color: string | null;
  note: string | null;
  pinned: number;
}

/** undefined: there is nothing in it. */
function markOf(color?: string | null, note?: string | null, pinned?: boolean | number): ExchangeMark | undefined {
  if (!color && !note && !pinned) return undefined;
  return { ...(color && { color }), ...(note && { note }), ...(pinned && { pinned: true }) };
}

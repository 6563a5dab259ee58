/** What was recorded, on disk: an index and segments. Lives in the store thread; everything here may take time. */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BodyWindow, ExchangeWindow, MessageWindow, ParsedInput } from '../contract/api.ts';
import type { CaptureConfig } from '../contract/config.ts';
import type { Exchange, ExchangeRow } from '../contract/exchange.ts';
import type { ExchangeTree } from '../contract/exchange-commands.ts';
import { bodyWindow } from './body-window.ts';
import { ExchangeIndex, type Place } from './exchange-index.ts';
import { compileFilter } from './filter.ts';
import { EXCHANGE, KIND_BODY } from './record-format.ts';
import { type BodyPiece, numberAt, readBodyPiece, readRow } from './record-reader.ts';
import { Segments } from './segments.ts';
import { sqlFilter } from './sql-filter.ts';
import { exchangeOf, type StoredExchange } from './stored-exchange.ts';
import { countTree, valuesOf } from './tally.ts';
import { readStored, ViewSearch } from './view-search.ts';
import { place as placeId, type View, Views } from './views.ts';

const MAX_OPEN_BODIES = 20_000;
/** Where batches go while no segment can be made. */
const NOWHERE = { segment: -1, offset: 0 } as const;

interface OpenBodies {
  request: Buffer[];
  response: Buffer[];
}

export interface DiskState {
  exchanges: number;
  bytes: number;
  newestId: number;
  /** Recordings that could not be kept. */
  lost: number;
  /** Why they cannot be kept now; null: they can. */
  problem: string | null;
}

export class DiskStore {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #views = new Views();
  readonly #search: ViewSearch;
  readonly #bodies = new Map<number, OpenBodies>();
  /** Ids of all exchanges, in order. */
  #ids: number[];
  /** What an earlier process recorded: whatever goes on there has been interrupted. */
  readonly #firstOwnId: number;
  #limits: Pick<CaptureConfig, 'exchanges' | 'disk'>;
  #lost = 0;
  #problem: string | null = null;

  private constructor(index: ExchangeIndex, segments: Segments, limits: Pick<CaptureConfig, 'exchanges' | 'disk'>) {
    this.#index = index;
    this.#segments = segments;
    this.#search = new ViewSearch(index, segments, this.#views);
    this.#limits = limits;
    this.#ids = index.allIds();
    this.#firstOwnId = (this.#ids.at(-1) ?? 0) + 1;
    const { segment } = segments.place();
    segments.truncate(segment, index.endOf(segment));
  }

  /** An index that cannot be read is moved aside, with a note. Throws when another process has it or the directory cannot be written. */
  static open(
    dir: string,
    limits: Pick<CaptureConfig, 'exchanges' | 'disk'>,
  ): { store: DiskStore; note: string | null } {
    const segments = new Segments(dir);
    const file = join(dir, 'index.db');
    try {
      return { store: new DiskStore(new ExchangeIndex(file), segments, limits), note: null };
    } catch (error) {
      const { message } = error as Error;
      if (/locked|busy/i.test(message))
        throw new Error('another process records into the same directory', { cause: error });
      if (!/malformed|not a database|corrupt|has version/i.test(message)) throw error;
      const aside = `${file}.broken-${Date.now()}`;
      renameSync(file, aside);
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
      segments.clear();
      const note = `the index of recordings could not be read (${message}); it was moved to ${aside}`;
      return { store: new DiskStore(new ExchangeIndex(file), segments, limits), note };
    }
  }

  state(): DiskState {
    const newestId = this.#ids.at(-1) ?? 0;
    return {
      exchanges: this.#ids.length,
      bytes: this.#segments.bytes,
      newestId,
      lost: this.#lost,
      problem: this.#problem,
    };
  }

  configure(limits: Pick<CaptureConfig, 'exchanges' | 'disk'>): void {
    this.#limits = limits;
    this.#dropOldest();
  }

  // ── recording ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a batch in: its bytes to a segment first, then its rows in one transaction. */
  take(batch: Buffer): void {
    const to = this.#placeOfNext() ?? { ...NOWHERE };
    const parts: Buffer[] = [];
    const pieces: BodyPiece[] = [];
    const rows: { at: number; place: Place }[] = [];
    for (let at = 0; at < batch.length; at += numberAt(batch, at, EXCHANGE.bytes)) {
      if (numberAt(batch, at, EXCHANGE.kind) === KIND_BODY) pieces.push(this.#takeBody(batch, at));
      else {
        const place = this.#takeExchange(batch, at, parts, to);
        to.offset += place.recordBytes + place.requestBodyBytes + place.responseBodyBytes;
        rows.push({ at, place });
      }
    }
    this.#ownOpenBodies(pieces);
    if (to.segment === NOWHERE.segment) this.#lost += rows.length;
    else this.#write(batch, parts, rows);
  }

  /** null: there is none, because of the problem. */
  #placeOfNext(): { segment: number; offset: number } | null {
    try {
      return this.#segments.place();
    } catch (error) {
      this.#problem = `recordings cannot be written: ${(error as Error).message}`;
      return null;
    }
  }

  #takeBody(batch: Buffer, at: number): BodyPiece {
    const piece = readBodyPiece(batch, at);
    let bodies = this.#bodies.get(piece.id);
    if (!bodies) this.#bodies.set(piece.id, (bodies = { request: [], response: [] }));
    bodies[piece.side].push(piece.bytes);
    return piece;
  }

  #takeExchange(batch: Buffer, at: number, parts: Buffer[], to: { segment: number; offset: number }): Place {
    const id = numberAt(batch, at, EXCHANGE.id);
    const recordBytes = numberAt(batch, at, EXCHANGE.bytes);
    const record = batch.subarray(at, at + recordBytes);
    parts.push(record);
    const place = { id, ...to, recordBytes, requestBodyBytes: 0, responseBodyBytes: 0 };
    const goesOn = numberAt(batch, at, EXCHANGE.durationMs) < 0;
    const bodies = this.#bodies.get(id);
    if (!bodies) return place;
    if (!goesOn) this.#bodies.delete(id);
    parts.push(...bodies.request, ...bodies.response);
    place.requestBodyBytes = lengthOf(bodies.request);
    place.responseBodyBytes = lengthOf(bodies.response);
    record.writeDoubleLE(place.requestBodyBytes, EXCHANGE.requestBodyBytes * 8);
    record.writeDoubleLE(place.responseBodyBytes, EXCHANGE.responseBodyBytes * 8);
    return place;
  }

  /** The batch goes back to the engine: what is kept of it for later must be a copy. */
  #ownOpenBodies(pieces: readonly BodyPiece[]): void {
    for (const { id, side, bytes } of pieces) {
      const chunks = this.#bodies.get(id)?.[side];
      const at = chunks?.lastIndexOf(bytes) ?? -1;
      if (chunks && at >= 0) chunks[at] = Buffer.from(bytes);
    }
    // Of exchanges whose end was never recorded.
    for (const id of this.#bodies.keys()) {
      if (this.#bodies.size <= MAX_OPEN_BODIES) break;
      this.#bodies.delete(id);
    }
  }

  #write(batch: Buffer, parts: readonly Buffer[], rows: readonly { at: number; place: Place }[]): void {
    if (rows.length === 0) return;
    try {
      this.#segments.append(parts);
      this.#index.transaction(() => {
        for (const { at, place } of rows) this.#index.put(batch, at, place);
      });
      this.#problem = null;
      this.#know(rows.map(({ place }) => place.id));
      this.#dropOldest();
    } catch (error) {
      this.#lost += rows.length;
      this.#problem = `recordings cannot be written: ${(error as Error).message}`;
    }
  }

  #know(ids: number[]): void {
    const newest = this.#ids.at(-1) ?? 0;
    for (const id of ids.sort((a, b) => a - b)) {
      if (id > newest && id !== this.#ids.at(-1)) this.#ids.push(id);
      else if (id <= newest) this.#changed(id);
    }
  }

  /** It had been recorded before it ended; views that looked then look again. */
  #changed(id: number): void {
    placeId(this.#ids, id, true);
    for (const view of this.#views.all) if (id <= view.seen) view.open.add(id);
  }

  #dropOldest(): void {
    const { exchanges, disk } = this.#limits;
    if (this.#ids.length > exchanges) {
      // A tenth more than needed, so that dropping costs little an exchange.
      const cut = this.#ids[
        Math.min(this.#ids.length - 1, this.#ids.length - Math.ceil(exchanges * 0.9) - 1)
      ] as number;
      this.#index.removeUpTo(cut);
      this.#forget();
      const oldest = this.#index.oldestSegment();
      while (this.#segments.count > 1 && (this.#segments.oldest ?? 0) < (oldest ?? Number.POSITIVE_INFINITY))
        this.#removeOldestSegment();
    }
    while (this.#segments.bytes > disk && this.#segments.count > 1) {
      this.#removeOldestSegment();
      this.#forget();
    }
  }

  #removeOldestSegment(): void {
    const oldest = this.#segments.oldest as number;
    for (const place of this.#index.pinnedUpTo(oldest)) this.#moveToNewest(place);
    this.#index.removeSegment(oldest);
    this.#segments.removeOldest();
  }

  #moveToNewest({ id, segment, offset, recordBytes, requestBodyBytes, responseBodyBytes }: Place): void {
    const bytes = this.#segments.read(segment, offset, recordBytes + requestBodyBytes + responseBodyBytes);
    if (!bytes) return;
    const to = this.#segments.place();
    this.#segments.append([bytes]);
    this.#index.move(id, to);
  }

  mark({ ids, ...change }: ParsedInput<'exchange.mark'>): { marked: number } | { refused: string } {
    const answer = this.#index.mark(ids, change, this.#limits);
    if ('refused' in answer) return answer;
    for (const id of answer.marked) this.#changed(id);
    return { marked: answer.marked.length };
  }

  #forget(): void {
    this.#ids = this.#index.allIds();
    this.#views.keepOnly(new Set(this.#ids));
  }

  clear(): void {
    this.#index.clear();
    this.#segments.clear();
    for (const { needle } of this.#views.all) needle?.restart();
    this.#ids = [];
    this.#views.keepOnly(new Set());
  }

  close(): void {
    this.#index.close();
    this.#segments.close();
  }

  // ── queries ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Rejects with `BadFilter`. */
  async query(input: ParsedInput<'exchanges.query'>): Promise<ExchangeWindow> {
    const view = this.#views.get(input.view) ?? this.#views.open(compileFilter(input.filter), input.order);
    const found = await this.#found(view);
    const total = found.length;
    const from = Math.max(0, Math.min(input.from < 0 ? total + input.from : input.from, total));
    const ids =
      view.order === 'asc'
        ? found.slice(from, from + input.limit)
        : found.slice(Math.max(0, total - from - input.limit), total - from).reverse();
    return { total, recorded: this.#ids.length, from, view: view.id, rows: this.#rows(ids) };
  }

  async #found(view: View): Promise<readonly number[]> {
    return view.filter === null ? this.#ids : this.#search.upToDate(view, this.#ids.at(-1) ?? 0);
  }

  /** Rejects with `BadFilter`. */
  async tree(input: ParsedInput<'exchanges.tree'>): Promise<ExchangeTree> {
    const filter = compileFilter(input.filter);
    const sql = sqlFilter(filter?.expression ?? null);
    if (sql.exact) return countTree(this.#index, this.#ids.slice(), sql, input);
    const view = this.#views.withFilter(input.filter ?? '') ?? this.#views.open(filter, 'asc');
    return countTree(this.#index, (await this.#found(view)).slice(), null, input);
  }

  values(input: ParsedInput<'exchanges.values'>): string[] {
    return valuesOf(this.#index, this.#ids.at(-1) ?? 0, input);
  }

  #rows(ids: readonly number[]): ExchangeRow[] {
    return this.#index.places(ids).flatMap(({ segment, offset, recordBytes }) => {
      const record = this.#segments.read(segment, offset, recordBytes);
      if (!record) return [];
      return this.#interrupted(this.#index.marks.onto(readRow(record)));
    });
  }

  /** An exchange that an earlier process could not finish. */
  #interrupted(row: ExchangeRow): ExchangeRow {
    if (row.durationMs !== undefined || row.id >= this.#firstOwnId) return row;
    const message = 'the engine ended before this exchange did';
    return { ...row, durationMs: 0, error: { code: 'INTERRUPTED', source: 'proxy', message } };
  }

  #stored(id: number): StoredExchange | null {
    const place = this.#index.place(id);
    return place && readStored(this.#segments, this.#index.marks, place);
  }

  get(id: number): Exchange | null {
    const stored = this.#stored(id);
    if (!stored) return null;
    return { ...exchangeOf(stored), ...pick(this.#interrupted(stored.row)) };
  }

  messages({ id, from, limit }: ParsedInput<'exchange.messages'>): MessageWindow | null {
    const stored = this.#stored(id);
    if (!stored) return null;
    const { messages: kept } = stored;
    return { total: kept?.total ?? 0, firstKept: kept?.firstKept ?? 0, messages: kept?.window(from, limit) ?? [] };
  }

  async readBody(input: ParsedInput<'exchange.body'>): Promise<BodyWindow | null> {
    const stored = this.#stored(input.id);
    return stored && bodyWindow(exchangeOf(stored)[input.side], bodyOf(stored, input.side), input);
  }
}

function pick({ durationMs, error }: ExchangeRow): Pick<ExchangeRow, 'durationMs' | 'error'> {
  return { durationMs, error };
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

function bodyOf(stored: StoredExchange, side: 'request' | 'response'): Buffer {
  return stored.bodies[side]?.chunks[0] ?? Buffer.alloc(0);
}

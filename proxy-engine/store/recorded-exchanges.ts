/** Exchanges in a directory as they are asked for: through views of filters, and one by one. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ExchangeWindow, ParsedInput } from '../contract/api.ts';
import type { BodyMessageWindow, BodyWindow, MessageWindow } from '../contract/body-commands.ts';
import type { Exchange, ExchangeMark, ExchangeRow } from '../contract/exchange.ts';
import type { ExchangeTree } from '../contract/exchange-commands.ts';
import { interrupted, type KnownParts, NOTHING_MORE } from './disk/interruption.ts';
import { readStored, rowAt, storedOf } from './disk/read-stored.ts';
import type { Segments } from './disk/segments.ts';
import { type WholeRecord, WholeRecords } from './disk/whole-records.ts';
import { ColumnFilling } from './index/column-filling.ts';
import type { ExchangeIndex } from './index/exchange-index.ts';
import { firstAbove, place as placeId, takeOut } from './index/id-list.ts';
import { indexFilter } from './index/index-filter.ts';
import { bodyMessages } from './record/body-messages.ts';
import { bodyWindow, keptBody } from './record/body-window.ts';
import { messageWindow } from './record/message-window.ts';
import { exchangeOf, type StoredExchange } from './record/stored-exchange.ts';
import { isDoneWithin } from './turns.ts';
import { compileFilter } from './views/filter.ts';
import { SortedIds } from './views/sorted-ids.ts';
import { countTree, valuesOf } from './views/tally.ts';
import { ViewSearch } from './views/view-search.ts';
import { searchedOf, type View, Views } from './views/views.ts';
import { windowOf } from './views/window.ts';

/** The search was given up. */
class Superseded extends Error {
  readonly code = 'CONFLICT';
}

class NoView extends Error {
  readonly code = 'NOT_FOUND';
}

const ANOTHER = 'another filter or order of the same viewer took its place';
const STILL_GOING_ON = 'it was still going on when the recording was saved';

export interface RecordedExchange extends WholeRecord {
  mark: ExchangeMark | undefined;
}

/** Ids in the order of a view. */
interface Listed {
  readonly length: number;
  slice(from: number, to: number): number[];
  /** The share that was looked at, when they are still being put in order. */
  readonly ordered?: number;
}

export class RecordedExchanges {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #records: WholeRecords;
  readonly #views: Views;
  readonly #search: ViewSearch;
  /** Of all, in order. */
  #ids: number[];
  /** What has come of exchanges that go on. */
  readonly #parts: KnownParts;
  readonly #filling: ColumnFilling;

  /** `ids`: of all that are in the index, in order. */
  constructor(index: ExchangeIndex, segments: Segments, ids: number[], parts: KnownParts = NOTHING_MORE) {
    this.#parts = parts;
    this.#index = index;
    this.#filling = new ColumnFilling(() => index.fillColumns());
    this.#segments = segments;
    this.#records = new WholeRecords(segments);
    this.#views = new Views((field) => new SortedIds((ids, tell) => index.eachKey(field, ids, tell)));
    this.#search = new ViewSearch(index, segments, this.#views);
    this.#ids = ids;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  get newestId(): number {
    return this.#ids.at(-1) ?? 0;
  }

  has(id: number): boolean {
    return this.#ids[firstAbove(this.#ids, id) - 1] === id;
  }

  // ── changes ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Are in the index now. */
  know(ids: number[]): void {
    const newest = this.newestId;
    for (const id of ids.sort((a, b) => a - b)) {
      if (id > newest && id !== this.#ids.at(-1)) this.#ids.push(id);
      else if (id <= newest) this.changed(id);
    }
  }

  /** It had been recorded before it ended, or was marked; views that looked then look again. */
  changed(id: number): void {
    placeId(this.#ids, id, true);
    for (const view of this.#views.all) {
      if (id <= view.seen) view.open.add(id);
      view.sorted?.change(id);
    }
  }

  /** After these left the index. `gone`: in order. */
  forget(gone: readonly number[]): void {
    takeOut(this.#ids, gone);
    this.#views.forget(gone);
  }

  /** After all of them did. */
  forgetAll(): void {
    this.#views.forgetAll();
    this.#ids = [];
  }

  /** Nobody may ask any more; what goes on is given up. */
  close(): void {
    this.#filling.stop();
    this.#views.closeAll();
  }

  // ── queries ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ids of those for which the filter holds, in order. Rejects with `BadFilter`. */
  async find(filter: string | undefined): Promise<readonly number[]> {
    const compiled = compileFilter(filter);
    if (compiled === null) return this.#ids;
    // Whoever asks again because it took too long waits for the same search.
    return this.#found(this.#views.withFilter(compiled.text) ?? this.#views.open(compiled));
  }

  /** With its bodies, and what people wrote on it; one that goes on ends here. null: it cannot be read. */
  recorded(id: number): RecordedExchange | null {
    const place = this.#index.place(id);
    const found = place && this.#records.read(place);
    const stored = found && storedOf(found, this.#index.marks);
    if (!stored) return null;
    const { mark, durationMs } = stored.row;
    return { ...(durationMs === undefined ? interrupted(id, found, this.#parts, STILL_GOING_ON) : found), mark };
  }

  /** Tells what the index has of those exchanges, a row each. `ids`: in order. */
  each(columns: string, ids: readonly number[], tell: (row: readonly unknown[]) => void): void {
    this.#index.each(columns, ids, tell);
  }

  /** All that is there now as files of a recording; answers those of which more is known than the files have. */
  async copyInto(folder: string): Promise<number[]> {
    const newest = this.newestId;
    // Also what ends meanwhile: its row is copied as one of which more is known.
    const goingOn = this.#index.unfinished();
    // First the rows: what they point at is in the segments then, unless it was dropped meanwhile.
    await this.#index.copyTo(join(folder, 'index.db'), this.#ids.slice());
    await this.#segments.copyInto(folder);
    // A million rows are looked through here, and again when they are written: other things get their turn in between.
    await setImmediate();
    goingOn.push(...this.#index.unfinished());
    await setImmediate();
    const more = new Set([...this.#index.marks.ids(), ...goingOn.map(({ id }) => id)]);
    return [...more].filter((id) => id <= newest);
  }

  requestOf(shape: number): { method: string; host: string } {
    return this.#index.shapes.requestOf(shape);
  }

  /** Rejects with `BadFilter`, `Superseded` or `NoView`. */
  async query(input: ParsedInput<'exchanges.query'>): Promise<ExchangeWindow> {
    const view = this.#views.get(input.view) ?? this.#openView(input);
    const isWhole = await this.#lookUp(view, input.patienceMs);
    if (!this.#views.has(view)) throw new Superseded(ANOTHER);
    const listed = await this.#listed(view, isWhole, input.patienceMs);
    const { from, items } = windowOf(listed, input, view.order);
    return {
      total: listed.length,
      recorded: this.#ids.length,
      from,
      view: view.id,
      rows: this.#rows(items, input.headers),
      ...(!isWhole && { searched: searchedOf(view, this.#ids) }),
      ...(listed.ordered !== undefined && { ordered: listed.ordered }),
    };
  }

  #openView(input: ParsedInput<'exchanges.query'>): View {
    if (input.view !== undefined && input.filter === undefined)
      throw new NoView(`view ${input.view} is gone; ask again with its filter`);
    return this.#views.open(compileFilter(input.filter), input);
  }

  /** What is still growing is put in order when it is whole. */
  async #listed(view: View, isWhole: boolean, patienceMs: number | undefined): Promise<Listed> {
    const found = this.#idsOf(view);
    const { sorted } = view;
    if (!isWhole || sorted === null) return found;
    await isDoneWithin(
      sorted.upToDate(found, () => this.#views.hasOrder(sorted)),
      patienceMs,
    );
    if (!this.#views.hasOrder(sorted)) throw new Superseded(ANOTHER);
    return sorted.share === null ? sorted : { length: found.length, slice: () => [], ordered: sorted.share };
  }

  async #found(view: View): Promise<readonly number[]> {
    view.isHeld = true;
    await this.#lookUp(view).finally(() => {
      view.isHeld = false;
    });
    return this.#idsOf(view);
  }

  /** False: it is still being looked up. */
  async #lookUp(view: View, patienceMs?: number): Promise<boolean> {
    if (view.filter === null) return true;
    const isWhole = await this.#search.upToDate(view, this.newestId, patienceMs);
    this.#filling.begin(view.sql.columns !== null);
    return isWhole;
  }

  #idsOf(view: View): readonly number[] {
    return view.filter === null ? this.#ids : view.found;
  }

  /** Rejects with `BadFilter`. */
  async tree(input: ParsedInput<'exchanges.tree'>): Promise<ExchangeTree> {
    const filter = compileFilter(input.filter);
    const sql = indexFilter(filter?.expression ?? null);
    if (sql.exact) return countTree(this.#index, this.#ids.slice(), sql, input);
    return countTree(this.#index, (await this.find(input.filter)).slice(), null, input);
  }

  values(input: ParsedInput<'exchanges.values'>): string[] {
    return valuesOf(this.#index, this.newestId, input);
  }

  #rows(ids: readonly number[], headers: readonly string[] = []): ExchangeRow[] {
    const { marks } = this.#index;
    return this.#index.places(ids).map((place) => rowAt(this.#segments, this.#records, marks, place, headers));
  }

  /** null: there is no such exchange. Throws when it cannot be read. */
  #stored(id: number): StoredExchange | null {
    const place = this.#index.place(id);
    if (place === null) return null;
    const stored = readStored(this.#records, this.#index.marks, place);
    if (stored === null) throw new Error('what was recorded of it on disk is broken');
    if (stored.row.durationMs === undefined) this.#addParts(stored);
    return stored;
  }

  #addParts(stored: StoredExchange): void {
    const { id } = stored.row;
    stored.messages = this.#parts.messagesSoFar(id) ?? null;
    const bodies = this.#parts.soFar(id);
    for (const side of ['request', 'response'] as const) {
      const chunks = bodies[side];
      const keptBytes = chunks.reduce((sum, { length }) => sum + length, 0);
      if (keptBytes > (stored.bodies[side]?.keptBytes ?? 0)) stored.bodies[side] = { chunks, keptBytes };
    }
  }

  get(id: number): Exchange | null {
    const stored = this.#stored(id);
    return stored && exchangeOf(stored);
  }

  messages(input: ParsedInput<'exchange.messages'>): MessageWindow | null {
    const stored = this.#stored(input.id);
    return stored && messageWindow(stored.messages, input);
  }

  async readBody(input: ParsedInput<'exchange.body'>): Promise<BodyWindow | null> {
    const stored = this.#stored(input.id);
    return stored && bodyWindow(keptBody(stored, input.side), input);
  }

  async readBodyMessages(input: ParsedInput<'exchange.bodyMessages'>): Promise<BodyMessageWindow | null> {
    const stored = this.#stored(input.id);
    return stored && bodyMessages(keptBody(stored, input.side), input);
  }
}

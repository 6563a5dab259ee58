/**
 * What was recorded, in memory: bounded by count and bytes, oldest out first. The request path only appends; everything else
 * happens when somebody asks.
 */
import type { Clock } from '../clock.ts';
import type { CommandResult, ExchangeWindow, ParsedInput } from '../contract/api.ts';
import type { BodyMessageWindow, BodyWindow, MessageWindow } from '../contract/body-commands.ts';
import type { CaptureConfig } from '../contract/config.ts';
import type { Exchange, ExchangeMark, ExchangeRow } from '../contract/exchange.ts';
import type { ExchangeTree } from '../contract/exchange-commands.ts';
import type { RecordingCommand } from '../contract/recording-commands.ts';
import type { CaptureState } from '../contract/state.ts';
import type { LiveExchange } from '../exchange.ts';
import type { TappedMessage } from '../websocket/frame-tap.ts';
import type { CaptureStore, NotKept, RecordedElsewhere } from './capture-store.ts';
import { changedMark, checkPinned, TooManyPinned } from './index/marks.ts';
import { bodyMessages } from './record/body-messages.ts';
import { bodyTexts } from './record/body-text.ts';
import { bodyWindow, keptBody } from './record/body-window.ts';
import { MessageLog } from './record/message-log.ts';
import { messageWindow } from './record/message-window.ts';
import { withHeaders } from './record/shown-headers.ts';
import { type CapturedSide, exchangeOf, type StoredExchange, storeExchange } from './record/stored-exchange.ts';
import { StoredSubject } from './record/stored-subject.ts';
import { compileFilter } from './views/filter.ts';
import { type Kept, MemoryViews } from './views/memory-views.ts';
import { PathTree } from './views/path-tree.ts';
import { windowOf } from './views/window.ts';

/** Memory for heads and bodies together; the count of `capture.exchanges` bounds it too. */
const MAX_BYTES = 256 * 1024 ** 2;
type Side = 'request' | 'response';

export class MemoryStore implements CaptureStore {
  readonly #clock: Clock;
  #limits: CaptureConfig;
  #recording: boolean;
  #kept: Kept[] = [];
  readonly #byId = new Map<number, Kept>();
  readonly #bodies = new Map<number, StoredExchange['bodies']>();
  /** Recordings that were pushed out or cleared. */
  #dropped = 0;
  #bytes = 0;
  readonly #views = new MemoryViews();
  /** Shown before they have ended. */
  readonly #open = new Map<number, LiveExchange>();
  readonly #note: string | undefined;
  newestId = 0;
  changes = 0;
  marks = 0;

  constructor(options: { clock: Clock; capture: CaptureConfig; recording: boolean; note?: string }) {
    this.#note = options.note;
    this.#clock = options.clock;
    this.#limits = options.capture;
    this.#recording = options.recording;
  }

  // ── recording ──────────────────────────────────────────────────────────────────────────────────────────────────────

  begun(): void {}

  body({ id: exchangeId }: LiveExchange, side: Side, chunk: Uint8Array): void {
    if (!this.#recording || this.#limits.bodies === 0) return;
    let bodies = this.#bodies.get(exchangeId);
    if (!bodies) this.#bodies.set(exchangeId, (bodies = { request: null, response: null }));
    const captured: CapturedSide = (bodies[side] ??= { chunks: [], keptBytes: 0 });
    const take = Math.min(chunk.length, this.#limits.bodies - captured.keptBytes);
    if (take <= 0) return;
    captured.chunks.push(Buffer.from(chunk.subarray(0, take)));
    captured.keptBytes += take;
  }

  record(exchange: LiveExchange): void {
    const bodies = this.#bodies.get(exchange.id) ?? { request: null, response: null };
    this.#bodies.delete(exchange.id);
    const wasOpen = this.#open.delete(exchange.id);
    if (!this.#recording && !wasOpen) return;
    this.#keep(exchange, bodies);
  }

  opened(exchange: LiveExchange): void {
    if (!this.#recording) return;
    this.#open.set(exchange.id, exchange);
    let bodies = this.#bodies.get(exchange.id);
    if (!bodies) this.#bodies.set(exchange.id, (bodies = { request: null, response: null }));
    this.#keep(exchange, bodies);
  }

  message(exchangeId: number, from: 'client' | 'server', message: TappedMessage): void {
    const stored = this.#byId.get(exchangeId);
    if (!stored || !this.#recording) return;
    const log = (stored.messages ??= new MessageLog());
    const before = log.heldBytes;
    log.add(from, message, this.#clock.now() - stored.startedAt, this.#limits.bodies);
    this.#bytes += log.heldBytes - before;
    stored.sizeBytes += log.heldBytes - before;
    this.changes++;
    if (this.#bytes > MAX_BYTES) this.#dropOldest();
  }

  messageNote(exchangeId: number, note: string): void {
    const stored = this.#byId.get(exchangeId);
    if (stored) (stored.messages ??= new MessageLog()).notes.push(note);
  }

  async notKept(ids: readonly number[]): Promise<NotKept> {
    return { ids: ids.filter((id) => !this.#byId.has(id)), level: 'full', problem: null };
  }

  async takeIn({ exchange, requestBody, responseBody, messages }: RecordedElsewhere): Promise<void> {
    const side = (body: Uint8Array): CapturedSide | null => {
      const kept = Buffer.from(body.subarray(0, this.#limits.bodies));
      return kept.length === 0 ? null : { chunks: [kept], keptBytes: kept.length };
    };
    this.#keep(exchange, { request: side(requestBody), response: side(responseBody) });
    const stored = this.#byId.get(exchange.id);
    if (!stored || messages.length === 0) return;
    const log = new MessageLog();
    for (const { from, atMs, message } of messages) log.add(from, message, atMs, this.#limits.bodies);
    stored.messages = log;
    stored.sizeBytes += log.heldBytes;
    this.#bytes += log.heldBytes;
  }

  #keep(exchange: LiveExchange, bodies: StoredExchange['bodies']): void {
    const startedAt = exchange.epochAt ?? this.#clock.epoch() - (this.#clock.now() - exchange.startedAt);
    const stored: Kept = { ...storeExchange(exchange, startedAt, bodies), messages: null };
    this.changes++;
    const before = this.#byId.get(exchange.id);
    if (before) {
      this.#bytes += stored.sizeBytes - before.sizeBytes + (before.messages?.heldBytes ?? 0);
      // In place: views and the order of recording keep what they have.
      if (before.isMarked) stored.row.mark = before.row.mark;
      Object.assign(before, stored, {
        messages: before.messages,
        sizeBytes: stored.sizeBytes + (before.messages?.heldBytes ?? 0),
      });
      return;
    }
    this.#kept.push(stored);
    this.#byId.set(exchange.id, stored);
    this.#bytes += stored.sizeBytes;
    this.newestId = Math.max(this.newestId, exchange.id);
    if (this.#kept.length > this.#limits.exchanges || this.#bytes > MAX_BYTES) this.#dropOldest();
  }

  /** Drops a tenth at a time, so that dropping costs little an exchange. */
  #dropOldest(): void {
    const count = Math.max(1, Math.floor(this.#kept.length / 10));
    const out = this.#kept.filter(({ row }) => !row.mark?.pinned).slice(0, count);
    for (const stored of out) {
      this.#byId.delete(stored.row.id);
      this.#bytes -= stored.sizeBytes;
    }
    this.#kept = this.#kept.filter(({ row }) => this.#byId.has(row.id));
    this.#dropped += out.length;
    this.#views.keepOnly((id) => this.#byId.has(id));
  }

  setRecording(recording: boolean): void {
    this.#recording = recording;
    if (!recording) this.#bodies.clear();
  }

  configure(capture: CaptureConfig): void {
    this.#limits = capture;
  }

  /** There are none, and none can be saved. */
  async recordings<C extends RecordingCommand>(command: C): Promise<CommandResult<C>> {
    if (command === 'recordings.list') return { recordings: [], unreadable: [] } as unknown as CommandResult<C>;
    const message = 'recordings are kept in memory here, and cannot be saved: this runtime has no node:sqlite';
    throw Object.assign(new Error(message), { code: 'BAD_INPUT' });
  }

  async clear(): Promise<void> {
    this.#dropped += this.#kept.length;
    this.#kept = [];
    this.#byId.clear();
    this.#bytes = 0;
    this.changes++;
    this.#views.keepOnly(() => false);
  }

  state(): CaptureState {
    return {
      level: this.#recording ? 'full' : 'off',
      reason: this.#recording ? undefined : 'recording is paused',
      note: this.#note,
      temporary: true,
      recording: this.#recording,
      exchanges: this.#kept.length,
      bytes: this.#bytes,
      notRecorded: 0,
      withoutBodies: 0,
    };
  }

  async close(): Promise<void> {}

  // ── queries ────────────────────────────────────────────────────────────────────────────────────────────────────────

  async query(input: ParsedInput<'exchanges.query'>): Promise<ExchangeWindow> {
    const view = this.#views.of(input, this.#dropped);
    const found = this.#views.found(view, this.#kept, this.#dropped);
    const { from, items } = windowOf(found, input, view.order);
    return {
      total: found.length,
      recorded: this.#kept.length,
      from,
      view: view.id,
      rows: items.map((stored) => this.#rowOf(stored, input.headers)),
    };
  }

  /** Of one that goes on: with the bytes of this moment. */
  #rowOf(stored: StoredExchange, headers: readonly string[] = []): ExchangeRow {
    const row = withHeaders(stored.row, headers, () => stored);
    const live = this.#open.get(row.id);
    if (!live) return row;
    return { ...row, requestSizeBytes: live.requestSizeBytes, responseSizeBytes: live.responseSizeBytes };
  }

  async ids(filter: string | undefined): Promise<number[]> {
    return this.#found(filter).map(({ row }) => row.id);
  }

  #found(filter: string | undefined): Kept[] {
    const holds = compileFilter(filter)?.holds;
    return holds ? this.#kept.filter((stored) => holds(new StoredSubject(stored, bodyTexts))) : this.#kept;
  }

  async tree({ filter, open, limit }: ParsedInput<'exchanges.tree'>): Promise<ExchangeTree> {
    const tree = new PathTree(open);
    for (const stored of this.#found(filter)) {
      const { host, path } = new StoredSubject(stored, bodyTexts);
      tree.add(host, path, 1);
    }
    return tree.result(limit);
  }

  async values({ field, startsWith, limit }: ParsedInput<'exchanges.values'>): Promise<string[]> {
    const counts = new Map<string, number>();
    for (const stored of this.#kept) {
      const value = new StoredSubject(stored, bodyTexts)[field];
      if (value === undefined || !String(value).toLowerCase().startsWith(startsWith.toLowerCase())) continue;
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    const frequent = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return frequent.slice(0, limit).map(([value]) => value);
  }

  async mark({ ids, ...change }: ParsedInput<'exchange.mark'>): ReturnType<CaptureStore['mark']> {
    const found = ids.flatMap((id) => this.#byId.get(id) ?? []);
    const before = found.map(({ row }) => row.mark);
    for (const stored of found) setMark(stored, changedMark(stored.row.mark, change));
    const pinned = this.#kept.filter(({ row }) => row.mark?.pinned);
    const bytes = pinned.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    try {
      if (change.pinned) checkPinned({ count: pinned.length, bytes }, { ...this.#limits, disk: MAX_BYTES });
    } catch (error) {
      if (!(error instanceof TooManyPinned)) throw error;
      found.forEach((stored, index) => setMark(stored, before[index]));
      return { refused: error.message };
    }
    this.#views.beginAgain(this.#dropped);
    this.marks++;
    this.changes++;
    return { marked: found.length };
  }

  async get(id: number): Promise<Exchange | null> {
    const stored = this.#byId.get(id);
    if (!stored) return null;
    const { requestSizeBytes, responseSizeBytes } = this.#rowOf(stored);
    return { ...exchangeOf(stored), requestSizeBytes, responseSizeBytes };
  }

  async messages(input: ParsedInput<'exchange.messages'>): Promise<MessageWindow | null> {
    const stored = this.#byId.get(input.id);
    return stored ? messageWindow(stored.messages, input) : null;
  }

  async readBody(input: ParsedInput<'exchange.body'>): Promise<BodyWindow | null> {
    const stored = this.#byId.get(input.id);
    return stored ? bodyWindow(keptBody(stored, input.side), input) : null;
  }

  async readBodyMessages(input: ParsedInput<'exchange.bodyMessages'>): Promise<BodyMessageWindow | null> {
    const stored = this.#byId.get(input.id);
    return stored ? bodyMessages(keptBody(stored, input.side), input) : null;
  }
}

function setMark(stored: Kept, mark: ExchangeMark | undefined): void {
  stored.isMarked = true;
  stored.row.mark = mark;
}

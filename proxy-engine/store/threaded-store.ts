/** The engine's side of the store thread: writes recordings into batches, hands them over, and asks. Never waits on the request path. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type { BodyWindow, CommandResult, ExchangeWindow, MessageWindow, ParsedInput } from '../contract/api.ts';
import type { CaptureConfig } from '../contract/config.ts';
import type { CapturedBody, Exchange, ExchangeRow } from '../contract/exchange.ts';
import type { ExchangeTree } from '../contract/exchange-commands.ts';
import type { RecordingCommand } from '../contract/recording-commands.ts';
import type { CaptureState } from '../contract/state.ts';
import type { LiveExchange } from '../exchange.ts';
import type { TappedMessage } from '../websocket/frame-tap.ts';
import { captureLevel, leavesBodiesOut, leavesExchangesOut } from './capture-level.ts';
import type { CaptureStore, RecordedElsewhere } from './capture-store.ts';
import type { DiskState } from './disk-store.ts';
import { FreshExchanges } from './fresh-exchanges.ts';
import type { MessageLog } from './message-log.ts';
import { MessageLogs } from './message-logs.ts';
import { RecordBatch } from './record-batch.ts';
import { CommonTexts, ownText } from './record-text.ts';
import { StoreCalls } from './store-calls.ts';
import type { FromStoreThread, Question, StoreThreadData, ToStoreThread } from './thread-protocol.ts';

const BATCH_BYTES = 1024 ** 2;
const FLUSH_MS = 50;
/** How often recordings that have become too old are dropped. */
const EXPIRE_MS = 10_000;
/** An exchange that takes longer is shown before it has ended. */
const SHOWN_AFTER_MS = 100;
/** As long as no more is on its way, batches go as they are, every `FLUSH_MS`. */
const FEW_BYTES = 8 * BATCH_BYTES;
const MAX_SPARE = 8;
/** Of what searches make, little lives on: a small young generation keeps the process small. */
const YOUNG = { maxYoungGenerationSizeMb: 8 } as const;

export interface ThreadedStoreOptions {
  clock: Clock;
  capture: CaptureConfig;
  recording: boolean;
  directory: string;
  /** Where saved recordings live. */
  saved: string;
  /** Something about the state of the recording has changed. */
  onChange(): void;
  /** What people should know about where it is kept. */
  note?: string | null;
  onClosed?(): void;
}

export class ThreadedStore implements CaptureStore {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #onClosed: () => void;
  readonly #thread: Worker;
  readonly #stopTimers: readonly (() => void)[];
  readonly #batch = new RecordBatch(new ArrayBuffer(BATCH_BYTES));
  readonly #texts = new CommonTexts();
  #spare: ArrayBuffer[] = [];
  #underway = 0;
  #limits: CaptureConfig;
  #recording: boolean;
  #disk: DiskState;
  #note: string | null;
  #failure: string | null = null;
  /** Not recorded because the thread could not keep up. */
  #skipped = 0;
  /** Recorded without all of their bodies, because the thread could not keep up. */
  #withoutBodies = 0;
  /** Begun, not shown yet. */
  readonly #fresh = new FreshExchanges();
  /** Shown, not ended. */
  readonly #open = new Map<number, LiveExchange>();
  /** Of those, the ones that were not answered when they were written down last. */
  readonly #unanswered = new Set<number>();
  /** Bytes of the bodies of those that are open. */
  #openBytes = 0;
  readonly #messages = new MessageLogs();
  readonly #calls = new StoreCalls((message) => this.#send(message));
  /** Epoch milliseconds when `Clock.now()` was 0, as the system's clock says now and then: people may set it. */
  #epochOfZero: number;
  newestId: number;
  changes = 0;
  marks = 0;

  private constructor(thread: Worker, ready: FromStoreThread & { type: 'ready' }, options: ThreadedStoreOptions) {
    this.#clock = options.clock;
    this.#onChange = options.onChange;
    this.#limits = options.capture;
    this.#recording = options.recording;
    this.#thread = thread;
    this.#disk = ready.state;
    this.#note = ready.note ?? options.note ?? null;
    this.#onClosed = options.onClosed ?? (() => {});
    this.newestId = ready.state.newestId;
    this.#epochOfZero = this.#clock.epoch() - this.#clock.now();
    thread.on('message', (message: FromStoreThread) => this.#receive(message));
    thread.on('error', (error) => this.#failed(error.message));
    thread.on('exit', () => this.#failed('it ended'));
    this.#stopTimers = [
      options.clock.every(FLUSH_MS, () => this.#tick()),
      options.clock.every(EXPIRE_MS, () => this.#send({ type: 'expire', now: options.clock.epoch() })),
    ];
  }

  /** Rejects when the directory cannot be used. */
  static async open(options: ThreadedStoreOptions): Promise<ThreadedStore> {
    const { directory, saved, capture } = options;
    const data: StoreThreadData = { directory, saved, limits: capture, redact: capture.redact };
    const thread = new Worker(threadEntry(), { workerData: data, name: 'capture store', resourceLimits: YOUNG });
    thread.unref();
    const first = await new Promise<FromStoreThread>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    if (first.type === 'ready') return new ThreadedStore(thread, first, options);
    await thread.terminate();
    throw new Error(first.type === 'unusable' ? first.message : 'the store thread did not start');
  }

  // ── recording ──────────────────────────────────────────────────────────────────────────────────────────────────────

  begun(exchange: LiveExchange): void {
    if (this.#recording) this.#fresh.add(exchange);
  }

  body(exchange: LiveExchange, side: 'request' | 'response', chunk: Uint8Array): void {
    if (!this.#recording || exchange.leavesOut === side || exchange.leavesOut === 'both') return;
    if (leavesBodiesOut(this.#underway, this.#limits.bodies)) {
      // A body has no gaps: nothing of it is recorded from here on.
      exchange.leavesOut = exchange.leavesOut === null ? side : 'both';
      return;
    }
    const size = side === 'request' ? exchange.requestSizeBytes : exchange.responseSizeBytes;
    const take = Math.min(chunk.length, this.#limits.bodies - (size - chunk.length));
    this.#addBody(exchange.id, side, chunk, take);
  }

  /** The first `take` bytes of `chunk`. */
  #addBody(id: number, side: 'request' | 'response', chunk: Uint8Array, take: number): void {
    for (let at = 0; at < take; at += BATCH_BYTES / 4)
      this.#addPiece(id, side, chunk.subarray(at, Math.min(take, at + BATCH_BYTES / 4)));
  }

  #addPiece(id: number, side: 'request' | 'response', piece: Uint8Array): void {
    if (this.#batch.addBody(id, side, piece)) return;
    this.#flush();
    this.#batch.addBody(id, side, piece);
  }

  record(exchange: LiveExchange): void {
    this.#fresh.remove(exchange);
    const wasOpen = this.#open.delete(exchange.id);
    this.#unanswered.delete(exchange.id);
    if (!this.#recording && !wasOpen) return;
    this.#add(exchange);
  }

  opened(exchange: LiveExchange): void {
    if (!this.#recording) return;
    this.#fresh.remove(exchange);
    this.#open.set(exchange.id, exchange);
    if (exchange.answered === null) this.#unanswered.add(exchange.id);
    this.#add(exchange);
  }

  #add(exchange: LiveExchange): void {
    if (leavesExchangesOut(this.#underway, this.#limits.bodies)) {
      this.#skipped++;
      return;
    }
    if (exchange.leavesOut !== null && exchange.endedAt >= 0) this.#withoutBodies++;
    const log = exchange.endedAt < 0 ? undefined : this.#messages.take(exchange.id);
    const common = this.#texts.of(exchange);
    const text = ownText(exchange, log ? messagesText(log) : '');
    const startedAt = exchange.epochAt ?? this.#epochOfZero + exchange.startedAt;
    if (!this.#batch.addExchange(exchange, common, text, startedAt)) {
      this.#flush(RecordBatch.roomFor(exchange, common, text));
      this.#batch.addExchange(exchange, common, text, startedAt);
    }
    if (exchange.id > this.newestId) this.newestId = exchange.id;
    this.changes++;
  }

  async takeIn({ exchange, requestBody, responseBody, messages }: RecordedElsewhere): Promise<void> {
    const { bodies } = this.#limits;
    this.#addBody(exchange.id, 'request', requestBody, Math.min(requestBody.length, bodies));
    this.#addBody(exchange.id, 'response', responseBody, Math.min(responseBody.length, bodies));
    for (const { from, atMs, message } of messages) this.#messages.add(exchange.id, from, message, atMs, bodies);
    this.#add(exchange);
    // An answer to anything means that all batches before it have been taken in.
    if (this.#underway > FEW_BYTES) await this.#ask({ kind: 'get', input: { id: 0 } });
    else if (this.#failure !== null) throw new Error(this.#failure);
  }

  message(exchangeId: number, from: 'client' | 'server', message: TappedMessage): void {
    const exchange = this.#open.get(exchangeId);
    if (!exchange) return;
    const atMs = this.#clock.now() - exchange.startedAt;
    this.#messages.add(exchangeId, from, message, atMs, this.#limits.bodies);
    this.changes++;
  }

  messageNote(exchangeId: number, note: string): void {
    if (this.#open.has(exchangeId)) this.#messages.note(exchangeId, note);
  }

  /** What has been under way for a moment is shown; what was written is handed over. */
  #tick(): void {
    this.#epochOfZero = this.#clock.epoch() - this.#clock.now();
    for (const exchange of this.#fresh.begunBy(this.#clock.now() - SHOWN_AFTER_MS)) this.opened(exchange);
    this.#followOpen();
    // A thread that is behind gets full batches only.
    if (this.#batch.length > 0 && this.#underway < FEW_BYTES) this.#flush();
  }

  /** What goes on is written down again when its answer has begun, and is news while its bodies grow. */
  #followOpen(): void {
    for (const id of this.#unanswered) {
      const exchange = this.#open.get(id);
      if (!exchange || exchange.answered === null) continue;
      this.#unanswered.delete(id);
      this.#add(exchange);
    }
    let bytes = 0;
    for (const { requestSizeBytes, responseSizeBytes } of this.#open.values())
      bytes += requestSizeBytes + responseSizeBytes;
    if (bytes === this.#openBytes) return;
    this.#openBytes = bytes;
    this.changes++;
    this.#onChange();
  }

  /** `room`: bytes that the next record needs. */
  #flush(room = 0): void {
    // Questions come more often than records: an empty buffer is not given away for another.
    if (this.#batch.length === 0 && room <= BATCH_BYTES) return;
    const next =
      room > BATCH_BYTES ? new ArrayBuffer((room + 7) & ~7) : (this.#spare.pop() ?? new ArrayBuffer(BATCH_BYTES));
    const { buffer, length } = this.#batch.swap(next);
    if (length === 0 || this.#failure !== null) return;
    this.#underway += buffer.byteLength;
    this.#send({ type: 'batch', buffer, length }, [buffer]);
  }

  #send(message: ToStoreThread, transfer: ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer);
  }

  // ── the thread answers ─────────────────────────────────────────────────────────────────────────────────────────────

  #receive(message: FromStoreThread): void {
    switch (message.type) {
      case 'taken':
        this.#underway -= message.buffer.byteLength;
        if (this.#spare.length < MAX_SPARE && message.buffer.byteLength === BATCH_BYTES)
          this.#spare.push(message.buffer);
        this.#know(message.state);
        return;
      case 'answer':
        this.#know(message.state);
        this.#calls.settle(message);
        return;
      case 'refusal':
        this.#calls.settle(message);
        return;
      case 'ready':
      case 'unusable':
        return;
    }
  }

  #know(state: DiskState): void {
    const hasNews =
      state.level !== this.#disk.level ||
      state.problem !== this.#disk.problem ||
      state.exchanges !== this.#disk.exchanges ||
      state.lost !== this.#disk.lost;
    this.#disk = state;
    if (hasNews) this.#onChange();
  }

  #failed(reason: string): void {
    if (this.#failure !== null) return;
    this.#failure = `the store thread failed: ${reason}`;
    this.#calls.rejectAll(new Error(this.#failure));
    this.#onChange();
  }

  #ask(question: Question): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(new Error(this.#failure));
    this.#flush();
    return this.#calls.ask(question);
  }

  // ── what the engine asks ───────────────────────────────────────────────────────────────────────────────────────────

  configure(capture: CaptureConfig): void {
    this.#limits = capture;
    const { exchanges, disk, age, redact } = capture;
    this.#send({ type: 'configure', limits: { exchanges, disk, age }, redact });
  }

  setRecording(recording: boolean): void {
    this.#recording = recording;
    if (!recording) this.#fresh.clear();
  }

  state(): CaptureState {
    const { exchanges, bytes, lost } = this.#disk;
    const recording = this.#recording;
    const backlog = { underway: this.#underway, bodies: this.#limits.bodies };
    return {
      ...captureLevel({ recording, failure: this.#failure, ...backlog }, this.#disk),
      note: this.#note ?? undefined,
      recording,
      exchanges,
      bytes,
      notRecorded: this.#skipped + lost,
      withoutBodies: this.#withoutBodies + this.#disk.withoutBodies,
    };
  }

  async query(input: ParsedInput<'exchanges.query'>): Promise<ExchangeWindow> {
    const window = (await this.#ask({ kind: 'query', input })) as ExchangeWindow;
    return this.#open.size === 0 || input.recording !== undefined
      ? window
      : { ...window, rows: window.rows.map((row) => this.#live(row)) };
  }

  /** Of one that goes on: with the bytes of this moment. */
  #live<R extends Pick<ExchangeRow, 'id' | 'requestSizeBytes' | 'responseSizeBytes'>>(row: R): R {
    const live = this.#open.get(row.id);
    if (!live) return row;
    return { ...row, requestSizeBytes: live.requestSizeBytes, responseSizeBytes: live.responseSizeBytes };
  }

  async get(id: number, recording?: string): Promise<Exchange | null> {
    const exchange = (await this.#ask({ kind: 'get', input: { id, recording } })) as Exchange | null;
    if (!exchange || recording !== undefined) return exchange;
    const log = this.#messages.get(id);
    return this.#liveBodies(log ? { ...exchange, messages: { total: log.total, notes: [...log.notes] } } : exchange);
  }

  #liveBodies(exchange: Exchange): Exchange {
    const live = this.#open.get(exchange.id);
    if (!live) return exchange;
    const { request, response } = exchange;
    return this.#live({
      ...exchange,
      request: { ...request, body: this.#soFar(request.body, live.requestSizeBytes) },
      response: response && { ...response, body: this.#soFar(response.body, live.responseSizeBytes) },
    });
  }

  /** What is kept comes a moment after what has passed: only the limit tells that something is left out. */
  #soFar({ captured }: CapturedBody, sizeBytes: number): CapturedBody {
    return { sizeBytes, captured: Math.min(captured, sizeBytes), truncated: sizeBytes > this.#limits.bodies };
  }

  async messages(input: ParsedInput<'exchange.messages'>): Promise<MessageWindow | null> {
    const log = input.recording === undefined ? this.#messages.get(input.id) : undefined;
    if (!log) return (await this.#ask({ kind: 'messages', input })) as MessageWindow | null;
    return { total: log.total, firstKept: log.firstKept, messages: log.window(input.from, input.limit) };
  }

  async readBody(input: ParsedInput<'exchange.body'>): Promise<BodyWindow | null> {
    return (await this.#ask({ kind: 'body', input })) as BodyWindow | null;
  }

  async tree(input: ParsedInput<'exchanges.tree'>): Promise<ExchangeTree> {
    return (await this.#ask({ kind: 'tree', input })) as ExchangeTree;
  }

  async values(input: ParsedInput<'exchanges.values'>): Promise<string[]> {
    return (await this.#ask({ kind: 'values', input })) as string[];
  }

  async mark(input: ParsedInput<'exchange.mark'>): ReturnType<CaptureStore['mark']> {
    const answer = (await this.#ask({ kind: 'mark', input })) as Awaited<ReturnType<CaptureStore['mark']>>;
    this.marks++;
    this.changes++;
    return answer;
  }

  async recordings<C extends RecordingCommand>(command: C, input: ParsedInput<C>): Promise<CommandResult<C>> {
    const question = { kind: 'recordings', input: { command, input } } as Question;
    return (await this.#ask(question)) as CommandResult<C>;
  }

  async clear(): Promise<void> {
    await this.#ask({ kind: 'clear', input: null });
    this.changes++;
  }

  async close(): Promise<void> {
    for (const stop of this.#stopTimers) stop();
    if (this.#failure === null) await this.#ask({ kind: 'close', input: null });
    this.#failure = 'the store is closed';
    await this.#thread.terminate();
    this.#onClosed();
  }
}

/** As they lie in the record of their exchange. */
function messagesText(log: MessageLog): string {
  const { total, firstKept, notes } = log;
  return JSON.stringify({ total, firstKept, notes, messages: log.window(0, total) });
}

/** Beside this file: the source, or the bundle. */
function threadEntry(): URL {
  const own = import.meta.url;
  return new URL(own.endsWith('.ts') ? 'store-thread.ts' : 'store-thread.cjs', own);
}

/** The engine's side of the store thread: what is recorded goes there in batches, and what people ask is asked there. */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { CommandResult, ExchangeWindow, ParsedInput } from '../../contract/api.ts';
import type { BodyMessageWindow, BodyWindow, MessageWindow } from '../../contract/body-commands.ts';
import type { CaptureConfig } from '../../contract/config.ts';
import type { Exchange } from '../../contract/exchange.ts';
import type { ExchangeTree } from '../../contract/exchange-commands.ts';
import type { RecordingCommand } from '../../contract/recording-commands.ts';
import type { CaptureState } from '../../contract/state.ts';
import type { LiveExchange } from '../../exchange.ts';
import type { TappedMessage } from '../../websocket/frame-tap.ts';
import type { CaptureStore, NotKept, RecordedElsewhere } from '../capture-store.ts';
import type { DiskState } from '../disk-store.ts';
import { BatchRecorder } from './batch-recorder.ts';
import { captureLevel } from './capture-level.ts';
import { type OtherWriters, type Sizes, withBodiesNow, withSizesNow } from './sizes-now.ts';
import { type StartedThread, startThread } from './start-thread.ts';
import { StoreCalls } from './store-calls.ts';
import { type FromStoreThread, givenAway, type Question, type ToStoreThread } from './thread-protocol.ts';

/** How often recordings that have become too old are dropped, and what could not be written is tried again. */
const TIDY_MS = 10_000;

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
  /** The directory goes when the store is closed. */
  temporary?: boolean;
  onClosed?(): void;
}

export class ThreadedStore implements CaptureStore {
  readonly #recorder: BatchRecorder;
  readonly #onChange: () => void;
  readonly #onClosed: () => void;
  readonly #thread: Worker;
  readonly #stopTimer: () => void;
  #limits: CaptureConfig;
  #disk: DiskState;
  #note: string | null;
  readonly #temporary: boolean;
  #failure: string | null = null;
  #ownChanges = 0;
  #others: OtherWriters | null = null;
  readonly #calls = new StoreCalls((message) => this.#send(message));
  marks = 0;

  private constructor(thread: Worker, ready: StartedThread['ready'], options: ThreadedStoreOptions) {
    const { clock, capture, recording } = options;
    this.#onChange = options.onChange;
    this.#limits = capture;
    this.#thread = thread;
    this.#disk = ready.state;
    this.#note = ready.note ?? options.note ?? null;
    this.#temporary = options.temporary ?? false;
    this.#onClosed = options.onClosed ?? (() => {});
    this.#recorder = new BatchRecorder({
      clock,
      capture,
      recording,
      newestId: ready.state.newestId,
      worker: 0,
      send: (batch) => this.#send(batch, givenAway(batch)),
      onChange: this.#onChange,
    });
    thread.on('message', (message: FromStoreThread) => this.#receive(message));
    thread.on('error', (error) => this.#failed(error.message));
    thread.on('exit', () => this.#failed('it ended'));
    this.#stopTimer = clock.every(TIDY_MS, () => this.#send({ type: 'tidy', now: clock.epoch() }));
  }

  /** Rejects when the directory cannot be used. */
  static async open(options: ThreadedStoreOptions): Promise<ThreadedStore> {
    const { directory, saved, capture } = options;
    const { thread, ready } = await startThread({ directory, saved, limits: capture, redact: capture.redact });
    return new ThreadedStore(thread, ready, options);
  }

  get newestId(): number {
    return this.#recorder.newestId;
  }

  get changes(): number {
    return this.#recorder.changes + this.#ownChanges;
  }

  // ── recording ──────────────────────────────────────────────────────────────────────────────────────────────────────

  begun(exchange: LiveExchange): void {
    this.#recorder.begun(exchange);
  }

  body(exchange: LiveExchange, side: 'request' | 'response', chunk: Uint8Array): void {
    this.#recorder.body(exchange, side, chunk);
  }

  record(exchange: LiveExchange): void {
    this.#recorder.record(exchange);
  }

  opened(exchange: LiveExchange): void {
    this.#recorder.opened(exchange);
  }

  message(exchangeId: number, from: 'client' | 'server', message: TappedMessage): void {
    this.#recorder.message(exchangeId, from, message);
  }

  messageNote(exchangeId: number, note: string): void {
    this.#recorder.messageNote(exchangeId, note);
  }

  async takeIn(recorded: RecordedElsewhere): Promise<void> {
    // An answer to anything means that all batches before it have been taken in.
    if (!this.#recorder.takeIn(recorded)) await this.#ask({ kind: 'get', input: { id: 0 } });
    else if (this.#failure !== null) throw new Error(this.#failure);
  }

  async notKept(ids: readonly number[]): Promise<NotKept> {
    return (await this.#ask({ kind: 'notKept', input: ids })) as NotKept;
  }

  addWriter(port: MessagePort, writers: OtherWriters): void {
    this.#others = writers;
    this.#thread.postMessage({ type: 'writer', port } satisfies ToStoreThread, [port]);
  }

  #send(message: ToStoreThread, transfer: ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer);
  }

  // ── the thread answers ─────────────────────────────────────────────────────────────────────────────────────────────

  #receive(message: FromStoreThread): void {
    switch (message.type) {
      case 'taken':
        this.#recorder.taken(message.bytes);
        this.#know(message.state);
        return;
      case 'back':
        this.#recorder.back(message.buffer);
        return;
      case 'news':
        this.#othersRecorded(message.state);
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

  #othersRecorded(state: DiskState): void {
    this.#ownChanges++;
    this.#recorder.newestId = Math.max(this.#recorder.newestId, state.newestId);
    this.#know(state);
  }

  #know(state: DiskState): void {
    const hasNews =
      state.level !== this.#disk.level ||
      state.problem !== this.#disk.problem ||
      state.exchanges !== this.#disk.exchanges ||
      state.unended !== this.#disk.unended ||
      state.lost !== this.#disk.lost;
    this.#disk = state;
    if (hasNews) this.#onChange();
  }

  #failed(reason: string): void {
    if (this.#failure !== null) return;
    this.#failure = `the store thread failed: ${reason}`;
    this.#recorder.stop();
    this.#calls.rejectAll(new Error(this.#failure));
    this.#onChange();
  }

  async #ask(question: Question): Promise<unknown> {
    this.#recorder.flush();
    if (this.#others) await this.#others.recorded();
    if (this.#failure !== null) throw new Error(this.#failure);
    return this.#calls.ask(question);
  }

  // ── what the engine asks ───────────────────────────────────────────────────────────────────────────────────────────

  configure(capture: CaptureConfig): void {
    this.#limits = capture;
    this.#recorder.configure(capture);
    const { redact, ...limits } = capture;
    this.#send({ type: 'configure', limits, redact });
  }

  setRecording(recording: boolean): void {
    this.#recorder.setRecording(recording);
  }

  state(): CaptureState {
    const { exchanges, bytes, lost } = this.#disk;
    const { recording, underway, skipped, withoutBodies } = this.#recorder;
    const backlog = { underway, bodies: this.#limits.bodies };
    return {
      ...captureLevel({ recording, failure: this.#failure, ...backlog }, this.#disk),
      note: [this.#note, this.#disk.unended].filter((text) => text !== null).join('; ') || undefined,
      ...(this.#temporary && { temporary: true }),
      recording,
      exchanges,
      bytes,
      notRecorded: skipped + lost,
      withoutBodies: withoutBodies + this.#disk.withoutBodies,
    };
  }

  async query(input: ParsedInput<'exchanges.query'>): Promise<ExchangeWindow> {
    const window = (await this.#ask({ kind: 'query', input })) as ExchangeWindow;
    if (input.recording !== undefined) return window;
    const open = window.rows.flatMap(({ id, durationMs }) => (durationMs === undefined ? [id] : []));
    if (open.length === 0) return window;
    const sizes = await this.#sizesNow(open);
    return { ...window, rows: window.rows.map((row) => withSizesNow(row, sizes.get(row.id))) };
  }

  async ids(filter: string | undefined, recording?: string): Promise<readonly number[]> {
    return (await this.#ask({ kind: 'ids', input: { filter, recording } })) as number[];
  }

  async get(id: number, recording?: string): Promise<Exchange | null> {
    const exchange = (await this.#ask({ kind: 'get', input: { id, recording } })) as Exchange | null;
    if (!exchange || recording !== undefined) return exchange;
    if (exchange.durationMs !== undefined) return exchange;
    return withBodiesNow(exchange, (await this.#sizesNow([id])).get(id), this.#limits.bodies);
  }

  /** Of those that go on, in whichever thread. */
  async #sizesNow(ids: readonly number[]): Promise<ReadonlyMap<number, Sizes>> {
    const own = ids.flatMap((id) => {
      const live = this.#recorder.openExchange(id);
      return live ? [[id, live] as const] : [];
    });
    if (own.length === ids.length || !this.#others) return new Map(own);
    return new Map([...(await this.#others.sizes(ids)), ...own]);
  }

  async messages(input: ParsedInput<'exchange.messages'>): Promise<MessageWindow | null> {
    return (await this.#ask({ kind: 'messages', input })) as MessageWindow | null;
  }

  async readBody(input: ParsedInput<'exchange.body'>): Promise<BodyWindow | null> {
    return (await this.#ask({ kind: 'body', input })) as BodyWindow | null;
  }

  async readBodyMessages(input: ParsedInput<'exchange.bodyMessages'>): Promise<BodyMessageWindow | null> {
    return (await this.#ask({ kind: 'bodyMessages', input })) as BodyMessageWindow | null;
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
    this.#ownChanges++;
    return answer;
  }

  async recordings<C extends RecordingCommand>(command: C, input: ParsedInput<C>): Promise<CommandResult<C>> {
    const question = { kind: 'recordings', input: { command, input } } as Question;
    return (await this.#ask(question)) as CommandResult<C>;
  }

  async clear(): Promise<void> {
    await this.#ask({ kind: 'clear', input: null });
    this.#ownChanges++;
  }

  async close(): Promise<void> {
    this.#stopTimer();
    if (this.#failure === null) await this.#ask({ kind: 'close', input: null });
    this.#recorder.stop();
    this.#failure = 'the store is closed';
    await this.#thread.terminate();
    this.#onClosed();
  }
}

/** Recordings of one thread of the engine: written into batches, which go to the store thread. Never waits on the request path. */
import type { Clock } from '../../clock.ts';
import type { CaptureConfig } from '../../contract/config.ts';
import type { LiveExchange } from '../../exchange.ts';
import type { ExchangeRecorder } from '../../proxy-context.ts';
import type { TappedMessage } from '../../websocket/frame-tap.ts';
import type { RecordedElsewhere } from '../capture-store.ts';
import { ownTail } from '../record/own-tail.ts';
import { RecordBatch, type WholeBody } from '../record/record-batch.ts';
import { gapPiece, type MessagePiece, messagePiece, notePiece } from '../record/record-pieces.ts';
import { CommonTexts } from '../record/record-text.ts';
import { WaitingBody } from '../record/waiting-body.ts';
import { BATCH_BYTES, BatchMemory } from './batch-memory.ts';
import { leavesBodiesOut, leavesExchangesOut } from './capture-level.ts';
import { FreshExchanges } from './fresh-exchanges.ts';
import { OpenExchanges } from './open-exchanges.ts';
import type { RecordedBatch } from './thread-protocol.ts';

const FLUSH_MS = 50;
/** An exchange that takes longer is shown before it has ended. */
const SHOWN_AFTER_MS = 100;
/** As long as no more is on its way, batches go as they are, every `FLUSH_MS`. */
const FEW_BYTES = 8 * BATCH_BYTES;
/** Pieces of bodies from which on shared memory costs less. */
const LARGE_BYTES = 8 * 1024;

export interface BatchRecorderOptions {
  clock: Clock;
  capture: CaptureConfig;
  recording: boolean;
  /** Id of the newest exchange that was recorded before. */
  newestId: number;
  /** Which of the engine's threads this is, from 0. */
  worker: number;
  /** Hands a batch over, which is answered by `taken`; its memory comes by `back`. */
  send(batch: RecordedBatch): void;
  /** What goes on has something new to show. */
  onChange(): void;
}

export class BatchRecorder implements ExchangeRecorder {
  readonly #clock: Clock;
  readonly #send: (batch: RecordedBatch) => void;
  readonly #onChange: () => void;
  readonly #stopTimer: () => void;
  readonly #memory = new BatchMemory();
  readonly #batch = new RecordBatch(this.#memory.own());
  readonly #texts: CommonTexts;
  readonly #waiting = new WaitingBody();
  #underway = 0;
  #limits: CaptureConfig;
  #recording: boolean;
  #stopped = false;
  #skipped = 0;
  #withoutBodies = 0;
  /** Begun, not shown yet. */
  readonly #fresh = new FreshExchanges();
  readonly #open = new OpenExchanges();
  /** Of WebSockets whose messages the store thread could not take: how many. */
  readonly #messagesLeftOut = new Map<number, number>();
  /** Epoch milliseconds when `Clock.now()` was 0, as the system's clock says now and then: people may set it. */
  #epochOfZero: number;
  newestId: number;
  /** Grows whenever something was recorded or a recorded exchange changed. */
  changes = 0;

  constructor(options: BatchRecorderOptions) {
    this.#clock = options.clock;
    this.#send = (batch) => options.send(batch);
    this.#onChange = () => options.onChange();
    this.#limits = options.capture;
    this.#recording = options.recording;
    this.#texts = new CommonTexts(options.worker);
    this.newestId = options.newestId;
    this.#epochOfZero = this.#clock.epoch() - this.#clock.now();
    this.#stopTimer = this.#clock.every(FLUSH_MS, () => this.#tick());
  }

  get recording(): boolean {
    return this.#recording;
  }

  /** Bytes on their way to the store thread. */
  get underway(): number {
    return this.#underway;
  }

  /** Not recorded because the store thread could not keep up. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Recorded without all of their bodies, because the store thread could not keep up. */
  get withoutBodies(): number {
    return this.#withoutBodies;
  }

  /** Of those that are shown and go on; undefined: it is none of them. */
  openExchange(id: number): LiveExchange | undefined {
    return this.#open.get(id);
  }

  configure(capture: CaptureConfig): void {
    this.#limits = capture;
  }

  setRecording(recording: boolean): void {
    this.#recording = recording;
    if (!recording) this.#fresh.clear();
  }

  /** No batch leaves any more. */
  stop(): void {
    this.#stopped = true;
    this.#stopTimer();
  }

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
    this.#addBody(exchange, side, size - chunk.length, chunk);
  }

  /** As much of it as is recorded. `offset`: where in the body it begins. */
  #addBody(exchange: LiveExchange, side: 'request' | 'response', offset: number, chunk: Uint8Array): void {
    const take = Math.min(chunk.length, this.#limits.bodies - offset);
    for (let at = 0; at < take; at += BATCH_BYTES / 4)
      this.#addPiece(exchange, side, offset + at, chunk.subarray(at, Math.min(take, at + BATCH_BYTES / 4)));
  }

  #addPiece(exchange: LiveExchange, side: 'request' | 'response', offset: number, piece: Uint8Array): void {
    this.#writeWaiting();
    if (WaitingBody.mayBeWhole(offset, piece)) this.#waiting.put(exchange, side, piece);
    else this.#writePiece(exchange, side, offset, piece);
  }

  /** As a piece: something else came before the end of its exchange. */
  #writeWaiting(): void {
    const { exchange } = this.#waiting;
    if (exchange === null) return;
    const { side, bytes } = this.#waiting.take();
    this.#writePiece(exchange, side, 0, bytes);
  }

  #writePiece(exchange: LiveExchange, side: 'request' | 'response', offset: number, piece: Uint8Array): void {
    const { id } = exchange;
    exchange.awaitsEnd = true;
    const atMs = this.#clock.now() - exchange.startedAt;
    const isLarge = piece.length >= LARGE_BYTES;
    if ((!isLarge || this.#batch.isShared) && this.#batch.addBody(id, side, offset, piece, atMs)) return;
    this.#handOver(isLarge ? this.#memory.shared() : this.#memory.own());
    this.#batch.addBody(id, side, offset, piece, atMs);
  }

  record(exchange: LiveExchange): void {
    this.#fresh.remove(exchange);
    const wasOpen = this.#open.remove(exchange.id);
    if (!this.#recording && !wasOpen) return;
    this.#add(exchange);
  }

  opened(exchange: LiveExchange): void {
    if (!this.#recording) return;
    this.#fresh.remove(exchange);
    this.#open.add(exchange);
    this.#add(exchange);
  }

  #add(exchange: LiveExchange): void {
    const body = this.#wholeBodyOf(exchange);
    const isOwed = exchange.awaitsEnd && exchange.endedAt >= 0;
    if (!isOwed && leavesExchangesOut(this.#underway, this.#limits.bodies)) {
      if (exchange.endedAt >= 0) this.#skipped++;
      return;
    }
    exchange.awaitsEnd = true;
    if (exchange.leavesOut !== null && exchange.endedAt >= 0) this.#withoutBodies++;
    if (exchange.endedAt >= 0 && this.#messagesLeftOut.size > 0) this.#tellGap(exchange.id);
    const common = this.#texts.of(exchange);
    const tail = ownTail(exchange, common);
    const startedAt = exchange.epochAt ?? this.#epochOfZero + exchange.startedAt;
    if (!this.#batch.addExchange(exchange, common, tail, startedAt, body)) {
      this.flush(RecordBatch.roomFor(exchange, common, tail, body));
      this.#batch.addExchange(exchange, common, tail, startedAt, body);
    }
    if (exchange.id > this.newestId) this.newestId = exchange.id;
    this.changes++;
  }

  /** null: what came of it are pieces, or more may come. */
  #wholeBodyOf(exchange: LiveExchange): WholeBody | null {
    if (exchange !== this.#waiting.exchange) return null;
    if (exchange.endedAt >= 0) return this.#waiting.take();
    this.#writeWaiting();
    return null;
  }

  /** What another program saw. Answers whether more may follow at once. */
  takeIn({ exchange, requestBody, responseBody, messages }: RecordedElsewhere): boolean {
    const { bodies } = this.#limits;
    this.#addBody(exchange, 'request', 0, requestBody);
    this.#addBody(exchange, 'response', 0, responseBody);
    for (const { from, atMs, message } of messages)
      this.#addMessage(messagePiece(exchange.id, from, message, atMs, bodies));
    this.#add(exchange);
    return this.#underway <= FEW_BYTES;
  }

  message(exchangeId: number, from: 'client' | 'server', message: TappedMessage): void {
    const exchange = this.#open.get(exchangeId);
    if (!exchange) return;
    this.changes++;
    if (leavesBodiesOut(this.#underway, this.#limits.bodies)) {
      this.#messagesLeftOut.set(exchangeId, (this.#messagesLeftOut.get(exchangeId) ?? 0) + 1);
      return;
    }
    if (this.#messagesLeftOut.size > 0) this.#tellGap(exchangeId);
    const atMs = this.#clock.now() - exchange.startedAt;
    this.#addMessage(messagePiece(exchangeId, from, message, atMs, this.#limits.bodies));
  }

  #tellGap(exchangeId: number): void {
    const count = this.#messagesLeftOut.get(exchangeId);
    if (count === undefined) return;
    this.#messagesLeftOut.delete(exchangeId);
    this.#addMessage(gapPiece(exchangeId, count));
  }

  messageNote(exchangeId: number, note: string): void {
    if (this.#open.get(exchangeId)) this.#addMessage(notePiece(exchangeId, note));
  }

  #addMessage(piece: MessagePiece): void {
    if (this.#batch.addMessage(piece)) return;
    this.flush(RecordBatch.roomForMessage(piece));
    this.#batch.addMessage(piece);
  }

  /** What has been under way for a moment is shown; what was written is handed over. */
  #tick(): void {
    this.#epochOfZero = this.#clock.epoch() - this.#clock.now();
    for (const exchange of this.#fresh.begunBy(this.#clock.now() - SHOWN_AFTER_MS)) this.opened(exchange);
    this.#followOpen();
    this.#writeWaiting();
    // A thread that is behind gets full batches only.
    if (this.#batch.length > 0 && this.#underway < FEW_BYTES) this.flush();
    else if (this.#underway === 0) this.#memory.rest();
  }

  /** What goes on is written down again when its answer has begun, and is news while its bodies grow. */
  #followOpen(): void {
    for (const exchange of this.#open.newlyAnswered()) this.#add(exchange);
    if (!this.#open.haveGrown()) return;
    this.changes++;
    this.#onChange();
  }

  /** `room`: bytes that the next record needs. */
  flush(room = 0): void {
    this.#writeWaiting();
    // Questions come more often than records: an empty buffer is not given away for another.
    if (this.#batch.length === 0 && room <= BATCH_BYTES) return;
    this.#handOver(room > BATCH_BYTES ? new ArrayBuffer((room + 7) & ~7) : this.#memory.own());
  }

  /** `next`: where the next records go. */
  #handOver(next: ArrayBufferLike): void {
    const { buffer, length } = this.#batch.swap(next);
    if (length === 0) this.#memory.back(buffer);
    if (length === 0 || this.#stopped) return;
    this.#underway += buffer.byteLength;
    this.#send({ type: 'batch', buffer, length });
  }

  /** The store thread has taken a batch in. `bytes`: of its memory. */
  taken(bytes: number): void {
    this.#underway -= bytes;
  }

  /** The memory of a batch, for another. */
  back(buffer: ArrayBufferLike): void {
    this.#memory.back(buffer);
  }
}

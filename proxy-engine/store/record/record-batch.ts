/** Recordings on their way to the store thread: written into one buffer, which is handed over whole. On the request path: no JSON, no promise. */
import { type LiveAttempt, type LiveExchange, recordedStatus } from '../../exchange.ts';
import { flagsOf } from './record-flags.ts';
import {
  ATTEMPT,
  BODY,
  COMMON,
  EXCHANGE,
  FLAG_COMMON_APART,
  KIND_BODY,
  KIND_COMMON,
  KIND_EXCHANGE,
  KIND_MESSAGE,
  MESSAGE,
  MESSAGE_TYPES,
  OUTCOMES,
} from './record-format.ts';
import type { MessagePiece } from './record-pieces.ts';
import type { CommonText } from './record-text.ts';

/** A body that is whole, and follows the record. */
export interface WholeBody {
  side: 'request' | 'response';
  bytes: Uint8Array;
}

const NONE = new Uint8Array();
/** Bytes from which on a call into Node costs less than it saves. */
const FILLED_FROM = 1024;
const WRITTEN_UP_TO = 40;

export class RecordBatch {
  #bytes: Buffer;
  #numbers: Float64Array;
  #at = 0;
  /** Tells which texts stand in what has not been given away yet. */
  #current = {};

  /** `buffer`: empty, its length a multiple of eight. */
  constructor(buffer: ArrayBufferLike) {
    this.#bytes = Buffer.from(buffer);
    this.#numbers = new Float64Array(buffer);
  }

  /** Whether other threads can have its memory, too. */
  get isShared(): boolean {
    return this.#bytes.buffer instanceof SharedArrayBuffer;
  }

  get length(): number {
    return this.#at;
  }

  /** The bytes so far; they stay the batch's own. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Gives the written bytes away and goes on with `next`. */
  swap(next: ArrayBufferLike): { buffer: ArrayBufferLike; length: number } {
    const full = { buffer: this.#bytes.buffer, length: this.#at };
    this.#bytes = Buffer.from(next);
    this.#numbers = new Float64Array(next);
    this.#at = 0;
    this.#current = {};
    return full;
  }

  /** Bytes that a piece of a body takes. */
  static roomForBody(length: number): number {
    return padded(BODY.count * 8 + length);
  }

  /** False: there is no room; swap first. `offset`: where in the body it begins. `atMs`: from the start of the exchange. */
  addBody(id: number, side: 'request' | 'response', offset: number, chunk: Uint8Array, atMs: number): boolean {
    const bytes = RecordBatch.roomForBody(chunk.length);
    if (this.#at + bytes > this.#bytes.length) return false;
    const base = this.#at / 8;
    const numbers = this.#numbers;
    numbers[base + BODY.kind] = KIND_BODY;
    numbers[base + BODY.bytes] = bytes;
    numbers[base + BODY.id] = id;
    numbers[base + BODY.side] = side === 'request' ? 0 : 1;
    numbers[base + BODY.length] = chunk.length;
    numbers[base + BODY.offset] = offset;
    numbers[base + BODY.atMs] = atMs;
    this.#copy(chunk, this.#at + BODY.count * 8);
    this.#at += bytes;
    return true;
  }

  /** Where memory is shared, V8 copies word by word, and Node's `fill` as quickly as the machine can. */
  #copy(bytes: Uint8Array, at: number): void {
    if (bytes.length < FILLED_FROM) this.#bytes.set(bytes, at);
    else this.#bytes.fill(bytes, at, at + bytes.length);
  }

  /** Bytes that a message takes. */
  static roomForMessage({ data }: Pick<MessagePiece, 'data'>): number {
    return padded(MESSAGE.count * 8 + data.length);
  }

  /** False: there is no room; swap first. */
  addMessage(piece: MessagePiece): boolean {
    const bytes = RecordBatch.roomForMessage(piece);
    if (this.#at + bytes > this.#bytes.length) return false;
    const base = this.#at / 8;
    const numbers = this.#numbers;
    numbers[base + MESSAGE.kind] = KIND_MESSAGE;
    numbers[base + MESSAGE.bytes] = bytes;
    numbers[base + MESSAGE.id] = piece.id;
    numbers[base + MESSAGE.type] = MESSAGE_TYPES.indexOf(piece.type);
    numbers[base + MESSAGE.from] = piece.from === 'client' ? 0 : 1;
    numbers[base + MESSAGE.atMs] = piece.atMs;
    numbers[base + MESSAGE.size] = piece.size;
    numbers[base + MESSAGE.wireBytes] = piece.wireBytes;
    numbers[base + MESSAGE.fragments] = piece.fragments;
    numbers[base + MESSAGE.compressed] = piece.compressed ? 1 : 0;
    numbers[base + MESSAGE.closeCode] = piece.closeCode;
    numbers[base + MESSAGE.length] = piece.data.length;
    this.#copy(piece.data, this.#at + MESSAGE.count * 8);
    this.#at += bytes;
    return true;
  }

  /** Bytes that the record of an exchange can take at most. */
  static roomFor(live: LiveExchange, common: CommonText, tail: string | Uint8Array, body: WholeBody | null): number {
    const heads = live.request.raw.length + (live.sentHead?.length ?? 0) + (live.response?.raw.length ?? 0);
    const numbers = (EXCHANGE.count + live.attempts.length * ATTEMPT.count) * 8;
    const behind = body === null ? 0 : body.bytes.length;
    const texts = common.bytes.length + 3 * (live.pathAndQuery.length + tail.length);
    return numbers + COMMON.count * 8 + texts + heads + behind + 16;
  }

  /**
   * False: there is no room; swap first. `common`, `tail`: of `CommonTexts` and `ownTail`. `startedAt`: epoch milliseconds. `body`: all that
   * comes of its bodies in this batch; null: what came, if anything, are pieces.
   */
  addExchange(
    live: LiveExchange,
    common: CommonText,
    tail: string | Uint8Array,
    startedAt: number,
    body: WholeBody | null = null,
  ): boolean {
    if (this.#at + RecordBatch.roomFor(live, common, tail, body) > this.#bytes.length) return false;
    const isApart = common.shape > 0;
    if (isApart && common.batch !== this.#current) this.#addCommon(common);
    const base = this.#at / 8;
    this.#writeNumbers(base, live, common, startedAt);
    const numbers = this.#numbers;
    numbers[base + EXCHANGE.shape] = common.shape;
    if (isApart) {
      numbers[base + EXCHANGE.flags] = (numbers[base + EXCHANGE.flags] as number) | FLAG_COMMON_APART;
      numbers[base + EXCHANGE.commonBack] = this.#at - common.at;
      numbers[base + EXCHANGE.commonBytes] = 0;
    } else {
      numbers[base + EXCHANGE.shapeBytes] = common.shapeBytes;
      numbers[base + EXCHANGE.commonBytes] = common.bytes.length;
    }
    const end = this.#writeTexts(base, live, isApart ? NONE : common.bytes, tail);
    this.#at = this.#writeEnd(base, end, body);
    return true;
  }

  /** `end`: of what the record has. Answers where the next one begins: padding comes before the body, so that nothing lies between records. */
  #writeEnd(base: number, end: number, body: WholeBody | null): number {
    const numbers = this.#numbers;
    const bodyBytes = body === null ? 0 : body.bytes.length;
    const next = padded(end + bodyBytes);
    if (body !== null) this.#copy(body.bytes, next - bodyBytes);
    numbers[base + EXCHANGE.bytes] = next - bodyBytes - this.#at;
    numbers[base + EXCHANGE.requestBodyBytes] = body?.side === 'request' ? bodyBytes : 0;
    numbers[base + EXCHANGE.responseBodyBytes] = body?.side === 'response' ? bodyBytes : 0;
    return next;
  }

  /** Once a batch, before the first record that has it. */
  #addCommon(common: CommonText): void {
    const base = this.#at / 8;
    const numbers = this.#numbers;
    const bytes = padded(COMMON.count * 8 + common.bytes.length);
    numbers[base + COMMON.kind] = KIND_COMMON;
    numbers[base + COMMON.bytes] = bytes;
    numbers[base + COMMON.shapeBytes] = common.shapeBytes;
    numbers[base + COMMON.length] = common.bytes.length;
    this.#bytes.set(common.bytes, this.#at + COMMON.count * 8);
    common.batch = this.#current;
    common.at = this.#at;
    this.#at += bytes;
  }

  /** Answers where it ends. */
  #writeTexts(base: number, live: LiveExchange, common: Uint8Array, tail: string | Uint8Array): number {
    const raw = live.request.raw;
    const received = live.response?.raw ?? NONE;
    const textAt = this.#at + (EXCHANGE.count + live.attempts.length * ATTEMPT.count) * 8;
    if (common.length > 0) this.#bytes.set(common, textAt);
    const tailAt = this.#writeTarget(live.pathAndQuery, textAt + common.length);
    let at = tailAt + this.#writeTail(tail, tailAt);
    const textBytes = at - textAt;
    this.#bytes.set(raw, at);
    at += raw.length;
    const sentBytes = live.sentHead === null ? 0 : this.#bytes.write(live.sentHead, at, 'latin1');
    at += sentBytes;
    this.#bytes.set(received, at);
    const numbers = this.#numbers;
    numbers[base + EXCHANGE.textBytes] = textBytes;
    numbers[base + EXCHANGE.requestHeadBytes] = raw.length;
    numbers[base + EXCHANGE.sentHeadBytes] = sentBytes;
    numbers[base + EXCHANGE.receivedHeadBytes] = received.length;
    return at + received.length;
  }

  /** Answers its length. */
  #writeTail(tail: string | Uint8Array, at: number): number {
    if (typeof tail === 'string') return this.#bytes.write(tail, at, 'utf8');
    this.#bytes.set(tail, at);
    return tail.length;
  }

  /** Answers where it ends. */
  #writeTarget(target: string, start: number): number {
    const bytes = this.#bytes;
    const { length } = target;
    // A call into Node takes longer than writing so few.
    if (length > WRITTEN_UP_TO) return start + bytes.write(target, start, 'utf8');
    for (let i = 0; i < length; i++) {
      const char = target.charCodeAt(i);
      if (char > 0x7f) return start + bytes.write(target, start, 'utf8');
      bytes[start + i] = char;
    }
    return start + length;
  }

  #writeNumbers(base: number, live: LiveExchange, common: CommonText, startedAt: number): void {
    const numbers = this.#numbers;
    const differs = live.answered !== null && live.answered.headers !== live.response?.headers;
    numbers[base + EXCHANGE.kind] = KIND_EXCHANGE;
    numbers[base + EXCHANGE.id] = live.id;
    numbers[base + EXCHANGE.startedAt] = startedAt;
    numbers[base + EXCHANGE.durationMs] = live.endedAt < 0 ? -1 : live.endedAt - live.startedAt;
    numbers[base + EXCHANGE.ttfbMs] = live.headAt < 0 ? -1 : live.headAt - live.startedAt;
    numbers[base + EXCHANGE.status] = recordedStatus(live);
    numbers[base + EXCHANGE.requestSizeBytes] = live.requestSizeBytes;
    numbers[base + EXCHANGE.responseSizeBytes] = live.responseSizeBytes;
    numbers[base + EXCHANGE.flags] = flagsOf(live, common, differs);
    numbers[base + EXCHANGE.attempts] = live.attempts.length;
    numbers[base + EXCHANGE.clientPort] = live.clientPort;
    let at = base + EXCHANGE.count;
    for (const attempt of live.attempts) {
      this.#writeAttempt(at, attempt, live.startedAt);
      at += ATTEMPT.count;
    }
  }

  #writeAttempt(base: number, attempt: LiveAttempt, zero: number): void {
    const numbers = this.#numbers;
    numbers[base + ATTEMPT.outcome] = OUTCOMES.indexOf(attempt.outcome);
    numbers[base + ATTEMPT.status] = attempt.status;
    numbers[base + ATTEMPT.reused] = attempt.reused ? 1 : 0;
    numbers[base + ATTEMPT.startedMs] = since(zero, attempt.startedAt);
    numbers[base + ATTEMPT.dnsEndMs] = since(zero, attempt.dnsEndAt);
    numbers[base + ATTEMPT.connectedMs] = since(zero, attempt.connectedAt);
    numbers[base + ATTEMPT.tlsEndMs] = since(zero, attempt.tlsEndAt);
    numbers[base + ATTEMPT.sentMs] = since(zero, attempt.sentAt);
    numbers[base + ATTEMPT.headMs] = since(zero, attempt.headAt);
    numbers[base + ATTEMPT.endedMs] = since(zero, attempt.endedAt);
    numbers[base + ATTEMPT.bytesSent] = attempt.bytesSent;
    numbers[base + ATTEMPT.bytesReceived] = attempt.bytesReceived;
  }
}

function since(zero: number, at: number): number {
  return at < 0 ? -1 : at - zero;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

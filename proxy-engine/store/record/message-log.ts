/** The messages of one WebSocket, bounded by bytes: the newest are kept. */
import type { WebSocketMessage } from '../../contract/exchange.ts';
import type { TappedMessage } from '../../websocket/frame-tap.ts';
import { MessageQueue } from './message-queue.ts';
import { gapPiece, type MessagePiece, notePiece } from './record-pieces.ts';
import { type Messages, placeOf, sentText, told } from './recorded-messages.ts';

/** Only for those that are next to nothing: with 17 bytes each, bytes are the bound by default. */
const MAX_MESSAGES = 500_000;
/** Of all messages together, in the size that a single one may have. */
const MAX_WHOLE = 8;

export class MessageLog implements Messages {
  readonly notes: string[] = [];
  readonly #kept = new MessageQueue();
  #firstKept = 0;

  get total(): number {
    return this.#firstKept + this.#kept.length;
  }

  get firstKept(): number {
    return this.#firstKept;
  }

  /** Of what is kept of their data. */
  get bytes(): number {
    return this.#kept.dataBytes;
  }

  /** How much memory it takes. */
  get heldBytes(): number {
    return this.#kept.heldBytes;
  }

  /** The older half. */
  dropHalf(): void {
    this.#drop(this.#kept.length >>> 1);
    this.#kept.trim();
  }

  /**
   * Keeps at most `maxBytes` of its data, and eight times that of all data together. `atMs`: from the start of the exchange.
   * `sizeBytes`: of the whole message, when `message` has only a part of it.
   */
  add(
    from: WebSocketMessage['from'],
    { type, data, wireBytes, fragments, compressed, closeCode = 0 }: TappedMessage,
    atMs: number,
    maxBytes: number,
    sizeBytes = data.length,
  ): void {
    const kept = data.subarray(0, maxBytes);
    this.#kept.push({ type, from, atMs, sizeBytes, wireBytes, fragments, compressed, closeCode, data: kept });
    while (this.#kept.length > 1 && (this.#kept.length > MAX_MESSAGES || this.bytes > MAX_WHOLE * maxBytes))
      this.#drop(1);
  }

  /** So many passed that are not known. Those before them go: what is kept has no gaps. */
  skip(count: number): void {
    this.#drop(this.#kept.length);
    this.#firstKept += count;
  }

  #drop(count: number): void {
    this.#kept.drop(count);
    this.#firstKept += count;
  }

  /** What is kept, for a log that is made anew out of it. */
  *pieces(id: number): Generator<MessagePiece> {
    if (this.#firstKept > 0) yield gapPiece(id, this.#firstKept);
    for (const note of this.notes) yield notePiece(id, note);
    for (const { sizeBytes, ...message } of this.#kept.from(0)) yield { ...message, id, size: sizeBytes };
  }

  sent(by: WebSocketMessage['from']): string {
    return sentText(this.#kept.from(0), by);
  }

  /** As it lies in the record of its exchange; `recordedMessages` reads it. */
  text(): string {
    const { total, firstKept, notes } = this;
    return JSON.stringify({ total, firstKept, notes, bytes: Buffer.concat(this.#kept.parts).toString('base64') });
  }

  /** From index `from` on; negative counts from the end. */
  window(from: number, limit: number): WebSocketMessage[] {
    const at = placeOf(from, this);
    return told(this.#kept.from(at), this.#firstKept + at, limit);
  }
}

/** The messages of one WebSocket, bounded by count and bytes: the newest are kept. */
import type { WebSocketMessage } from '../contract/exchange.ts';
import type { TappedMessage } from '../websocket/frame-tap.ts';
import { gapPiece, type MessagePiece, notePiece } from './record-pieces.ts';

const MAX_MESSAGES = 10_000;
/** Of all messages together, in the size that a single one may have. */
const MAX_WHOLE = 8;

/** What a message takes in memory beside its data. */
const AROUND_BYTES = 300;

type Kept = Omit<WebSocketMessage, 'data'> & { data: Buffer };

/** The messages of a WebSocket, wherever they are kept. */
export interface Messages {
  readonly notes: string[];
  /** That have passed. */
  readonly total: number;
  readonly firstKept: number;
  /** From index `from` on; negative counts from the end. */
  window(from: number, limit: number): WebSocketMessage[];
}

export class MessageLog implements Messages {
  readonly notes: string[] = [];
  #kept: Kept[] = [];
  #firstKept = 0;
  #bytes = 0;

  get total(): number {
    return this.#firstKept + this.#kept.length;
  }

  get firstKept(): number {
    return this.#firstKept;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** About how much memory it takes. */
  get heldBytes(): number {
    return this.#bytes + this.#kept.length * AROUND_BYTES;
  }

  /** The older half. */
  dropHalf(): void {
    this.#drop(this.#kept.length >>> 1);
  }

  /**
   * Keeps at most `maxBytes` of its data, and eight times that of all data together. `atMs`: from the start of the exchange.
   * `sizeBytes`: of the whole message, when `message` has only a part of it.
   */
  add(
    from: WebSocketMessage['from'],
    message: TappedMessage,
    atMs: number,
    maxBytes: number,
    sizeBytes = message.data.length,
  ): void {
    const { data: whole, ...rest } = message;
    const data = Buffer.from(whole.subarray(0, maxBytes));
    const truncated = data.length < sizeBytes;
    this.#kept.push({ ...rest, index: this.total, atMs, from, data, sizeBytes, truncated });
    this.#bytes += data.length;
    if (this.#kept.length > MAX_MESSAGES || this.#bytes > MAX_WHOLE * maxBytes) this.#dropOldest(MAX_WHOLE * maxBytes);
  }

  /** So many passed that are not known. Those before them go: what is kept has no gaps. */
  skip(count: number): void {
    this.#drop(this.#kept.length);
    this.#firstKept += count;
  }

  /** What is kept, for a log that is made anew out of it. */
  pieces(id: number): MessagePiece[] {
    const before = this.#firstKept === 0 ? [] : [gapPiece(id, this.#firstKept)];
    const kept = this.#kept.map(
      ({ type, from, atMs, sizeBytes, wireBytes, fragments, compressed, closeCode = 0, data }): MessagePiece => ({
        id,
        type,
        from,
        atMs,
        size: sizeBytes,
        wireBytes,
        fragments,
        compressed,
        closeCode,
        data,
      }),
    );
    return [...before, ...this.notes.map((note) => notePiece(id, note)), ...kept];
  }

  /** As it lies in the record of its exchange. */
  text(): string {
    const { total, firstKept, notes } = this;
    return JSON.stringify({ total, firstKept, notes, messages: this.window(0, total) });
  }

  /** A tenth more than needed, so that dropping costs little a message. */
  #dropOldest(mostBytes: number): void {
    let count = 0;
    const last = this.#kept.length - 1;
    while (count < last && (this.#kept.length - count > MAX_MESSAGES * 0.9 || this.#bytes > mostBytes * 0.9))
      this.#bytes -= this.#kept[count++]?.data.length ?? 0;
    this.#forget(count);
  }

  #drop(count: number): void {
    for (const { data } of this.#kept.slice(0, count)) this.#bytes -= data.length;
    this.#forget(count);
  }

  #forget(count: number): void {
    this.#kept = this.#kept.slice(count);
    this.#firstKept += count;
  }

  /** From index `from` on; negative counts from the end. */
  window(from: number, limit: number): WebSocketMessage[] {
    const first = from < 0 ? this.total + from : from;
    const at = Math.max(0, first - this.#firstKept);
    return this.#kept.slice(at, at + limit).map((kept) => ({ ...kept, data: textOf(kept) }));
  }
}

/** A text that was cut may end in half a character, which is left out. */
function textOf({ type, data, truncated }: Kept): string {
  if (type !== 'text' && type !== 'close') return data.toString('base64');
  return truncated ? new TextDecoder().decode(data, { stream: true }) : data.toString('utf8');
}

/** The messages of all WebSockets that are open: bounded together, however many there are. */
import { MessageLog } from './message-log.ts';
import type { MessagePiece } from './record-pieces.ts';

/** Of all messages in memory: a million of 60 bytes, and their numbers. */
const MAX_BYTES = 96 * 1024 ** 2;

export class MessageLogs {
  readonly #logs = new Map<number, MessageLog>();
  #bytes = 0;

  /** By the id of the exchange. */
  get(id: number): MessageLog | undefined {
    return this.#logs.get(id);
  }

  /** Keeps at most `maxBytes` of its data. */
  add(piece: MessagePiece, maxBytes: number): void {
    const log = this.#logOf(piece.id);
    const before = log.heldBytes;
    addTo(log, piece, maxBytes);
    this.#bytes += log.heldBytes - before;
    if (this.#bytes > MAX_BYTES) this.#drop();
  }

  /** The exchange has ended. */
  take(id: number): MessageLog | undefined {
    if (this.#logs.size === 0) return undefined;
    const log = this.#logs.get(id);
    if (log) this.#bytes -= log.heldBytes;
    this.#logs.delete(id);
    return log;
  }

  #logOf(id: number): MessageLog {
    let log = this.#logs.get(id);
    if (!log) this.#logs.set(id, (log = new MessageLog()));
    return log;
  }

  /** From those that hold most, half of what they hold, until a quarter of all is free. */
  #drop(): void {
    const largest = [...this.#logs.values()].sort((a, b) => b.heldBytes - a.heldBytes);
    for (const log of largest) {
      if (this.#bytes <= MAX_BYTES * 0.75) return;
      const before = log.heldBytes;
      log.dropHalf();
      this.#bytes += log.heldBytes - before;
    }
  }
}

function addTo(
  log: MessageLog,
  { type, from, atMs, size, data: bytes, ...rest }: MessagePiece,
  maxBytes: number,
): void {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type === 'note') log.notes.push(data.toString('utf8'));
  else if (type === 'gap') log.skip(size);
  else {
    log.add(from, { ...rest, type, data }, atMs, maxBytes, size);
  }
}

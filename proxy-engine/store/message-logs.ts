/** The messages of all WebSockets that are open: bounded together, however many there are. */
import type { WebSocketMessage } from '../contract/exchange.ts';
import type { TappedMessage } from '../websocket/frame-tap.ts';
import { MessageLog } from './message-log.ts';

/** Of all messages in memory, with what JavaScript needs around them. */
const MAX_BYTES = 64 * 1024 ** 2;

export class MessageLogs {
  readonly #logs = new Map<number, MessageLog>();
  #bytes = 0;

  /** By the id of the exchange. */
  get(id: number): MessageLog | undefined {
    return this.#logs.get(id);
  }

  /** Keeps at most `maxBytes` of its data. `atMs`: from the start of the exchange. */
  add(id: number, from: WebSocketMessage['from'], message: TappedMessage, atMs: number, maxBytes: number): void {
    const log = this.#logOf(id);
    const before = log.heldBytes;
    log.add(from, message, atMs, maxBytes);
    this.#bytes += log.heldBytes - before;
    if (this.#bytes > MAX_BYTES) this.#drop();
  }

  note(id: number, note: string): void {
    this.#logOf(id).notes.push(note);
  }

  /** The exchange has ended. */
  take(id: number): MessageLog | undefined {
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

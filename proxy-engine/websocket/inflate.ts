import { constants, inflateRawSync } from 'node:zlib';

/** Removed from the end of every compressed message by its sender (RFC 7692 §7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);
const WINDOW_BYTES = 32 * 1024;

/**
 * Inflates the messages of one direction. Keeps the last 32 KiB as the dictionary of the next message; a sender that does not
 * take over its context, or has a smaller window, just never refers to it.
 */
export class MessageInflater {
  #window: Buffer = Buffer.alloc(0);

  /** Throws what zlib says; its code is ERR_BUFFER_TOO_LARGE when more than `maxBytes` come out. */
  inflate(compressed: Buffer, maxBytes: number): Buffer {
    const message = inflateRawSync(Buffer.concat([compressed, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(maxBytes, 1),
      ...(this.#window.length > 0 && { dictionary: this.#window }),
    });
    this.#remember(message);
    return message;
  }

  #remember(message: Buffer): void {
    if (message.length >= WINDOW_BYTES) this.#window = Buffer.from(message.subarray(-WINDOW_BYTES));
    else if (message.length > 0) this.#window = Buffer.concat([this.#window, message]).subarray(-WINDOW_BYTES);
  }
}

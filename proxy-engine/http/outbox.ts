import type { Socket } from 'node:net';

/** Chunks below this are joined to the text before them: one string, one write. */
const JOIN_BELOW = 2048;

/** Writes of one turn, sent as few system calls as can be: head and small body leave as one string. */
export class Outbox {
  readonly #socket: Socket;
  #text = '';
  #corked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** latin1: one char a byte. */
  text(text: string): void {
    this.#text += text;
  }

  bytes(chunk: Buffer): void {
    if (chunk.length < JOIN_BELOW) {
      this.#text += chunk.toString('latin1');
      return;
    }
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
    }
    this.#writeText();
    this.#socket.write(chunk);
  }

  /** A piece of a chunked body (RFC 9112 §7.1). */
  chunk(chunk: Buffer): void {
    this.text(`${chunk.length.toString(16)}\r\n`);
    this.bytes(chunk);
    this.text('\r\n');
  }

  /** Sends what has gathered; false: the peer is slow, wait for drain. */
  flush(): boolean {
    this.#writeText();
    if (this.#corked) {
      this.#corked = false;
      this.#socket.uncork();
    }
    return !this.#socket.writableNeedDrain;
  }

  #writeText(): void {
    if (this.#text === '') return;
    this.#socket.write(this.#text, 'latin1');
    this.#text = '';
  }
}

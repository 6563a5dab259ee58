import type { Socket } from 'node:net';
import { writeDirectly } from './direct-write.ts';
import { wasCopied, wasSent } from './read-buffers.ts';

/** Chunks of fewer bytes are joined to the text before them: one string, one write. */
const JOIN_BELOW = 2048;

/** Those with something to send at the end of this round of the event loop. */
let waiting: Outbox[] = [];

/**
 * Gathers what is said to one socket and sends it in as few system calls as possible: head and small body leave as one string.
 * Short messages of all sockets are written one after the other at the end of a round of the event loop (`setImmediate`): a write
 * wakes the process that reads, and one that is awake already need not be woken. That saves a busy proxy about a tenth of its work.
 */
export class Outbox {
  readonly #socket: Socket;
  readonly #tolerates: (error: Error) => boolean;
  #text = '';
  #corked = false;
  #waits = false;
  /** What the socket was given and may still hold. */
  #given: Buffer[] = [];

  /** `tolerates` an error of a write: the socket stays open all the same. */
  constructor(socket: Socket, tolerates: (error: Error) => boolean = never) {
    this.#socket = socket;
    this.#tolerates = tolerates;
  }

  /** latin1: one char a byte. */
  text(text: string): void {
    this.#text += text;
  }

  bytes(chunk: Buffer): void {
    if (chunk.length < JOIN_BELOW) {
      this.#text += chunk.toString('latin1');
      wasCopied(chunk);
      return;
    }
    if (!this.#corked && this.#text === '' && writeDirectly(this.#socket, chunk, this.#tolerates)) {
      if (this.#socket.writableLength === 0) wasSent(chunk);
      else this.#given.push(chunk);
      return;
    }
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
    }
    this.#writeText();
    this.#socket.write(chunk);
    this.#given.push(chunk);
  }

  /** A piece of a chunked body (RFC 9112 §7.1). */
  chunk(chunk: Buffer): void {
    this.text(`${chunk.length.toString(16)}\r\n`);
    this.bytes(chunk);
    this.text('\r\n');
  }

  /** Sends what has gathered, at the latest before the next round of the event loop; false: the peer is slow, wait for drain. */
  flush(): boolean {
    if (this.#corked) this.send();
    else if (!this.#waits && this.#text !== '') this.#wait();
    return !this.#socket.writableNeedDrain;
  }

  /** Sends what has gathered now: others are about to write to the socket, or to end it. */
  send(): void {
    this.#waits = false;
    this.#writeText();
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
    this.tellSent();
  }

  /** When nothing waits in the socket, what it was given is out, and its memory may be used again. To be called when it has drained. */
  tellSent(): void {
    if (this.#given.length === 0 || this.#socket.writableLength > 0) return;
    for (const chunk of this.#given) wasSent(chunk);
    this.#given = [];
  }

  #wait(): void {
    this.#waits = true;
    if (waiting.length === 0) setImmediate(sendAll);
    waiting.push(this);
  }

  #writeText(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    if (!this.#corked && writeDirectly(this.#socket, text, this.#tolerates)) return;
    if (this.#socket.writable) this.#socket.write(text, 'latin1');
  }
}

function sendAll(): void {
  const all = waiting;
  waiting = [];
  for (const outbox of all) outbox.send();
}

function never(): boolean {
  return false;
}

import type { Socket } from 'node:net';
import { protocolOf } from './first-bytes.ts';
import { type Opening, openingOf } from './opening.ts';

/** `bytes` were read from the socket and are the caller's; null: the client closed before it said anything. */
type Told = (opening: Opening | null, bytes: Buffer) => void;

/** Reads what a client says first through a tunnel until it is clear what it speaks; then pauses the socket and tells. */
export class Peek {
  readonly #socket: Socket;
  readonly #told: Told;
  readonly #onPart: () => void;
  #bytes: Buffer;
  /** It has told, or was stopped. */
  over = false;

  /** `onPart`: what has come may be the begin of a request in clear, or all that the client says before it is answered. */
  constructor(socket: Socket, rest: Buffer, told: Told, onPart = () => {}) {
    this.#socket = socket;
    this.#told = told;
    this.#onPart = onPart;
    this.#bytes = rest;
    socket.on('data', this.#data);
    socket.on('end', this.#ended);
    socket.on('close', this.#ended);
    if (rest.length > 0) this.#look();
    if (this.over) return;
    if (socket.readableEnded) this.#ended();
    else socket.resume();
  }

  /** Stops reading; gives what has come so far. */
  stop(): Buffer {
    this.#leave();
    return this.#bytes;
  }

  readonly #data = (chunk: Buffer): void => {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#look();
  };

  #look(): void {
    const opening = openingOf(this.#bytes);
    if (opening) this.#end(opening);
    else if (protocolOf(this.#bytes) !== 'tls') this.#onPart();
  }

  readonly #ended = (): void => this.#end(this.#bytes.length > 0 ? { kind: 'other' } : null);

  #end(opening: Opening | null): void {
    if (this.over) return;
    this.#leave();
    this.#told(opening, this.#bytes);
  }

  #leave(): void {
    this.over = true;
    this.#socket.pause();
    this.#socket.off('data', this.#data);
    this.#socket.off('end', this.#ended);
    this.#socket.off('close', this.#ended);
  }
}

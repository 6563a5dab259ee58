import type { Headers } from '../http/headers.ts';
import type { BodySource } from './client-response.ts';

/** Bytes of a stored body that go out at a time. */
const PIECE_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

export interface StoredBodyEvents {
  onBody(piece: Buffer): void;
  /** A piece has been given and more follows: what takes no more calls `pause` now. */
  onTurnEnd(): void;
  onEnd(trailers: Headers | null): void;
}

/** A body that is here already, given out as it is taken: of a client that takes a piece now and then it is known that it has not left. */
export class StoredBody implements BodySource {
  readonly #chunks: readonly Buffer[];
  readonly #trailers: Headers | null;
  readonly #events: StoredBodyEvents;
  #chunk = 0;
  #at = 0;
  #isPaused = false;
  #isGiving = false;
  #isOver = false;

  /** Begins with `resume`. */
  constructor(chunks: readonly Buffer[], trailers: Headers | null, events: StoredBodyEvents) {
    this.#chunks = chunks;
    this.#trailers = trailers;
    this.#events = events;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isGiving) return;
    this.#isGiving = true;
    while (!this.#isPaused && !this.#isOver) this.#giveNext();
    this.#isGiving = false;
  }

  destroy(): void {
    this.#isOver = true;
  }

  /** The end waits for nobody: it follows the last piece at once. */
  #giveNext(): void {
    const piece = this.#takeNext();
    if (piece.length > 0) this.#events.onBody(piece);
    if (this.#isOver) return;
    if (this.#chunk < this.#chunks.length) {
      this.#events.onTurnEnd();
      return;
    }
    this.#isOver = true;
    this.#events.onEnd(this.#trailers);
  }

  #takeNext(): Buffer {
    const chunk = this.#chunks[this.#chunk];
    if (chunk === undefined) return NOTHING;
    const piece = chunk.subarray(this.#at, this.#at + PIECE_BYTES);
    this.#at += piece.length;
    if (this.#at === chunk.length) {
      this.#chunk++;
      this.#at = 0;
    }
    return piece;
  }
}

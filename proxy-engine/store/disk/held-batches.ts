/** Batches in which bodies lie that are not whole yet: held until these are written, so that a large body is not copied before it is. */
import type { Bodies } from './open-parts.ts';

/** A batch of which less is still wanted goes back at once, and that little is copied. */
const WANTED_SHARE = 1 / 8;
/** Beyond that, what is still wanted of the oldest is copied: one slow body must not hold a batch for each of its pieces. */
const MAX_HELD = 96;

/** Where a piece is kept: `body[side][at]`. */
export interface HeldPiece {
  id: number;
  body: Bodies;
  side: keyof Bodies;
  at: number;
}

interface Held {
  pieces: HeldPiece[];
  wantedBytes: number;
  giveBack: () => void;
}

export class HeldBatches {
  readonly #isWanted: (piece: HeldPiece) => boolean;
  /** By their memory, the oldest first. */
  readonly #held = new Map<ArrayBufferLike, Held>();
  /** Of the batch that is being taken in. */
  #pieces: HeldPiece[] = [];
  /** Go back when what they had is written. */
  #leaving: Held[] = [];

  constructor(isWanted: (piece: HeldPiece) => boolean) {
    this.#isWanted = isWanted;
  }

  add(piece: HeldPiece): void {
    this.#pieces.push(piece);
  }

  /** Nothing will be wanted of that body once the batch that is being taken in has settled. */
  ended({ request, response }: Bodies): void {
    for (const chunk of request) this.#release(chunk);
    for (const chunk of response) this.#release(chunk);
  }

  #release(chunk: Buffer): void {
    // To ask a chunk for its memory takes longer.
    if (this.#held.size === 0) return;
    const { buffer, length } = chunk;
    const held = this.#held.get(buffer);
    if (!held) return;
    held.wantedBytes -= length;
    if (held.wantedBytes > 0) return;
    this.#held.delete(buffer);
    this.#leaving.push(held);
  }

  /** The batch in that memory has been taken in, and what ended in it is written. */
  settle(memory: ArrayBufferLike, giveBack: () => void): void {
    for (const held of this.#leaving.splice(0)) held.giveBack();
    const pieces = this.#pieces.filter(this.#isWanted);
    this.#pieces = [];
    const wantedBytes = pieces.reduce((sum, { body, side, at }) => sum + (body[side][at] as Buffer).length, 0);
    const held = { pieces, wantedBytes, giveBack };
    if (wantedBytes < memory.byteLength * WANTED_SHARE) this.#copyOut(held);
    else this.#held.set(memory, held);
    if (this.#held.size > MAX_HELD) this.#copyOldest();
  }

  #copyOldest(): void {
    for (const [memory, held] of this.#held) {
      this.#held.delete(memory);
      this.#copyOut(held);
      return;
    }
  }

  #copyOut({ pieces, giveBack }: Held): void {
    for (const piece of pieces) {
      const { body, side, at } = piece;
      if (this.#isWanted(piece)) body[side][at] = Buffer.from(body[side][at] as Buffer);
    }
    giveBack();
  }
}

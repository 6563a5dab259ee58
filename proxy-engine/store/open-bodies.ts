/** Pieces of bodies whose exchanges have not been recorded yet. */
import type { BodyPiece } from './record-reader.ts';

const MAX_OPEN = 20_000;

export interface OpenBody {
  request: Buffer[];
  response: Buffer[];
}

const NO_BODY: OpenBody = { request: [], response: [] };

export class OpenBodies {
  readonly #bodies = new Map<number, OpenBody>();
  /** Pieces that are still part of the batch. */
  #borrowed: BodyPiece[] = [];

  add(piece: BodyPiece): void {
    let body = this.#bodies.get(piece.id);
    if (!body) this.#bodies.set(piece.id, (body = { request: [], response: [] }));
    body[piece.side].push(piece.bytes);
    this.#borrowed.push(piece);
  }

  /** What there is so far. `isLast`: it will not be asked for again. */
  of(id: number, isLast: boolean): OpenBody {
    const body = this.#bodies.get(id);
    if (!body) return NO_BODY;
    if (!isLast) return { request: [...body.request], response: [...body.response] };
    this.#bodies.delete(id);
    return body;
  }

  /** Of an exchange that goes on. */
  soFar(id: number): OpenBody {
    return this.#bodies.get(id) ?? NO_BODY;
  }

  /** The batch goes back to the engine: what is kept of it for later must be a copy. */
  own(): void {
    for (const { id, side, bytes } of this.#borrowed) {
      const chunks = this.#bodies.get(id)?.[side];
      const at = chunks?.lastIndexOf(bytes) ?? -1;
      if (chunks && at >= 0) chunks[at] = Buffer.from(bytes);
    }
    this.#borrowed = [];
    // Of exchanges whose end was never recorded.
    for (const id of this.#bodies.keys()) {
      if (this.#bodies.size <= MAX_OPEN) break;
      this.#bodies.delete(id);
    }
  }
}

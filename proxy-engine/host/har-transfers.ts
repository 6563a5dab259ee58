/** HARs that are being written or read in pieces. */
import type { HarPiece } from '../contract/har-commands.ts';
import { CommandFailure } from './command-failure.ts';

const PIECE_CHARACTERS = 1024 ** 2;
/** Somebody who leaves in the middle does not say so: the oldest is given up. */
const MAX_OPEN = 4;

export class HarTransfers {
  readonly #exports = new Map<number, AsyncGenerator<string>>();
  #nextId = 1;

  /** The first piece. */
  beginExport(text: AsyncGenerator<string>): Promise<HarPiece> {
    const id = this.#nextId++;
    this.#exports.set(id, text);
    const oldest = [...this.#exports][0];
    if (oldest && this.#exports.size > MAX_OPEN) {
      this.#exports.delete(oldest[0]);
      void oldest[1].return(undefined);
    }
    return this.nextPiece(id);
  }

  async nextPiece(id: number): Promise<HarPiece> {
    const text = this.#exports.get(id);
    if (!text) throw notOpen('export', id);
    let piece = '';
    while (piece.length < PIECE_CHARACTERS) {
      const next = await text.next();
      if (next.done) {
        this.#exports.delete(id);
        return { export: id, text: piece, done: true };
      }
      piece += next.value;
    }
    return { export: id, text: piece, done: false };
  }
}

function notOpen(kind: 'export', id: number): CommandFailure {
  const message = `there is no ${kind} ${id}; it is done, or others were begun after it`;
  return new CommandFailure('NOT_FOUND', message, { path: kind });
}

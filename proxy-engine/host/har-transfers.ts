/** HARs that are being written or read in pieces. */
import type { HarImportResult, HarPiece } from '../contract/har-commands.ts';
import type { HarImport } from '../exchange-formats/har-import.ts';
import { CommandFailure } from './command-failure.ts';

const PIECE_CHARACTERS = 1024 ** 2;
/** Somebody who leaves in the middle does not say so: the oldest is given up. */
const MAX_OPEN = 4;

export class HarTransfers {
  readonly #exports = new Map<number, AsyncGenerator<string>>();
  readonly #imports = new Map<number, HarImport>();
  #nextId = 1;

  /** The first piece. */
  beginExport(text: AsyncGenerator<string>): Promise<HarPiece> {
    const id = this.#nextId++;
    this.#exports.set(id, text);
    void dropOldest(this.#exports)?.return(undefined);
    return this.nextPiece(id);
  }

  async nextPiece(id: number): Promise<HarPiece> {
    const text = this.#exports.get(id);
    if (!text) throw notOpen('export', id);
    try {
      const piece = await pieceOf(text);
      if (piece.done) this.#exports.delete(id);
      return { export: id, ...piece };
    } catch (error) {
      // What it has then is an end, as if the text were whole.
      this.#exports.delete(id);
      throw error;
    }
  }

  beginImport(reading: HarImport): number {
    const id = this.#nextId++;
    this.#imports.set(id, reading);
    dropOldest(this.#imports);
    return id;
  }

  /** Takes a piece in; `isLast`: nothing follows. */
  async takePiece(id: number, text: string, isLast: boolean): Promise<HarImportResult> {
    const reading = this.#imports.get(id);
    if (!reading) throw notOpen('import', id);
    await reading.push(text);
    if (isLast) {
      this.#imports.delete(id);
      if (!(await reading.end()))
        throw new CommandFailure('BAD_INPUT', 'it has no log.entries: it is no HAR', { path: 'text' });
    }
    const { ids, problems } = reading;
    return { import: id, exchanges: ids.length, firstId: ids[0], lastId: ids.at(-1), problems };
  }
}

async function pieceOf(text: AsyncGenerator<string>): Promise<Omit<HarPiece, 'export'>> {
  let piece = '';
  while (piece.length < PIECE_CHARACTERS) {
    const next = await text.next();
    if (next.done) return { text: piece, done: true };
    piece += next.value;
  }
  return { text: piece, done: false };
}

/** What is there to give up; undefined: there is room. */
function dropOldest<T>(open: Map<number, T>): T | undefined {
  const [oldest] = open;
  if (!oldest || open.size <= MAX_OPEN) return undefined;
  open.delete(oldest[0]);
  return oldest[1];
}

function notOpen(kind: 'export' | 'import', id: number): CommandFailure {
  const message = `there is no ${kind} ${id}; it is done, or others were begun after it`;
  return new CommandFailure('NOT_FOUND', message, { path: kind });
}

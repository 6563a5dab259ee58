/** What has come of exchanges that go on, on disk: a process that is killed cannot record their end. Batches without exchanges. */
import { closeSync, constants, ftruncateSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BODY, KIND_BODY, KIND_MESSAGE, MESSAGE } from '../record/record-format.ts';
import { readPiece } from '../record/record-pieces.ts';
import { numberAt } from '../record/record-reader.ts';
import { OpenParts } from './open-parts.ts';
import { writeAll } from './segments.ts';

/** From which on it is made anew out of what is still wanted. */
const LONG_BYTES = 16 * 1024 ** 2;

export class OpenJournal {
  readonly #file: string;
  #fd: number;
  #bytes: number;
  #longFrom: number;

  private constructor(file: string, fd: number, bytes: number) {
    this.#file = file;
    this.#fd = fd;
    this.#bytes = bytes;
    this.#longFrom = Math.max(LONG_BYTES, 2 * bytes);
  }

  /** Goes on behind what an earlier process left; what that has of the exchanges `ids` is in `parts`. Throws what the system says. */
  static open(
    dir: string,
    ids: readonly number[],
    maxMessageBytes: number,
  ): { journal: OpenJournal; parts: OpenParts } {
    const file = join(dir, 'going-on.journal');
    const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    const left = readFileSync(fd);
    const parts = new OpenParts(maxMessageBytes);
    const bytes = readPieces(left, new Set(ids), parts);
    parts.settle(left, () => {});
    ftruncateSync(fd, bytes);
    return { journal: new OpenJournal(file, fd, bytes), parts };
  }

  get isLong(): boolean {
    return this.#bytes > this.#longFrom;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Throws when the disk does not take it; then nothing of it is there. */
  append(pieces: readonly Buffer[]): void {
    try {
      this.#bytes += writeAll(this.#fd, pieces, this.#bytes);
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
  }

  /** From now on only that. Throws when the disk does not take it; then it stays what it was. */
  replace(pieces: Iterable<Buffer>): void {
    const fd = openSync(`${this.#file}.new`, 'w', 0o600);
    let bytes = 0;
    try {
      for (const piece of pieces) bytes += writeAll(fd, [piece], bytes);
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      closeSync(fd);
      rmSync(`${this.#file}.new`, { force: true });
      throw error;
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.#bytes = bytes;
    this.#longFrom = Math.max(LONG_BYTES, 2 * bytes);
  }

  clear(): void {
    ftruncateSync(this.#fd, 0);
    this.#bytes = 0;
    this.#longFrom = LONG_BYTES;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** A file that was cut or changed is read as far as it is whole; answers how far. */
function readPieces(bytes: Buffer, ids: ReadonlySet<number>, parts: OpenParts): number {
  let at = 0;
  while (at + BODY.count * 8 <= bytes.length) {
    const length = numberAt(bytes, at, BODY.bytes);
    if (!isPiece(bytes, at) || !(length > 0) || at + length > bytes.length) break;
    const piece = readPiece(bytes, at);
    if (ids.has(piece.id)) addOnce(parts, piece);
    at += length;
  }
  return at;
}

function isPiece(bytes: Buffer, at: number): boolean {
  const kind = numberAt(bytes, at, BODY.kind);
  if (kind === KIND_BODY) return true;
  return kind === KIND_MESSAGE && at + MESSAGE.count * 8 <= bytes.length;
}

/** A piece may be in it twice, when the record that holds it was written again. */
function addOnce(parts: OpenParts, piece: ReturnType<typeof readPiece>): void {
  if (!('side' in piece)) return parts.add(piece);
  const has = parts.soFar(piece.id)[piece.side].reduce((sum, { length }) => sum + length, 0);
  if (piece.offset <= has && piece.offset + piece.bytes.length > has)
    parts.add({ ...piece, offset: has, bytes: piece.bytes.subarray(has - piece.offset) });
}

/** Recordings on disk: files that are only appended to, and removed whole when the oldest have to go. */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writevSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

const SEGMENT_BYTES = 64 * 1024 ** 2;
const LEAST_SEGMENT_BYTES = 1024 ** 2;
/** Of what may be kept, a segment is such a part: it is dropped whole. */
const SEGMENTS_KEPT = 8;
/** Of small parts that leave in one write. */
const COPIES_BYTES = 1024 ** 2;
const COPIED_UP_TO = 4096;

interface Segment {
  number: number;
  bytes: number;
  fd: number;
}

export class Segments {
  readonly #dir: string;
  readonly #segments: Segment[] = [];
  readonly #copies = Buffer.allocUnsafeSlow(COPIES_BYTES);

  readonly #readOnly: boolean;
  #fullAtBytes = SEGMENT_BYTES;
  /** Grows when bytes are taken away: others may come to lie in their place. */
  cuts = 0;

  /** Throws what the system says when the directory cannot be made or read. */
  constructor(dir: string, { readOnly = false } = {}) {
    this.#dir = dir;
    this.#readOnly = readOnly;
    if (!readOnly) mkdirSync(dir, { recursive: true, mode: 0o700 });
    const numbers = readdirSync(dir).flatMap((name) => (/^\d+\.seg$/.test(name) ? [Number.parseInt(name, 10)] : []));
    for (const number of numbers.sort((a, b) => a - b)) this.#open(number);
  }

  /** How many bytes may be kept: the next segments are small beside that. */
  set maxBytes(bytes: number) {
    this.#fullAtBytes = Math.min(SEGMENT_BYTES, Math.max(LEAST_SEGMENT_BYTES, bytes / SEGMENTS_KEPT));
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Number of the oldest that is kept; null: there is none. */
  get oldest(): number | null {
    return this.#segments[0]?.number ?? null;
  }

  get count(): number {
    return this.#segments.length;
  }

  /** The first whose number is at least that; null: there is none. */
  atOrAfter(number: number): { number: number; bytes: number } | null {
    return this.#segments.find((segment) => segment.number >= number) ?? null;
  }

  /** 0: it has gone. */
  bytesOf(number: number): number {
    return this.#segments.find((segment) => segment.number === number)?.bytes ?? 0;
  }

  get numbers(): number[] {
    return this.#segments.map(({ number }) => number);
  }

  /** Where the next bytes go. A segment that is full is followed by another one. */
  place(): { segment: number; offset: number } {
    let last = this.#segments.at(-1);
    if (!last || last.bytes >= this.#fullAtBytes) last = this.#open((last?.number ?? 0) + 1);
    return { segment: last.number, offset: last.bytes };
  }

  /** Appends to the segment of the last `place()`; throws when the disk takes less. */
  append(parts: readonly Buffer[]): void {
    const last = this.#segments.at(-1);
    if (!last) throw new Error('there is no segment');
    let offset = last.bytes;
    for (const pieces of this.#writes(parts)) offset += writeAll(last.fd, pieces, offset);
    last.bytes = offset;
  }

  /** Whether the disk takes that much now. */
  hasRoom(bytes: number): boolean {
    try {
      const { segment, offset } = this.place();
      try {
        this.append([Buffer.alloc(bytes)]);
      } finally {
        this.truncate(segment, offset);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** Small parts are copied together, so that a write has few pieces; large ones are written from where they lie. */
  *#writes(parts: readonly Buffer[]): Generator<Buffer[]> {
    let [pieces, begin, end] = [[] as Buffer[], 0, 0];
    for (const part of parts) {
      if (part.length > COPIED_UP_TO) {
        pieces.push(this.#copies.subarray(begin, end), part);
        begin = end;
        continue;
      }
      if (end + part.length > COPIES_BYTES) {
        yield [...pieces, this.#copies.subarray(begin, end)];
        [pieces, begin, end] = [[], 0, 0];
      }
      this.#copies.set(part, end);
      end += part.length;
    }
    yield [...pieces, this.#copies.subarray(begin, end)];
  }

  /** Bytes of a segment; null when it has gone. */
  read(segment: number, offset: number, length: number): Buffer | null {
    const found = this.#segments.find(({ number }) => number === segment);
    if (!found) return null;
    const bytes = Buffer.allocUnsafe(length);
    const read = length === 0 ? 0 : readSync(found.fd, bytes, 0, length, offset);
    return read === length ? bytes : null;
  }

  /** Fills `into` as far as there is something; null when the segment has gone. */
  readInto(into: Buffer, segment: number, offset: number): Buffer | null {
    const found = this.#segments.find(({ number }) => number === segment);
    if (!found) return null;
    const length = Math.min(into.length, Math.max(0, found.bytes - offset));
    return into.subarray(0, length === 0 ? 0 : readSync(found.fd, into, 0, length, offset));
  }

  /**
   * The same segments in another directory. Nothing is written into a full one any more, so that it only gets a second name there where
   * the file system has such; the last one, and all on other file systems, are copied. Those that go meanwhile are left out.
   */
  async copyInto(dir: string): Promise<void> {
    mkdirSync(dir, { recursive: true });
    const last = this.#segments.at(-1);
    const toCopy = this.#segments.filter((segment) => segment === last || !this.#linkInto(dir, segment));
    for (const { number } of toCopy) {
      const copied = copyFile(this.#path(number), pathIn(dir, number), constants.COPYFILE_FICLONE);
      await copied.catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  #linkInto(dir: string, { number }: Segment): boolean {
    try {
      linkSync(this.#path(number), pathIn(dir, number));
      return true;
    } catch {
      return false;
    }
  }

  removeOldest(): void {
    const oldest = this.#segments.shift();
    if (oldest) this.#remove(oldest);
  }

  clear(): void {
    for (const segment of this.#segments.splice(0)) this.#remove(segment);
  }

  close(): void {
    for (const { fd } of this.#segments.splice(0)) closeSync(fd);
  }

  #open(number: number): Segment {
    const path = this.#path(number);
    // Opened for appending only to be made; written at places that are known.
    if (!this.#readOnly) closeSync(openSync(path, 'a+', 0o600));
    const segment = { number, bytes: statSync(path).size, fd: openSync(path, this.#readOnly ? 'r' : 'r+') };
    this.#segments.push(segment);
    return segment;
  }

  /** Cuts off what nobody points at: after a crash, or when the disk was full. */
  truncate(segment: number, bytes: number): void {
    const found = this.#segments.find(({ number }) => number === segment);
    if (!found || fstatSync(found.fd).size < bytes) return;
    this.cuts++;
    found.bytes = bytes;
    ftruncateSync(found.fd, bytes);
  }

  #remove({ number, fd }: Segment): void {
    this.cuts++;
    closeSync(fd);
    rmSync(this.#path(number), { force: true });
  }

  #path(number: number): string {
    return pathIn(this.#dir, number);
  }
}

/** Answers how many bytes they are. Throws when the disk takes less. */
export function writeAll(fd: number, pieces: readonly Buffer[], at: number): number {
  let left = pieces.filter(({ length }) => length > 0);
  let written = 0;
  while (left.length > 0) {
    const took = writevSync(fd, left, at + written);
    written += took;
    left = behind(left, took);
  }
  return written;
}

/** What comes after the first `bytes`. */
function behind(pieces: readonly Buffer[], bytes: number): Buffer[] {
  let skipped = 0;
  return pieces.flatMap((piece) => {
    const cut = Math.min(piece.length, bytes - skipped);
    skipped += cut;
    return cut === piece.length ? [] : [piece.subarray(cut)];
  });
}

function pathIn(dir: string, number: number): string {
  return join(dir, `${String(number).padStart(8, '0')}.seg`);
}

/** Asks recordings one after the other, in the order in which they lie on disk: large reads. */
import type { ExchangeSubject } from '../../match/subject.ts';
import { holdsFor, storedOf } from '../disk/read-stored.ts';
import type { Segments } from '../disk/segments.ts';
import { bytesOf, WholeRecords } from '../disk/whole-records.ts';
import type { Place } from '../index/exchange-index.ts';
import type { Marks } from '../index/marks.ts';

const BLOCK_BYTES = 4 * 1024 ** 2;

interface Block {
  segment: number;
  offset: number;
  bytes: Buffer;
}

export class RecordScan {
  readonly #segments: Segments;
  readonly #records: WholeRecords;
  readonly #marks: Marks;
  /** One for the whole search: each of its own would stay until a collection. */
  readonly #scratch = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #block: Block | null = null;

  constructor(segments: Segments, marks: Marks) {
    this.#segments = segments;
    this.#records = new WholeRecords(segments);
    this.#marks = marks;
  }

  holds(place: Place, check: (subject: ExchangeSubject) => boolean): boolean {
    const bytes = this.#read(place);
    const found = bytes && this.#records.at(place, bytes);
    return found !== null && holdsFor(storedOf(found, this.#marks), check);
  }

  #read(place: Place): Buffer | null {
    const { segment, offset } = place;
    const length = bytesOf(place);
    const block = this.#block;
    if (
      block &&
      block.segment === segment &&
      offset >= block.offset &&
      offset + length <= block.offset + block.bytes.length
    )
      return block.bytes.subarray(offset - block.offset, offset - block.offset + length);
    const into = length > BLOCK_BYTES ? Buffer.allocUnsafeSlow(length) : this.#scratch;
    const bytes = this.#segments.readInto(into, segment, offset);
    if (!bytes || bytes.length < length) return null;
    if (into === this.#scratch) this.#block = { segment, offset, bytes };
    return bytes.subarray(0, length);
  }
}

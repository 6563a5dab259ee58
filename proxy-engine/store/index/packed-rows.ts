/** Rows of the index side by side in memory: the numbers of each, then its target. */
import { EXCHANGE } from '../record/record-format.ts';
import type { Place } from './exchange-index.ts';

/** Places of the numbers of a row; its target follows, in UTF-8. */
export const ROW = {
  id: 0,
  status: 1,
  shape: 2,
  durationMs: 3,
  attempts: 4,
  requestSizeBytes: 5,
  responseSizeBytes: 6,
  segment: 7,
  offset: 8,
  recordBytes: 9,
  requestBodyBytes: 10,
  responseBodyBytes: 11,
  startedAt: 12,
  ttfbMs: 13,
  targetBytes: 14,
  count: 15,
} as const;

const FIRST_BYTES = 64 * 1024;

export class RowPacker {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #numbers = new Float64Array(this.#bytes.buffer);
  #at = 0;

  /** `numbers`: from `base` on as a record begins with them. The target are the bytes of `source` from `from` up to `to`. */
  add(
    place: Place,
    shape: number,
    numbers: Float64Array,
    base: number,
    source: Buffer,
    from: number,
    to: number,
  ): void {
    const end = this.#at + ROW.count * 8 + to - from;
    if (end + 8 > this.#bytes.length) this.#grow(2 * end + 8);
    this.#write(this.#at >>> 3, place, shape, numbers, base);
    this.#numbers[(this.#at >>> 3) + ROW.targetBytes] = to - from;
    const bytes = this.#bytes;
    // A call into Node takes longer than copying so few.
    for (let n = from, at = this.#at + ROW.count * 8; n < to; n++) bytes[at++] = source[n] as number;
    this.#at = (end + 7) & ~7;
  }

  #write(row: number, place: Place, shape: number, numbers: Float64Array, base: number): void {
    const into = this.#numbers;
    into[row + ROW.id] = place.id;
    into[row + ROW.status] = numbers[base + EXCHANGE.status] as number;
    into[row + ROW.shape] = shape;
    into[row + ROW.durationMs] = numbers[base + EXCHANGE.durationMs] as number;
    into[row + ROW.attempts] = numbers[base + EXCHANGE.attempts] as number;
    into[row + ROW.requestSizeBytes] = numbers[base + EXCHANGE.requestSizeBytes] as number;
    into[row + ROW.responseSizeBytes] = numbers[base + EXCHANGE.responseSizeBytes] as number;
    into[row + ROW.segment] = place.segment;
    into[row + ROW.offset] = place.offset;
    into[row + ROW.recordBytes] = place.recordBytes;
    into[row + ROW.requestBodyBytes] = place.requestBodyBytes;
    into[row + ROW.responseBodyBytes] = place.responseBodyBytes;
    into[row + ROW.startedAt] = numbers[base + EXCHANGE.startedAt] as number;
    into[row + ROW.ttfbMs] = numbers[base + EXCHANGE.ttfbMs] as number;
  }

  #grow(bytes: number): void {
    const larger = Buffer.alloc((bytes + 7) & ~7);
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
    this.#numbers = new Float64Array(larger.buffer);
  }

  /** What was added since the last time; it stays until more is added. */
  take(): Buffer {
    const packed = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    return packed;
  }
}

/** Tells where the numbers of each row begin. */
export function eachPacked(packed: Uint8Array, tell: (numbers: Float64Array, row: number) => void): void {
  const numbers = new Float64Array(packed.buffer, packed.byteOffset, packed.length >>> 3);
  for (let row = 0; row < numbers.length; ) {
    tell(numbers, row);
    row += ROW.count + Math.ceil((numbers[row + ROW.targetBytes] as number) / 8);
  }
}

export function targetOf(packed: Uint8Array, numbers: Float64Array, row: number): string {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const start = (row + ROW.count) * 8;
  return bytes.toString('utf8', start, start + (numbers[row + ROW.targetBytes] as number));
}

export function placeOf(numbers: Float64Array, row: number): Place {
  const number = (place: number) => numbers[row + place] as number;
  return {
    id: number(ROW.id),
    segment: number(ROW.segment),
    offset: number(ROW.offset),
    recordBytes: number(ROW.recordBytes),
    requestBodyBytes: number(ROW.requestBodyBytes),
    responseBodyBytes: number(ROW.responseBodyBytes),
  };
}

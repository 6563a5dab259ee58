/** Recordings as they were handed over, out of segments: with the text that a record has in common with others, which lies before it. */
import type { Place } from '../index/exchange-index.ts';
import { commonBack, commonFrameBytes, withCommon } from '../record/common-frame.ts';
import { EXCHANGE } from '../record/record-format.ts';
import { numberAt } from '../record/record-reader.ts';
import type { Segments } from './segments.ts';

export interface WholeRecord {
  record: Buffer;
  request: Buffer;
  response: Buffer;
}

/** Most are shorter, and need no second read. */
const USUAL_BYTES = 4096;
const MAX_KNOWN = 100;

export class WholeRecords {
  readonly #segments: Pick<Segments, 'read' | 'cuts'>;
  /** Texts of that segment, by their place, as long as nothing is taken away of segments. */
  readonly #known = new Map<number, Buffer>();
  #segment = 0;
  #cuts = 0;

  constructor(segments: Pick<Segments, 'read' | 'cuts'>) {
    this.#segments = segments;
  }

  /** null: it has been dropped, or its bytes are broken. */
  read(place: Place): WholeRecord | null {
    const bytes = this.#segments.read(place.segment, place.offset, bytesOf(place));
    return bytes && this.at(place, bytes);
  }

  /** `bytes`: the record and its bodies as they lie there. null: they are broken. */
  at(place: Place, bytes: Buffer): WholeRecord | null {
    const record = this.record(place, bytes.subarray(0, place.recordBytes));
    if (record === null) return null;
    const response = place.recordBytes + place.requestBodyBytes;
    return { record, request: bytes.subarray(place.recordBytes, response), response: bytes.subarray(response) };
  }

  /** `beginning`: of the record as it lies there, or all of it. null: it is broken. */
  record({ id, segment, offset, recordBytes }: Place, beginning: Buffer): Buffer | null {
    if (numberAt(beginning, 0, EXCHANGE.id) !== id || numberAt(beginning, 0, EXCHANGE.bytes) !== recordBytes)
      return null;
    const back = commonBack(beginning, 0);
    if (back === 0) return beginning;
    const common = this.#common(segment, offset - back, back);
    try {
      return common && withCommon(beginning, common);
    } catch {
      return null;
    }
  }

  /** What records have in common that lie at least `room` bytes behind that place; null: it is broken. */
  #common(segment: number, offset: number, room: number): Buffer | null {
    if (segment !== this.#segment || this.#segments.cuts !== this.#cuts || this.#known.size >= MAX_KNOWN)
      this.#known.clear();
    this.#segment = segment;
    this.#cuts = this.#segments.cuts;
    const known = this.#known.get(offset);
    if (known) return known;
    const read = Number.isSafeInteger(offset) && offset >= 0 ? this.#readCommon(segment, offset, room) : null;
    if (read) this.#known.set(offset, read);
    return read;
  }

  #readCommon(segment: number, offset: number, room: number): Buffer | null {
    const some = this.#segments.read(segment, offset, Math.min(room, USUAL_BYTES));
    const length = some ? commonFrameBytes(new DataView(some.buffer, some.byteOffset, some.length), 0) : 0;
    if (some === null || length === 0 || length > room) return null;
    return length <= some.length ? some.subarray(0, length) : this.#segments.read(segment, offset, length);
  }
}

export function bytesOf({ recordBytes, requestBodyBytes, responseBodyBytes }: Place): number {
  return recordBytes + requestBodyBytes + responseBodyBytes;
}

/** Asks recordings one after the other, in the order in which they lie on disk: large reads, and most are refused by their bytes alone. */
import type { Expression } from '../contract/expression/syntax.ts';
import type { ExchangeSubject } from '../match/subject.ts';
import { bodyText } from './body-text.ts';
import type { Place } from './exchange-index.ts';
import { readExchange } from './record-reader.ts';
import type { Segments } from './segments.ts';
import { StoredSubject } from './stored-exchange.ts';

const BLOCK_BYTES = 4 * 1024 ** 2;
const CODED = /\ncontent-encoding:/i;

interface Block {
  segment: number;
  offset: number;
  bytes: Buffer;
}

export class RecordScan {
  readonly #segments: Segments;
  /** What the bytes of every body that holds have in them, unless they are coded. */
  readonly #needle: Buffer | null;
  #block: Block | null = null;

  constructor(segments: Segments, expression: Expression | null) {
    this.#segments = segments;
    const text = expression && bodyLiteral(expression);
    this.#needle = text === null || text === '' ? null : Buffer.from(text, 'utf8');
  }

  holds(place: Place, check: (subject: ExchangeSubject) => boolean): boolean {
    const bytes = this.#read(place);
    if (!bytes || !this.#mayHold(bytes, place)) return false;
    const response = place.recordBytes + place.requestBodyBytes;
    const bodies = { request: bytes.subarray(place.recordBytes, response), response: bytes.subarray(response) };
    return check(new StoredSubject(readExchange(bytes, bodies), bodyText));
  }

  #mayHold(bytes: Buffer, { recordBytes }: Place): boolean {
    if (this.#needle === null) return true;
    if (bytes.indexOf(this.#needle, recordBytes) >= 0) return true;
    return bytes.length > recordBytes && CODED.test(bytes.toString('latin1', 0, recordBytes));
  }

  #read({ segment, offset, recordBytes, requestBodyBytes, responseBodyBytes }: Place): Buffer | null {
    const length = recordBytes + requestBodyBytes + responseBodyBytes;
    const block = this.#block;
    if (
      block &&
      block.segment === segment &&
      offset >= block.offset &&
      offset + length <= block.offset + block.bytes.length
    )
      return block.bytes.subarray(offset - block.offset, offset - block.offset + length);
    const bytes = this.#segments.readUpTo(segment, offset, Math.max(BLOCK_BYTES, length));
    if (!bytes || bytes.length < length) return null;
    this.#block = { segment, offset, bytes };
    return bytes.subarray(0, length);
  }
}

/** What a body must contain for the whole to hold, when that can be said. */
function bodyLiteral(term: Expression): string | null {
  if (term.kind === 'and') return term.terms.map(bodyLiteral).find((text) => text !== null) ?? null;
  if (term.kind !== 'text' || !/^(body|requestBody|responseBody)$/.test(term.field.name)) return null;
  return ['*=', '^=', '$=', '='].includes(term.operator) ? term.value : null;
}

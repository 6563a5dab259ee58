/** Finds bytes in recorded bodies: large reads, one search a read and a hop a record, so that most exchanges are never looked at. */
import type { Expression } from '../contract/expression/syntax.ts';
import { EXCHANGE, FLAG_CODED } from './record-format.ts';
import type { Segments } from './segments.ts';
import { conjuncts } from './sql-filter.ts';

const BLOCK_BYTES = 4 * 1024 ** 2;

type BodyField = 'body' | 'requestBody' | 'responseBody';

export interface Hit {
  id: number;
  /** False: it may hold, and has to be asked (its body is coded, or where the bytes stand matters). */
  certain: boolean;
}

export class NeedleScan {
  readonly #needle: Buffer;
  readonly #field: BodyField;
  /** Whether having the bytes is all that the filter asks of bodies. */
  readonly #decides: boolean;
  #segment = 0;
  #offset = 0;

  private constructor(needle: Buffer, field: BodyField, decides: boolean) {
    this.#needle = needle;
    this.#field = field;
    this.#decides = decides;
  }

  /** null: no body must have certain bytes. `onlyThisIsOpen`: the index decides all but one of the conjuncts. */
  static of(expression: Expression, onlyThisIsOpen: boolean): NeedleScan | null {
    const term =
      conjuncts(expression)
        .map(bodyTerm)
        .find((found) => found !== null) ?? null;
    if (term === null || term.value === '') return null;
    return new NeedleScan(Buffer.from(term.value, 'utf8'), term.field, onlyThisIsOpen && term.operator === '*=');
  }

  /** From the oldest recording again. */
  restart(): void {
    this.#begin(0);
  }

  #begin(segment: number): void {
    this.#segment = segment;
    this.#offset = 0;
  }

  /** Of the next few megabytes; null: all that is there has been searched. */
  next(segments: Segments): Hit[] | null {
    const segment = segments.atOrAfter(this.#segment);
    if (segment === null) return null;
    if (segment.number !== this.#segment) this.#begin(segment.number);
    if (this.#offset < segment.bytes) return this.#searchBlock(segments);
    if (segments.atOrAfter(segment.number + 1) === null) return null;
    this.#begin(segment.number + 1);
    return [];
  }

  #searchBlock(segments: Segments): Hit[] {
    let block = segments.readUpTo(this.#segment, this.#offset, BLOCK_BYTES);
    if (!block) return [];
    const first = lengthsAt(numbersOf(block), 0).whole;
    if (first > block.length) block = segments.readUpTo(this.#segment, this.#offset, first) ?? block;
    const numbers = numbersOf(block);
    const hits: Hit[] = [];
    let at = 0;
    let found = -1;
    while (at + EXCHANGE.count * 8 <= block.length) {
      const lengths = lengthsAt(numbers, at);
      if (at + lengths.whole > block.length) break;
      const { from, to } = rangeOf(this.#field, at, lengths);
      if (found < from) found = indexOrEnd(block, this.#needle, from);
      const has = found + this.#needle.length <= to;
      const coded = (numberAt(numbers, at, EXCHANGE.flags) & FLAG_CODED) !== 0;
      if (has || coded) hits.push({ id: numberAt(numbers, at, EXCHANGE.id), certain: has && !coded && this.#decides });
      at += lengths.whole;
    }
    this.#offset += at;
    return hits;
  }
}

function indexOrEnd(block: Buffer, needle: Buffer, from: number): number {
  const at = block.indexOf(needle, from);
  return at < 0 ? block.length : at;
}

interface Lengths {
  record: number;
  request: number;
  whole: number;
}

/** Quicker than those of a Buffer, and records may begin anywhere. */
function numbersOf(block: Buffer): DataView {
  return new DataView(block.buffer, block.byteOffset, block.length);
}

function numberAt(block: DataView, at: number, place: number): number {
  return block.getFloat64(at + place * 8, true);
}

function lengthsAt(block: DataView, at: number): Lengths {
  const record = numberAt(block, at, EXCHANGE.bytes);
  const request = numberAt(block, at, EXCHANGE.requestBodyBytes);
  return { record, request, whole: record + request + numberAt(block, at, EXCHANGE.responseBodyBytes) };
}

function rangeOf(field: BodyField, at: number, { record, request, whole }: Lengths): { from: number; to: number } {
  const bodies = at + record;
  if (field === 'requestBody') return { from: bodies, to: bodies + request };
  return { from: field === 'responseBody' ? bodies + request : bodies, to: at + whole };
}

/** What a body must contain for the term to hold, when that can be said. */
function bodyTerm(term: Expression): { field: BodyField; operator: string; value: string } | null {
  if (term.kind !== 'text' || !['*=', '^=', '$=', '='].includes(term.operator)) return null;
  const { name } = term.field;
  if (name !== 'body' && name !== 'requestBody' && name !== 'responseBody') return null;
  return { field: name, operator: term.operator, value: term.value };
}

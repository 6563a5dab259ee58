/** Finds bytes in recorded heads or bodies: large reads, one search a read and a hop a record, so that most are never looked at. */
import type { FieldName } from '../contract/expression/fields.ts';
import type { Expression } from '../contract/expression/syntax.ts';
import { isAscii } from '../match/wire-text.ts';
import { EXCHANGE, FLAG_CODED } from './record-format.ts';
import { type Frame, type Frames, numberIn, readFrames } from './record-frame.ts';
import type { Segments } from './segments.ts';
import { conjuncts } from './sql-filter.ts';

/** A good size for what a search reads into. */
export const SCRATCH_BYTES = 4 * 1024 ** 2;

/** Where the bytes must be: in the record itself, which has the heads, or in bodies. */
type Part = 'record' | 'body' | 'requestBody' | 'responseBody';

export interface Hit {
  id: number;
  /** False: it may hold, and has to be asked (its body is coded, or where the bytes stand matters). */
  certain: boolean;
  /** What is recorded, as long as nothing else is read: the record, the body of the request, that of the response. */
  recorded: [record: Buffer, request: Buffer, response: Buffer];
}

export class NeedleScan {
  readonly #needle: Buffer;
  readonly #part: Part;
  /** Whether having the bytes is all that the filter asks of bodies. */
  readonly #decides: boolean;
  #segment = 0;
  #offset = 0;
  /** The exchange that was looked at last; 0: none. */
  reached = 0;

  private constructor(needle: Buffer, part: Part, decides: boolean) {
    this.#needle = needle;
    this.#part = part;
    this.#decides = decides;
  }

  /** null: nothing must have certain bytes. `onlyThisIsOpen`: the index decides all but one of the conjuncts. */
  static of(expression: Expression, onlyThisIsOpen: boolean): NeedleScan | null {
    const term =
      conjuncts(expression)
        .map(wanted)
        .find((found) => found !== null) ?? null;
    if (term === null || term.value === '') return null;
    const decides = onlyThisIsOpen && term.operator === '*=' && term.part !== 'record';
    return new NeedleScan(Buffer.from(term.value, 'utf8'), term.part, decides);
  }

  /** From the oldest recording again. */
  restart(): void {
    this.reached = 0;
    this.#begin(0);
  }

  #begin(segment: number): void {
    this.#segment = segment;
    this.#offset = 0;
  }

  /** In the next few megabytes, read into `scratch`; null: all that is there has been searched. */
  next(segments: Segments, scratch: Buffer): Hit[] | null {
    const segment = segments.atOrAfter(this.#segment);
    if (segment === null) return null;
    if (segment.number !== this.#segment) this.#begin(segment.number);
    const found = readFrames(segments, this.#segment, this.#offset, scratch);
    if (found) return this.#search(found);
    if (segments.atOrAfter(segment.number + 1) === null) return null;
    this.#begin(segment.number + 1);
    return [];
  }

  #search({ block, numbers, frames, read }: Frames): Hit[] {
    const hits: Hit[] = [];
    let found = -1;
    for (const frame of frames) {
      const { from, to } = rangeOf(this.#part, frame);
      if (found < from) found = indexOrEnd(block, this.#needle, from);
      const has = found + this.#needle.length <= to;
      const coded = this.#part !== 'record' && (numberIn(numbers, frame.at, EXCHANGE.flags) & FLAG_CODED) !== 0;
      if (has || coded)
        hits.push({
          id: numberIn(numbers, frame.at, EXCHANGE.id),
          certain: has && !coded && this.#decides,
          recorded: recordedAt(block, frame),
        });
    }
    const last = frames.at(-1);
    if (last) this.reached = numberIn(numbers, last.at, EXCHANGE.id);
    this.#offset += read;
    return hits;
  }
}

function indexOrEnd(block: Buffer, needle: Buffer, from: number): number {
  const at = block.indexOf(needle, from);
  return at < 0 ? block.length : at;
}

function recordedAt(block: Buffer, { at, record, request, whole }: Frame): Hit['recorded'] {
  const bodies = at + record;
  return [
    block.subarray(at, bodies),
    block.subarray(bodies, bodies + request),
    block.subarray(bodies + request, at + whole),
  ];
}

function rangeOf(part: Part, { at, record, request, whole }: Frame): { from: number; to: number } {
  const bodies = at + record;
  if (part === 'record') return { from: at, to: bodies };
  if (part === 'requestBody') return { from: bodies, to: bodies + request };
  return { from: part === 'responseBody' ? bodies + request : bodies, to: at + whole };
}

/** What must contain which bytes for the term to hold, when that can be said. */
function wanted(term: Expression): { part: Part; operator: string; value: string } | null {
  if (term.kind !== 'text' || !['*=', '^=', '$=', '='].includes(term.operator)) return null;
  const part = partOf(term.field.name);
  // Heads are recorded as they were on the wire, and what rules made of them as text.
  if (part === null || (part === 'record' && !isAscii(term.value))) return null;
  return { part, operator: term.operator, value: term.value };
}

function partOf(field: FieldName): Part | null {
  switch (field) {
    case 'body':
    case 'requestBody':
    case 'responseBody':
      return field;
    case 'header':
    case 'requestHeader':
    case 'responseHeader':
      return 'record';
    default:
      return null;
  }
}

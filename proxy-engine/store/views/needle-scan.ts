/** Finds bytes in recorded heads or bodies: large reads, one search a read and a hop a record, so that most are never looked at. */
import { charsetOf, isUtf8 } from '../../contract/charset.ts';
import type { Expression } from '../../contract/expression/syntax.ts';
import { type Frame, type Frames, numberIn, readFrames, SCRATCH_BYTES } from '../disk/record-frame.ts';
import type { Segments } from '../disk/segments.ts';
import type { WholeRecord, WholeRecords } from '../disk/whole-records.ts';
import { conjuncts } from '../index/sql-filter.ts';
import { unescapedForm } from '../record/form-text.ts';
import { EXCHANGE, FLAG_CODED, FLAG_MESSAGES, FLAG_REQUEST_FORM, FLAG_RESPONSE_FORM } from '../record/record-format.ts';
import { numberAt } from '../record/record-reader.ts';
import { type Mark, type Part, type Wanted, wantedBytes } from './wanted-bytes.ts';

/** For one that asks patterns: so much is searched before others have their turn. */
const PATTERN_SCRATCH_BYTES = 256 * 1024;

export interface Hit {
  id: number;
  /** Whether the filter holds; null: it has to be asked (its body is coded, or where the bytes stand matters). */
  holds: boolean | null;
  /** What has to be asked, as long as nothing else is read. */
  recorded: WholeRecord | null;
}

/** How pages declare their charset, in `<meta>`. */
const DECLARATION: Mark = { kind: 'bytes', bytes: Buffer.from('charset=') };

const SIDES: Readonly<Record<Part, readonly Part[]>> = {
  record: [],
  body: ['requestBody', 'responseBody'],
  requestBody: ['requestBody'],
  responseBody: ['responseBody'],
};

/** The flags of recordings of which part may be a form. */
const FORMS: Readonly<Record<Part, number>> = {
  record: 0,
  body: FLAG_REQUEST_FORM | FLAG_RESPONSE_FORM,
  requestBody: FLAG_REQUEST_FORM,
  responseBody: FLAG_RESPONSE_FORM,
};

/** What is found soonest comes first. */
const BY_COST: readonly Mark['kind'][] = ['bytes', 'texts', 'any'];

export class NeedleScan {
  readonly #wanted: Wanted;
  /** Whether what is wanted is all that the filter asks of recordings. */
  readonly #decides: boolean;
  #segment = 0;
  #offset = 0;
  /** The exchange that was looked at last; 0: none. */
  reached = 0;

  private constructor(wanted: Wanted, decides: boolean) {
    this.#wanted = wanted;
    this.#decides = decides;
  }

  /** null: nothing must have certain bytes. `onlyThisIsOpen`: the index decides all but one of the conjuncts. */
  static of(expression: Expression, onlyThisIsOpen: boolean): NeedleScan | null {
    const found = conjuncts(expression).map(wantedBytes);
    const narrowing = BY_COST.map((kind) => found.find((term) => term?.mark.kind === kind && !term.negated));
    const wanted = [...narrowing, ...found].find((term) => term !== null && term !== undefined);
    return wanted ? new NeedleScan(wanted, onlyThisIsOpen && wanted.test !== undefined) : null;
  }

  /** Of what it is best read into. */
  get scratchBytes(): number {
    return this.#wanted.mark.kind === 'bytes' && !this.#wanted.test ? SCRATCH_BYTES : PATTERN_SCRATCH_BYTES;
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
  next(segments: Segments, records: WholeRecords, scratch: Buffer): Hit[] | null {
    const segment = segments.atOrAfter(this.#segment);
    if (segment === null) return null;
    if (segment.number !== this.#segment) this.#begin(segment.number);
    const found = readFrames(segments, this.#segment, this.#offset, scratch);
    if (found) return this.#search(found, records);
    if (segments.atOrAfter(segment.number + 1) === null) return null;
    this.#begin(segment.number + 1);
    return [];
  }

  #search({ block, numbers, frames, read }: Frames, records: WholeRecords): Hit[] {
    const hits: Hit[] = [];
    const { part, mark, isAscii, negated, test } = this.#wanted;
    const isIn = finderIn(block, mark);
    const declares = isAscii ? never : finderIn(block, DECLARATION);
    const sides = SIDES[part];
    const forms = FORMS[part];
    for (const frame of frames) {
      const { from, to } = rangeOf(part, frame);
      const flags = numberIn(numbers, frame.at, EXCHANGE.flags);
      let coded = part !== 'record' && ((flags & FLAG_CODED) !== 0 || declares(from, to));
      for (const side of sides) coded ||= isForeign(block, rangeOf(side, frame), isAscii);
      const isForm = (flags & forms) !== 0;
      const mustAsk = coded || (isForm && test === undefined);
      const isAsked = (mustAsk && to > from) || (part !== 'record' && hasMessages(numbers, frame.at));
      const isRaw = isIn(from, to) && (coded || this.#holds(block, frame));
      const isSo = isRaw || (isForm && !mustAsk && this.#holdsInForm(block, frame, flags));
      // One that was recorded before it ended may have been let through by `not`: it is told, too.
      if (!negated && !isSo && !isAsked) continue;
      const holds = coded || isAsked || (!this.#decides && isSo !== negated) ? null : isSo !== (negated ?? false);
      hits.push({
        id: numberIn(numbers, frame.at, EXCHANGE.id),
        holds,
        recorded: holds === null ? this.#recorded(block, frame, records) : null,
      });
    }
    const last = frames.at(-1);
    if (last) this.reached = numberIn(numbers, last.at, EXCHANGE.id);
    this.#offset += read;
    return hits;
  }

  /** Of forms that are not coded: what their fields hold. */
  #holdsInForm(block: Buffer, frame: Frame, flags: number): boolean {
    const { part, mark, test } = this.#wanted;
    return SIDES[part].some((side) => {
      const { from, to } = rangeOf(side, frame);
      const plain = (flags & FORMS[side]) === 0 ? null : unescapedForm(block.subarray(from, to));
      if (plain === null) return false;
      return test ? test(plain.toString('utf8')) : mark.kind === 'bytes' && plain.includes(mark.bytes);
    });
  }

  #recorded(block: Buffer, { at, record, request, response, whole }: Frame, records: WholeRecords): WholeRecord | null {
    const place = {
      id: numberAt(block, at, EXCHANGE.id),
      segment: this.#segment,
      offset: this.#offset + at,
      recordBytes: record,
      requestBodyBytes: request,
      responseBodyBytes: response,
    };
    return records.at(place, block.subarray(at, at + whole));
  }

  /** Of bodies that are not coded, and have what is looked for. */
  #holds(block: Buffer, frame: Frame): boolean {
    const { part, test } = this.#wanted;
    if (!test) return true;
    return SIDES[part].some((side) => {
      const { from, to } = rangeOf(side, frame);
      return to > from && test(block.toString('utf8', from, to));
    });
  }
}

function never(): boolean {
  return false;
}

/** Whether a body begins with the mark of UTF-16, which hides even ASCII, or, for other texts, as an XML document that is not in UTF-8. */
function isForeign(block: Buffer, { from, to }: { from: number; to: number }, isAscii: boolean): boolean {
  const first = to - from < 2 ? 0 : block[from];
  if (first === 0xfe || first === 0xff) return (block[from + 1] as number) + first === 0x1fd;
  if (isAscii) return false;
  let at = from;
  while (at < to && (block[at] as number) <= SPACE) at++;
  if (block[at] !== LESS_THAN || block[at + 1] !== QUESTION_MARK) return false;
  const charset = charsetOf(block.subarray(from, to), 'text/xml');
  return charset !== undefined && !isUtf8(charset);
}

const SPACE = 0x20;
const LESS_THAN = 0x3c;
const QUESTION_MARK = 0x3f;

/** Of a WebSocket: they stand in the record, and not as they were sent. */
function hasMessages(numbers: DataView, at: number): boolean {
  return (
    (numberIn(numbers, at, EXCHANGE.flags) & FLAG_MESSAGES) !== 0 || numberIn(numbers, at, EXCHANGE.status) === SWITCHED
  );
}

/** RFC 9110 §15.2.2: so the WebSockets of older recordings are found. */
const SWITCHED = 101;

/** Tells whether `mark` is within a range of `block`; ranges are asked for in order. */
export function finderIn(block: Buffer, mark: Mark): (from: number, to: number) => boolean {
  if (mark.kind === 'any') return (from, to) => to > from;
  if (mark.kind === 'texts')
    return (from, to) => {
      const text = to > from ? block.toString('latin1', from, to) : '';
      return text !== '' && mark.patterns.every((pattern) => pattern.test(text));
    };
  const { bytes } = mark;
  let found = -1;
  return (from, to) => {
    if (found < from) found = indexOrEnd(block, bytes, from);
    return found + bytes.length <= to;
  };
}

function indexOrEnd(block: Buffer, needle: Buffer, from: number): number {
  const at = block.indexOf(needle, from);
  return at < 0 ? block.length : at;
}

function rangeOf(part: Part, { at, record, request, whole }: Frame): { from: number; to: number } {
  const bodies = at + record;
  if (part === 'record') return { from: at, to: bodies };
  if (part === 'requestBody') return { from: bodies, to: bodies + request };
  return { from: part === 'responseBody' ? bodies + request : bodies, to: at + whole };
}

/** What a batch holds: most of it goes into a segment as it stands there. */
import { withCommon } from '../record/common-frame.ts';
import type { MessageLog } from '../record/message-log.ts';
import { BODY, EXCHANGE, FLAG_COMMON_APART, KIND_COMMON, KIND_EXCHANGE } from '../record/record-format.ts';
import { partsOf, putMessages, recordOf } from '../record/record-parts.ts';
import { readPiece } from '../record/record-pieces.ts';
import { numbersIn } from '../record/records.ts';
import { lengthOf, NO_BODY, type OpenBody, type OpenParts } from './open-parts.ts';
import type { Run } from './run.ts';

export interface Intake {
  readonly runs: readonly Run[];
  /** Of exchanges that have an end now. */
  readonly ended: readonly number[];
  /** Of those that were recorded and go on. */
  readonly goOn: readonly number[];
  /** What came of those exchanges, as it stands in the batch. */
  piecesOf(this: void, ids: ReadonlySet<number>): Buffer[];
}

/** The records of a batch; bodies and messages that came by themselves go to theirs. */
export function intakeOf(batch: Buffer, parts: OpenParts): Intake {
  const reader = new BatchReader(batch, parts);
  return { runs: reader.runs, ended: reader.ended, goOn: reader.goOn, piecesOf: (ids) => reader.piecesOf(ids) };
}

class BatchReader {
  readonly runs: Run[] = [];
  readonly ended: number[] = [];
  readonly goOn: number[] = [];
  /** Of which exchange each piece is, where it begins and ends. Not looked for again: records are changed on their way to a segment. */
  readonly #pieces: number[] = [];
  readonly #batch: Buffer;
  readonly #numbers: Float64Array;
  readonly #parts: OpenParts;
  /** By their place. */
  readonly #commons = new Map<number, Buffer>();
  /** Where what will be the next run begins, and what it has so far. */
  #from = 0;
  #starts: number[] = [];
  #runCommons: (Buffer | null)[] = [];
  #texts: Run['texts'][number][] = [];

  constructor(batch: Buffer, parts: OpenParts) {
    this.#batch = batch;
    this.#numbers = numbersIn(batch);
    this.#parts = parts;
    this.#read();
  }

  #read(): void {
    for (let at = 0; at < this.#batch.length; ) {
      const end = endIn(this.#numbers, at);
      const kind = this.#numbers[at >>> 3];
      if (kind === KIND_EXCHANGE) this.#addRecord(at, end);
      else if (kind === KIND_COMMON) this.#addCommon(at, end);
      else this.#addPiece(at, end);
      at = end;
    }
    this.#closeRun(this.#batch.length);
  }

  #addCommon(at: number, end: number): void {
    const common = this.#batch.subarray(at, end);
    this.#commons.set(at, common);
    this.#texts.push({ common, at: at - this.#from });
  }

  piecesOf(ids: ReadonlySet<number>): Buffer[] {
    const pieces = this.#pieces;
    const found: Buffer[] = [];
    for (let i = 0; i < pieces.length; i += 3)
      if (ids.has(pieces[i] as number)) found.push(this.#batch.subarray(pieces[i + 1], pieces[i + 2]));
    return found;
  }

  #addPiece(at: number, end: number): void {
    this.#closeRun(at);
    this.#pieces.push(this.#numbers[(at >>> 3) + BODY.id] as number, at, end);
    this.#parts.add(readPiece(this.#batch, at));
    this.#from = end;
  }

  #addRecord(at: number, end: number): void {
    const base = at >>> 3;
    const numbers = this.#numbers;
    const id = numbers[base + EXCHANGE.id] as number;
    const isLast = (numbers[base + EXCHANGE.durationMs] as number) >= 0;
    (isLast ? this.ended : this.goOn).push(id);
    const messages = isLast ? this.#parts.takeMessages(id) : undefined;
    const body = this.#parts.bodyOf(id, isLast);
    const isApart = ((numbers[base + EXCHANGE.flags] as number) & FLAG_COMMON_APART) !== 0;
    const common = isApart ? this.#commons.get(at - (numbers[base + EXCHANGE.commonBack] as number)) : null;
    if (messages || body !== NO_BODY) {
      this.#closeRun(at);
      this.#from = end;
      this.runs.push(assembled(this.#batch.subarray(at, end), common ?? null, messages, body));
      return;
    }
    this.#starts.push(at - this.#from);
    this.#runCommons.push(common ?? null);
  }

  #closeRun(end: number): void {
    if (end === this.#from) return;
    const bytes = this.#batch.subarray(this.#from, end);
    const [starts, commons, texts] = [this.#starts, this.#runCommons, this.#texts];
    this.runs.push({ bytes, numbers: numbersIn(bytes), starts, commons, texts, bodies: NO_BODY });
    this.#starts = [];
    this.#runCommons = [];
    this.#texts = [];
    this.#from = end;
  }
}

/** Where what begins at `at` ends, with the bodies that lie behind a record. */
function endIn(numbers: Float64Array, at: number): number {
  const base = at >>> 3;
  const end = at + (numbers[base + EXCHANGE.bytes] as number);
  if (numbers[base] !== KIND_EXCHANGE) return end;
  return (
    end + (numbers[base + EXCHANGE.requestBodyBytes] as number) + (numbers[base + EXCHANGE.responseBodyBytes] as number)
  );
}

/** A record of which something came before. `entry`: with the bodies behind it. */
function assembled(entry: Buffer, common: Buffer | null, messages: MessageLog | undefined, before: OpenBody): Run {
  const entryNumbers = numbersIn(entry);
  const recordEnd = entryNumbers[EXCHANGE.bytes] as number;
  const requestEnd = recordEnd + (entryNumbers[EXCHANGE.requestBodyBytes] as number);
  const bodies = {
    request: withMore(before.request, entry.subarray(recordEnd, requestEnd)),
    response: withMore(before.response, entry.subarray(requestEnd)),
  };
  const record = entry.subarray(0, recordEnd);
  const bytes = messages ? withMessages(common === null ? record : withCommon(record, common), messages) : record;
  const numbers = numbersIn(bytes);
  numbers[EXCHANGE.requestBodyBytes] = lengthOf(bodies.request);
  numbers[EXCHANGE.responseBodyBytes] = lengthOf(bodies.response);
  return { bytes, numbers, starts: [0], commons: [messages ? null : common], texts: [], bodies };
}

function withMore(chunks: readonly Buffer[], chunk: Buffer): Buffer[] {
  return chunk.length === 0 ? [...chunks] : [...chunks, chunk];
}

function withMessages(record: Buffer, messages: MessageLog): Buffer {
  const parts = partsOf(record);
  putMessages(parts, messages.text());
  return recordOf(parts);
}

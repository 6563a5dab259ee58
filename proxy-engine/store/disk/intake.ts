/** What a batch holds, and how it comes to lie in a segment: each record with its bodies behind it. */
import type { Place } from '../index/exchange-index.ts';
import { commonBack, withCommon } from '../record/common-frame.ts';
import type { MessageLog } from '../record/message-log.ts';
import { BODY, EXCHANGE, KIND_COMMON, KIND_EXCHANGE } from '../record/record-format.ts';
import { partsOf, putMessages, recordOf } from '../record/record-parts.ts';
import { readPiece } from '../record/record-pieces.ts';
import { numberAt, numbersOf } from '../record/record-reader.ts';
import type { OpenBody, OpenParts } from './open-parts.ts';

/** The record of an exchange, with what is kept of its bodies. */
export interface Item {
  id: number;
  /** At a place that is a multiple of eight. */
  record: Buffer;
  /** Those that it begins with. */
  numbers: Float64Array;
  /** The text that it has in common with others, with its numbers; null: the record has all of its text itself. */
  common: Buffer | null;
  body: OpenBody;
  /** False: the exchange goes on. */
  isLast: boolean;
}

export interface Intake {
  items: Item[];
  /** What came of those exchanges, as it stands in the batch. */
  piecesOf(this: void, ids: ReadonlySet<number>): Buffer[];
}

/** The records of a batch; bodies and messages go to theirs. */
export function intakeOf(batch: Buffer, parts: OpenParts): Intake {
  const items: Item[] = [];
  /** By their place. */
  const commons = new Map<number, Buffer>();
  eachIn(batch, (kind, at, end) => {
    if (kind === KIND_EXCHANGE) {
      const common = commons.get(at - commonBack(batch, at)) ?? null;
      items.push(itemOf(batch.subarray(at, end), common, parts));
    } else if (kind === KIND_COMMON) commons.set(at, batch.subarray(at, end));
    else parts.add(readPiece(batch, at));
  });
  return { items, piecesOf: (ids) => piecesIn(batch, ids) };
}

function eachIn(batch: Buffer, tell: (kind: number, at: number, end: number) => void): void {
  for (let at = 0; at < batch.length; ) {
    const end = at + numberAt(batch, at, EXCHANGE.bytes);
    tell(numberAt(batch, at, EXCHANGE.kind), at, end);
    at = end;
  }
}

function piecesIn(batch: Buffer, ids: ReadonlySet<number>): Buffer[] {
  const pieces: Buffer[] = [];
  eachIn(batch, (kind, at, end) => {
    const isPiece = kind !== KIND_EXCHANGE && kind !== KIND_COMMON;
    if (isPiece && ids.has(numberAt(batch, at, BODY.id))) pieces.push(batch.subarray(at, end));
  });
  return pieces;
}

function itemOf(record: Buffer, common: Buffer | null, parts: OpenParts): Item {
  const numbers = numbersOf(record);
  const id = numbers[EXCHANGE.id] as number;
  const isLast = (numbers[EXCHANGE.durationMs] as number) >= 0;
  const messages = isLast ? parts.takeMessages(id) : undefined;
  const body = parts.bodyOf(id, isLast);
  if (!messages) return { id, record, numbers, common, body, isLast };
  const whole = withMessages(common === null ? record : withCommon(record, common), messages);
  return { id, record: whole, numbers: numbersOf(whole), common: null, body, isLast };
}

function withMessages(record: Buffer, messages: MessageLog): Buffer {
  const parts = partsOf(record);
  putMessages(parts, messages.text());
  return recordOf(parts);
}

export function hasBodies(items: readonly Item[]): boolean {
  return items.some(({ body }) => body.request.length + body.response.length > 0);
}

/** Their bytes one after the other, and where each will lie when the first begins at `start`. */
export function layOut(
  items: readonly Item[],
  start: { segment: number; offset: number },
  withBodies: boolean,
): { parts: Buffer[]; places: Place[] } {
  const parts: Buffer[] = [];
  const commons = new Map<Buffer, number>();
  let { offset } = start;
  const places = items.map(({ id, record, numbers, common, body }) => {
    const request = withBodies ? body.request : [];
    const response = withBodies ? body.response : [];
    if (common !== null) {
      if (!commons.has(common)) {
        commons.set(common, offset);
        parts.push(common);
        offset += common.length;
      }
      numbers[EXCHANGE.commonBack] = offset - (commons.get(common) as number);
    }
    const place = placeOf(id, start.segment, offset, record.length, lengthOf(request), lengthOf(response));
    numbers[EXCHANGE.requestBodyBytes] = place.requestBodyBytes;
    numbers[EXCHANGE.responseBodyBytes] = place.responseBodyBytes;
    parts.push(record, ...request, ...response);
    offset += place.recordBytes + place.requestBodyBytes + place.responseBodyBytes;
    return place;
  });
  return { parts, places };
}

function placeOf(
  id: number,
  segment: number,
  offset: number,
  recordBytes: number,
  requestBodyBytes: number,
  responseBodyBytes: number,
): Place {
  return { id, segment, offset, recordBytes, requestBodyBytes, responseBodyBytes };
}

function lengthOf(chunks: readonly Buffer[]): number {
  let sum = 0;
  for (const { length } of chunks) sum += length;
  return sum;
}

/** What a batch holds, and how it comes to lie in a segment: each record with its bodies behind it. */
import type { Place } from '../index/exchange-index.ts';
import { commonBack, withCommon } from '../record/common-frame.ts';
import type { MessageLog } from '../record/message-log.ts';
import { EXCHANGE, KIND_COMMON, KIND_EXCHANGE } from '../record/record-format.ts';
import { partsOf, putMessages, recordOf } from '../record/record-parts.ts';
import { readPiece } from '../record/record-pieces.ts';
import { numberAt, putNumber } from '../record/record-reader.ts';
import type { OpenBody, OpenParts } from './open-parts.ts';

/** The record of an exchange, with what is kept of its bodies. */
export interface Item {
  id: number;
  /** At a place that is a multiple of eight. */
  record: Buffer;
  /** The text that it has in common with others, with its numbers; null: the record has all of its text itself. */
  common: Buffer | null;
  body: OpenBody;
  /** False: the exchange goes on. */
  isLast: boolean;
}

export interface Intake {
  items: Item[];
  /** What came of which exchange, as it stands in the batch. */
  pieces: { id: number; bytes: Buffer }[];
}

/** The records of a batch; bodies and messages go to theirs. */
export function intakeOf(batch: Buffer, parts: OpenParts): Intake {
  const items: Item[] = [];
  const pieces: Intake['pieces'] = [];
  /** By their place. */
  const commons = new Map<number, Buffer>();
  for (let at = 0; at < batch.length; ) {
    const bytes = batch.subarray(at, at + numberAt(batch, at, EXCHANGE.bytes));
    const kind = numberAt(batch, at, EXCHANGE.kind);
    if (kind === KIND_COMMON) commons.set(at, bytes);
    else if (kind === KIND_EXCHANGE) items.push(itemOf(bytes, commons.get(at - commonBack(bytes, 0)) ?? null, parts));
    else pieces.push({ id: addPiece(batch, at, parts), bytes });
    at += bytes.length;
  }
  return { items, pieces };
}

function itemOf(record: Buffer, common: Buffer | null, parts: OpenParts): Item {
  const id = numberAt(record, 0, EXCHANGE.id);
  const isLast = numberAt(record, 0, EXCHANGE.durationMs) >= 0;
  const messages = isLast ? parts.takeMessages(id) : undefined;
  const body = parts.bodyOf(id, isLast);
  if (!messages) return { id, record, common, body, isLast };
  const whole = common === null ? record : withCommon(record, common);
  return { id, record: withMessages(whole, messages), common: null, body, isLast };
}

function addPiece(batch: Buffer, at: number, parts: OpenParts): number {
  const piece = readPiece(batch, at);
  parts.add(piece);
  return piece.id;
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
  const places = items.map(({ id, record, common, body }) => {
    const request = withBodies ? body.request : [];
    const response = withBodies ? body.response : [];
    if (common !== null) {
      if (!commons.has(common)) {
        commons.set(common, offset);
        parts.push(common);
        offset += common.length;
      }
      putNumber(record, EXCHANGE.commonBack, offset - (commons.get(common) as number));
    }
    const place = placeOf(id, start.segment, offset, record.length, lengthOf(request), lengthOf(response));
    putNumber(record, EXCHANGE.requestBodyBytes, place.requestBodyBytes);
    putNumber(record, EXCHANGE.responseBodyBytes, place.responseBodyBytes);
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

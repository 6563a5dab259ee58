/** What a batch holds, and how it comes to lie in a segment: each record with its bodies behind it. */
import type { Place } from '../index/exchange-index.ts';
import type { MessageLog } from '../record/message-log.ts';
import { EXCHANGE, KIND_EXCHANGE } from '../record/record-format.ts';
import { partsOf, putMessages, recordOf } from '../record/record-parts.ts';
import { readPiece } from '../record/record-pieces.ts';
import { numberAt } from '../record/record-reader.ts';
import type { OpenBody, OpenParts } from './open-parts.ts';

/** The record of an exchange, with what is kept of its bodies. */
export interface Item {
  id: number;
  /** At a place that is a multiple of eight. */
  record: Buffer;
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
  for (let at = 0; at < batch.length; ) {
    const bytes = batch.subarray(at, at + numberAt(batch, at, EXCHANGE.bytes));
    if (numberAt(batch, at, EXCHANGE.kind) === KIND_EXCHANGE) items.push(itemOf(bytes, parts));
    else pieces.push({ id: addPiece(batch, at, parts), bytes });
    at += bytes.length;
  }
  return { items, pieces };
}

function itemOf(record: Buffer, parts: OpenParts): Item {
  const id = numberAt(record, 0, EXCHANGE.id);
  const isLast = numberAt(record, 0, EXCHANGE.durationMs) >= 0;
  const messages = isLast ? parts.takeMessages(id) : undefined;
  return { id, record: messages ? withMessages(record, messages) : record, body: parts.bodyOf(id, isLast), isLast };
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
  let { offset } = start;
  const places = items.map(({ id, record, body }) => {
    const request = withBodies ? body.request : [];
    const response = withBodies ? body.response : [];
    const place = placeOf(id, start.segment, offset, record.length, lengthOf(request), lengthOf(response));
    record.writeDoubleLE(place.requestBodyBytes, EXCHANGE.requestBodyBytes * 8);
    record.writeDoubleLE(place.responseBodyBytes, EXCHANGE.responseBodyBytes * 8);
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

/** What a batch holds, and how it comes to lie in a segment: each record with its bodies behind it. */
import type { Place } from './exchange-index.ts';
import type { OpenBodies, OpenBody } from './open-bodies.ts';
import { EXCHANGE, KIND_BODY } from './record-format.ts';
import { numberAt, readBodyPiece } from './record-reader.ts';

/** A record of the batch, which begins there at `at`. */
export interface Item {
  at: number;
  id: number;
  record: Buffer;
  body: OpenBody;
}

/** The records of a batch; its pieces of bodies go to theirs. */
export function itemsOf(batch: Buffer, bodies: OpenBodies): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < batch.length; ) {
    const bytes = numberAt(batch, at, EXCHANGE.bytes);
    if (numberAt(batch, at, EXCHANGE.kind) === KIND_BODY) bodies.add(readBodyPiece(batch, at));
    else {
      const id = numberAt(batch, at, EXCHANGE.id);
      const isLast = numberAt(batch, at, EXCHANGE.durationMs) >= 0;
      items.push({ at, id, record: batch.subarray(at, at + bytes), body: bodies.of(id, isLast) });
    }
    at += bytes;
  }
  return items;
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

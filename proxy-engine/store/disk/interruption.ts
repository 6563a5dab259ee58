/** An end for exchanges that will not get one: their process was killed, or they go on while a recording is saved. */
import type { ExchangeIndex } from '../index/exchange-index.ts';
import { EXCHANGE, OWN, SHAPE } from '../record/record-format.ts';
import { partsOf, putMessages, recordOf } from '../record/record-parts.ts';
import { numberAt } from '../record/record-reader.ts';
import { NO_BODY, type OpenBody, type OpenParts } from './open-parts.ts';
import type { Segments } from './segments.ts';
import { type WholeRecord, WholeRecords } from './whole-records.ts';

/** What is known of them beside their record. */
export type KnownParts = Pick<OpenParts, 'soFar' | 'messagesSoFar'>;

export const NOTHING_MORE: KnownParts = {
  soFar: () => NO_BODY,
  messagesSoFar: () => undefined,
};

/** The record and its bodies, ended with the error `INTERRUPTED`. */
export function interrupted(id: number, recorded: WholeRecord, known: KnownParts, why: string): WholeRecord {
  const body = known.soFar(id);
  const messages = known.messagesSoFar(id);
  const bodies = longer(recorded, body);
  const atMs = Math.max(body.atMs, messages?.window(-1, 1)[0]?.atMs ?? 0);
  return { record: endedRecord(recorded.record, bodies, messages, atMs, why), ...bodies };
}

interface Bodies {
  request: Buffer;
  response: Buffer;
}

function longer(recorded: Bodies, known: OpenBody): Bodies {
  const side = (of: keyof Bodies) => {
    const whole = Buffer.concat(known[of]);
    return whole.length > recorded[of].length ? whole : recorded[of];
  };
  return { request: side('request'), response: side('response') };
}

/** `atMs`: when something came last. */
function endedRecord(
  record: Buffer,
  { request, response }: Bodies,
  messages: ReturnType<KnownParts['messagesSoFar']>,
  atMs: number,
  why: string,
): Buffer {
  const parts = partsOf(record);
  parts.shape[SHAPE.errorCode] = 'INTERRUPTED';
  parts.shape[SHAPE.errorSource] = 'proxy';
  parts.own[OWN.errorMessage] = why;
  if (messages) putMessages(parts, messages.text());
  const number = (place: number) => numberAt(record, 0, place);
  const write = (place: number, value: number) => parts.numbers.writeDoubleLE(value, place * 8);
  // It lasted at least as long as something is known of it.
  write(EXCHANGE.durationMs, Math.max(number(EXCHANGE.ttfbMs), atMs));
  write(EXCHANGE.requestSizeBytes, Math.max(number(EXCHANGE.requestSizeBytes), request.length));
  write(EXCHANGE.responseSizeBytes, Math.max(number(EXCHANGE.responseSizeBytes), response.length));
  write(EXCHANGE.requestBodyBytes, request.length);
  write(EXCHANGE.responseBodyBytes, response.length);
  return recordOf(parts);
}

/** Writes an end behind an exchange that has none. Throws when the disk does not take it: it stays as it is. */
export function endRecorded(
  id: number,
  index: ExchangeIndex,
  segments: Segments,
  known: KnownParts,
  why: string,
): void {
  const place = index.place(id);
  const recorded = place && new WholeRecords(segments).read(place);
  if (!recorded) return;
  writeEnd(id, interrupted(id, recorded, known, why), index, segments);
}

/** The same with an end that is known. */
export function writeEnd(
  id: number,
  { record, request, response }: WholeRecord,
  index: ExchangeIndex,
  segments: Segments,
): void {
  const to = segments.place();
  const lengths = {
    recordBytes: record.length,
    requestBodyBytes: request.length,
    responseBodyBytes: response.length,
  };
  try {
    segments.append([record, request, response]);
    index.transaction(() => index.put(record, { id, ...to, ...lengths }));
  } catch (error) {
    segments.truncate(to.segment, to.offset);
    throw error;
  }
}

/** Recorded exchanges read back out of segments, whatever has become of the bytes. */
import type { ExchangeRow } from '../../contract/exchange.ts';
import type { ExchangeSubject } from '../../match/subject.ts';
import type { Place } from '../index/exchange-index.ts';
import type { Marks } from '../index/marks.ts';
import { bodyText } from '../record/body-text.ts';
import { EXCHANGE } from '../record/record-format.ts';
import { hasRow, numberAt, readExchange, readRow } from '../record/record-reader.ts';
import { shownHeaders } from '../record/shown-headers.ts';
import type { StoredExchange } from '../record/stored-exchange.ts';
import { StoredSubject } from '../record/stored-subject.ts';
import type { Segments } from './segments.ts';

/** From which on less than all of a record is read for a row. */
const LARGE_BYTES = 128 * 1024;
const NO_BODIES = { request: Buffer.alloc(0), response: Buffer.alloc(0) };

/** null: it has been dropped, or its bytes are broken. */
export function readStored(segments: Pick<Segments, 'read'>, marks: Marks, place: Place): StoredExchange | null {
  const bytes = segments.read(place.segment, place.offset, bytesOf(place));
  return bytes && storedAt(bytes, place, marks);
}

export function bytesOf({ recordBytes, requestBodyBytes, responseBodyBytes }: Place): number {
  return recordBytes + requestBodyBytes + responseBodyBytes;
}

/** `bytes`: the record and its bodies. null: they are broken. */
export function storedAt(bytes: Buffer, place: Place, marks: Marks): StoredExchange | null {
  if (!isOf(place, bytes)) return null;
  const response = place.recordBytes + place.requestBodyBytes;
  return storedOf(bytes, bytes.subarray(place.recordBytes, response), bytes.subarray(response), marks);
}

/** null: the bytes are broken. */
export function storedOf(record: Buffer, request: Buffer, response: Buffer, marks: Marks): StoredExchange | null {
  try {
    const stored = readExchange(record, { request, response });
    marks.onto(stored.row);
    return stored;
  } catch {
    return null;
  }
}

/** Of what is broken nothing holds. */
export function holdsFor(stored: StoredExchange | null, check: (subject: ExchangeSubject) => boolean): boolean {
  if (stored === null) return false;
  try {
    return check(new StoredSubject(stored, bodyText));
  } catch {
    return false;
  }
}

/** Its line in the list, also when its bytes are broken: the list has no holes. */
export function rowAt(
  segments: Pick<Segments, 'read'>,
  marks: Marks,
  place: Place,
  headers: readonly string[] = [],
): ExchangeRow {
  try {
    const record = segments.read(place.segment, place.offset, bytesForRow(segments, place, headers));
    if (!record || !isOf(place, record)) return unreadable(place.id);
    const row = marks.onto(readRow(record));
    // Heads are read for those who ask: they take longer than all the rest of a row.
    return headers.length > 0 ? { ...row, headers: shownHeaders(readExchange(record, NO_BODIES), headers) } : row;
  } catch {
    return unreadable(place.id);
  }
}

/** A row stands at the beginning; the messages of a WebSocket may follow, megabytes of them. */
function bytesForRow(segments: Pick<Segments, 'read'>, place: Place, headers: readonly string[]): number {
  const { segment, offset, recordBytes } = place;
  if (recordBytes <= LARGE_BYTES || headers.length > 0) return recordBytes;
  const beginning = segments.read(segment, offset, LARGE_BYTES);
  return beginning && hasRow(beginning) ? LARGE_BYTES : recordBytes;
}

function isOf(place: Place, record: Buffer): boolean {
  return numberAt(record, 0, EXCHANGE.id) === place.id && numberAt(record, 0, EXCHANGE.bytes) === place.recordBytes;
}

function unreadable(id: number): ExchangeRow {
  return {
    id,
    startedAt: 0,
    method: '',
    scheme: '',
    host: '',
    path: '',
    protocol: '',
    listener: '',
    attempts: 0,
    durationMs: 0,
    requestSizeBytes: 0,
    responseSizeBytes: 0,
    error: { code: 'UNREADABLE', source: 'proxy', message: 'what was recorded of it on disk is broken' },
    rules: [],
  };
}

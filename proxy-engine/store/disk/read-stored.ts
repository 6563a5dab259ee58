/** Recorded exchanges read back out of segments, whatever has become of the bytes. */
import type { ExchangeRow } from '../../contract/exchange.ts';
import type { ExchangeSubject } from '../../match/subject.ts';
import type { Place } from '../index/exchange-index.ts';
import type { Marks } from '../index/marks.ts';
import { bodyTexts } from '../record/body-text.ts';
import { hasRow, readExchange, readRow } from '../record/record-reader.ts';
import { withHeaders } from '../record/shown-headers.ts';
import type { StoredExchange } from '../record/stored-exchange.ts';
import { StoredSubject } from '../record/stored-subject.ts';
import type { Segments } from './segments.ts';
import type { WholeRecord, WholeRecords } from './whole-records.ts';

/** From which on less than all of a record is read for a row. */
const LARGE_BYTES = 128 * 1024;
const NO_BODIES = { request: Buffer.alloc(0), response: Buffer.alloc(0) };

/** null: it has been dropped, or its bytes are broken. */
export function readStored(records: WholeRecords, marks: Marks, place: Place): StoredExchange | null {
  const found = records.read(place);
  return found && storedOf(found, marks);
}

/** null: the bytes are broken. */
export function storedOf({ record, request, response }: WholeRecord, marks: Marks): StoredExchange | null {
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
    return check(new StoredSubject(stored, bodyTexts));
  } catch {
    return false;
  }
}

/** Its line in the list, also when its bytes are broken: the list has no holes. */
export function rowAt(
  segments: Pick<Segments, 'read'>,
  records: WholeRecords,
  marks: Marks,
  place: Place,
  headers: readonly string[] = [],
): ExchangeRow {
  try {
    const bytes = segments.read(place.segment, place.offset, bytesForRow(segments, place, headers));
    const record = bytes && records.record(place, bytes);
    if (!record) return unreadable(place.id);
    return withHeaders(marks.onto(readRow(record)), headers, () => readExchange(record, NO_BODIES));
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

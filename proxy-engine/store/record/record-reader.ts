/** Recordings read back: out of a batch, or out of a segment. */
import { type AttemptTimes, attemptTimings } from '../../attempt-timings.ts';
import type {
  Attempt,
  ClientTls,
  ExchangeMark,
  ExchangeRow,
  HeaderLines,
  ScriptTrace,
} from '../../contract/exchange.ts';
import { parseFields } from '../../http/fields.ts';
import {
  ATTEMPT,
  ATTEMPT_TEXT_PARTS,
  EXCHANGE,
  errorOf,
  FLAG_ANSWERED,
  FLAG_FAULTED,
  FLAG_REPLAYED,
  NUL,
  OUTCOMES,
  OWN,
  SHAPE,
  splitAnswered,
  UNIT,
} from './record-format.ts';
import { recordedMessages } from './recorded-messages.ts';
import type { Records } from './records.ts';
import type { CapturedSide, StoredExchange } from './stored-exchange.ts';
import { ruleNames, snapshotsOf, tracesOf, valuesOf } from './trace-text.ts';

/** What was read last, for many numbers are read of the same bytes; to ask a Buffer for its memory takes longer than to read one. */
let bytesOfView: Buffer = Buffer.alloc(0);
let view: DataView = new DataView(bytesOfView.buffer);

/** One of the numbers of a record that begins at `at`. Ten times as quick as a Buffer reads it. */
export function numberAt(bytes: Buffer, at: number, place: number): number {
  if (bytes !== bytesOfView) {
    bytesOfView = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view.getFloat64(at + place * 8, true);
}

/** The text of its shape, of the record that begins at `start`. */
export function shapeTextOf({ bytes, numbers }: Pick<Records, 'bytes' | 'numbers'>, start: number): string {
  const base = start >>> 3;
  const text = start + textStart(numbers[base + EXCHANGE.attempts] as number);
  return bytes.toString('utf8', text, text + (numbers[base + EXCHANGE.shapeBytes] as number));
}

/** The first parts of the text that is its own. */
export interface Own {
  /** Where the target lies. */
  targetStart: number;
  targetEnd: number;
  /** undefined: rules wrote nothing on it. */
  mark: ExchangeMark | undefined;
}

/** Of the record that begins at `start`. */
export function readOwn({ bytes, numbers }: Pick<Records, 'bytes' | 'numbers'>, start: number): Own {
  const base = start >>> 3;
  const text = start + textStart(numbers[base + EXCHANGE.attempts] as number);
  // Of broken bytes it may be anything.
  const targetStart = Math.min(
    bytes.length,
    Math.max(0, Math.trunc(text + (numbers[base + EXCHANGE.commonBytes] as number)) || 0),
  );
  const targetEnd = endOfPart(bytes, targetStart);
  if (bytes[targetEnd + 1] === 0 && bytes[targetEnd + 2] === 0) return { targetStart, targetEnd, mark: undefined };
  const [color = '', note = ''] = bytes
    .toString('utf8', targetEnd + 1, text + (numbers[base + EXCHANGE.textBytes] as number))
    .split(NUL, 2);
  return { targetStart, targetEnd, mark: { ...(color && { color }), ...(note && { note }) } };
}

/** Most parts are short: a call into Node takes longer than looking at each byte. */
function endOfPart(record: Buffer, start: number): number {
  let at = start;
  while (at < record.length && record[at] !== 0) at++;
  return at;
}

/** A line of the list. */
export function readRow(record: Buffer): ExchangeRow {
  return rowOf(record, textOf(record, 0).split(NUL));
}

/** Whether all that a row needs stands in the first bytes of a record. */
export function hasRow(beginning: Buffer): boolean {
  return ownParts(beginning, textOf(beginning, 0).split(NUL)).length > OWN.errorMessage + 1;
}

/** Everything. `record` begins with the record and may be longer. */
export function readExchange(record: Buffer, bodies: { request: Buffer; response: Buffer }): StoredExchange {
  const parts = textOf(record, 0).split(NUL);
  const row = rowOf(record, parts);
  const ttfbMs = numberAt(record, 0, EXCHANGE.ttfbMs);
  const differs = (numberAt(record, 0, EXCHANGE.flags) & FLAG_ANSWERED) !== 0;
  const own = ownParts(record, parts);
  const [requestTrailers, responseTrailers, reason, answered, tls, messages, scripts, values, snapshots] = own.slice(
    OWN.requestTrailers,
  );
  const heads = headsOf(record);
  const lines = () => answeredLines(answered ?? '', heads.receivedHead);
  return {
    row,
    ...heads,
    answered: differs ? { status: row.status ?? 0, reason: reason ?? '', headers: lines() } : null,
    requestTrailers: linesOf(requestTrailers),
    responseTrailers: linesOf(responseTrailers),
    attempts: attemptsOf(record, parts, own[OWN.delays]),
    traces: tracesOf(parts[SHAPE.traces]),
    traceValues: valuesOf(values),
    snapshots: snapshotsOf(snapshots),
    scripts: scripts ? (JSON.parse(scripts) as ScriptTrace[]) : null,
    startedAt: 0,
    ttfbMs: ttfbMs < 0 ? undefined : ttfbMs,
    client: { address: parts[SHAPE.clientIp] as string, port: numberAt(record, 0, EXCHANGE.clientPort) },
    tls: tls ? (JSON.parse(tls) as ClientTls) : undefined,
    bodies: { request: sideOf(bodies.request), response: sideOf(bodies.response) },
    messages: messages ? recordedMessages(messages) : null,
    sizeBytes: record.length,
  };
}

function textOf(bytes: Buffer, at: number): string {
  const start = at + textStart(numberAt(bytes, at, EXCHANGE.attempts));
  return bytes.toString('utf8', start, start + numberAt(bytes, at, EXCHANGE.textBytes));
}

/** From the start of a record. */
function textStart(attempts: number): number {
  return (EXCHANGE.count + attempts * ATTEMPT.count) * 8;
}

function ownParts(record: Buffer, parts: readonly string[]): string[] {
  return parts.slice(SHAPE.count + numberAt(record, 0, EXCHANGE.attempts) * ATTEMPT_TEXT_PARTS);
}

/** The farthest from 1970 that a date can be, in milliseconds. */
const FARTHEST_MS = 8.64e15;

/** Throws for what no exchange has: the bytes are broken, or somebody else made them. A list, an index or a HAR could not take it. */
function checkNumbers(bytes: Buffer): void {
  const sizes = numberAt(bytes, 0, EXCHANGE.requestSizeBytes) + numberAt(bytes, 0, EXCHANGE.responseSizeBytes);
  const isDate = Math.abs(numberAt(bytes, 0, EXCHANGE.startedAt)) <= FARTHEST_MS;
  if (!isDate || !Number.isFinite(sizes)) throw new RangeError('its numbers are broken');
}

function rowOf(bytes: Buffer, parts: readonly string[]): ExchangeRow {
  checkNumbers(bytes);
  const part = (index: number) => parts[index] as string;
  const number = (place: number) => numberAt(bytes, 0, place);
  const durationMs = number(EXCHANGE.durationMs);
  const own = ownParts(bytes, parts);
  const color = own[OWN.color] || undefined;
  const note = own[OWN.note] || undefined;
  return {
    id: number(EXCHANGE.id),
    startedAt: number(EXCHANGE.startedAt),
    method: part(SHAPE.method),
    scheme: part(SHAPE.scheme),
    host: part(SHAPE.authority),
    path: own[OWN.target] as string,
    status: number(EXCHANGE.status) || undefined,
    protocol: part(SHAPE.protocol),
    listener: part(SHAPE.listener),
    route: part(SHAPE.route) || undefined,
    pool: part(SHAPE.pool) || undefined,
    backend: part(SHAPE.backend) || undefined,
    attempts: number(EXCHANGE.attempts),
    durationMs: durationMs < 0 ? undefined : durationMs,
    requestSizeBytes: number(EXCHANGE.requestSizeBytes),
    responseSizeBytes: number(EXCHANGE.responseSizeBytes),
    contentType: part(SHAPE.contentType) || undefined,
    error: errorOf(part(SHAPE.errorCode), part(SHAPE.errorSource), own[OWN.errorMessage] as string),
    faulted: (number(EXCHANGE.flags) & FLAG_FAULTED) !== 0 || undefined,
    replayed: (number(EXCHANGE.flags) & FLAG_REPLAYED) !== 0 || undefined,
    rules: ruleNames(part(SHAPE.traces)),
    mark: color !== undefined || note !== undefined ? { color, note } : undefined,
  };
}

function headsOf(record: Buffer): Pick<StoredExchange, 'requestHead' | 'sentHead' | 'receivedHead'> {
  const attempts = numberAt(record, 0, EXCHANGE.attempts);
  const request = textStart(attempts) + numberAt(record, 0, EXCHANGE.textBytes);
  const sent = request + numberAt(record, 0, EXCHANGE.requestHeadBytes);
  const received = sent + numberAt(record, 0, EXCHANGE.sentHeadBytes);
  return {
    requestHead: record.subarray(request, sent),
    sentHead: record.subarray(sent, received),
    receivedHead: record.subarray(received, received + numberAt(record, 0, EXCHANGE.receivedHeadBytes)),
  };
}

function attemptsOf(record: Buffer, parts: readonly string[], delays = ''): Attempt[] {
  const delayedUntil = delays.split(UNIT);
  return Array.from({ length: numberAt(record, 0, EXCHANGE.attempts) }, (_, index) => {
    const base = EXCHANGE.count + index * ATTEMPT.count;
    const texts = parts.slice(SHAPE.count + index * ATTEMPT_TEXT_PARTS) as string[];
    return attemptOf((place) => numberAt(record, 0, base + place), texts, Number(delayedUntil[index] || -1));
  });
}

function attemptOf(number: (place: number) => number, texts: readonly string[], delayedUntil: number): Attempt {
  const [backend = '', address = '', why = '', protocol, fault, code = '', source = '', message = ''] = texts;
  const outcome = OUTCOMES[number(ATTEMPT.outcome)] ?? 'failed';
  const times = timesOf(number, delayedUntil);
  return {
    backend,
    address,
    why,
    outcome,
    status: number(ATTEMPT.status) || undefined,
    error: errorOf(code, source, message),
    reused: number(ATTEMPT.reused) === 1,
    startedMs: times.startedAt,
    timings: attemptTimings(times, outcome, code),
    bytesSent: number(ATTEMPT.bytesSent),
    bytesReceived: number(ATTEMPT.bytesReceived),
    protocol: protocol || undefined,
    fault: fault || undefined,
  };
}

/** On a clock that begins with the exchange. */
function timesOf(number: (place: number) => number, delayedUntil: number): AttemptTimes {
  return {
    startedAt: number(ATTEMPT.startedMs),
    delayedUntil,
    dnsEndAt: number(ATTEMPT.dnsEndMs),
    connectedAt: number(ATTEMPT.connectedMs),
    tlsEndAt: number(ATTEMPT.tlsEndMs),
    sentAt: number(ATTEMPT.sentMs),
    headAt: number(ATTEMPT.headMs),
    endedAt: number(ATTEMPT.endedMs),
  };
}

function answeredLines(text: string, receivedHead: Buffer): HeaderLines {
  const [mark, own] = splitAnswered(text);
  if (mark === '') return linesOf(own);
  const end = receivedHead.indexOf('\r\n') + 2;
  const received = parseFields(receivedHead.toString('latin1'), end, NO_LIMIT).lines();
  return [...received, ...linesOf(own)];
}

/** It has been read within limits when it came. */
const NO_LIMIT = { headers: Number.POSITIVE_INFINITY };

function linesOf(text: string | undefined): HeaderLines {
  if (!text) return [];
  const flat = text.split(UNIT);
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[index * 2] as string,
    flat[index * 2 + 1] as string,
  ]);
}

function sideOf(bytes: Buffer): CapturedSide | null {
  return bytes.length === 0 ? null : { chunks: [bytes], keptBytes: bytes.length };
}

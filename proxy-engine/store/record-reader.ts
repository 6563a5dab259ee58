/** Recordings read back: out of a batch, or out of a segment. */
import type {
  Attempt,
  ClientTls,
  ExchangeRow,
  HeaderLines,
  RuleTrace,
  ScriptTrace,
  WebSocketMessage,
} from '../contract/exchange.ts';
import {
  ATTEMPT,
  ATTEMPT_TEXT_PARTS,
  BODY,
  EXCHANGE,
  errorOf,
  FLAG_ANSWERED,
  FLAG_FAULTED,
  LINE,
  NUL,
  OUTCOMES,
  TEXT,
  timingsOf,
  UNIT,
} from './record-format.ts';
import type { CapturedSide, StoredExchange } from './stored-exchange.ts';

export interface BodyPiece {
  id: number;
  side: 'request' | 'response';
  bytes: Buffer;
}

/** `at`: a multiple of eight. */
export function readBodyPiece(batch: Buffer, at: number): BodyPiece {
  const start = at + BODY.count * 8;
  return {
    id: numberAt(batch, at, BODY.id),
    side: numberAt(batch, at, BODY.side) === 0 ? 'request' : 'response',
    bytes: batch.subarray(start, start + numberAt(batch, at, BODY.length)),
  };
}

/** One of the numbers of a record that begins at `at`. */
export function numberAt(bytes: Buffer, at: number, place: number): number {
  return bytes.readDoubleLE(at + place * 8);
}

/** What the index needs of a record: its numbers, and its text in parts. */
export interface IndexedRecord {
  numbers: Float64Array;
  parts: readonly string[];
}

/** Of a record in a batch; `at` is a multiple of eight. The numbers are a view of the batch. */
export function readIndexed(batch: Buffer, at: number): IndexedRecord {
  const numbers = new Float64Array(batch.buffer, batch.byteOffset + at, EXCHANGE.count);
  return { numbers, parts: textOf(batch, at).split(NUL) };
}

/** A line of the list. */
export function readRow(record: Buffer): ExchangeRow {
  return rowOf(record, textOf(record, 0).split(NUL));
}

/** Everything. `record` begins with the record and may be longer. */
export function readExchange(record: Buffer, bodies: { request: Buffer; response: Buffer }): StoredExchange {
  const parts = textOf(record, 0).split(NUL);
  const row = rowOf(record, parts);
  const ttfbMs = numberAt(record, 0, EXCHANGE.ttfbMs);
  const differs = (numberAt(record, 0, EXCHANGE.flags) & FLAG_ANSWERED) !== 0;
  const [requestTrailers, responseTrailers, reason, answered, traces, tls, messages, scripts] = parts.slice(
    TEXT.requestTrailers,
  ) as string[];
  return {
    row,
    ...headsOf(record),
    answered: differs ? { status: row.status ?? 0, reason: reason ?? '', headers: linesOf(answered) } : null,
    requestTrailers: linesOf(requestTrailers),
    responseTrailers: linesOf(responseTrailers),
    attempts: attemptsOf(record, parts),
    traces: tracesOf(traces),
    scripts: scripts ? (JSON.parse(scripts) as ScriptTrace[]) : null,
    startedAt: 0,
    ttfbMs: ttfbMs < 0 ? undefined : ttfbMs,
    client: { address: parts[TEXT.clientIp] as string, port: numberAt(record, 0, EXCHANGE.clientPort) },
    tls: tls ? (JSON.parse(tls) as ClientTls) : undefined,
    bodies: { request: sideOf(bodies.request), response: sideOf(bodies.response) },
    messages: messages ? keptMessages(messages) : null,
    sizeBytes: record.length,
  };
}

function textOf(bytes: Buffer, at: number): string {
  const start = at + (EXCHANGE.count + numberAt(bytes, at, EXCHANGE.attempts) * ATTEMPT.count) * 8;
  return bytes.toString('utf8', start, start + numberAt(bytes, at, EXCHANGE.textBytes));
}

function rowOf(bytes: Buffer, parts: readonly string[]): ExchangeRow {
  const part = (index: number) => parts[index] as string;
  const number = (place: number) => numberAt(bytes, 0, place);
  const durationMs = number(EXCHANGE.durationMs);
  const color = part(TEXT.color) || undefined;
  const note = part(TEXT.note) || undefined;
  return {
    id: number(EXCHANGE.id),
    startedAt: number(EXCHANGE.startedAt),
    method: part(TEXT.method),
    scheme: part(TEXT.scheme),
    host: part(TEXT.authority),
    path: part(TEXT.target),
    status: number(EXCHANGE.status) || undefined,
    protocol: part(TEXT.protocol),
    listener: part(TEXT.listener),
    route: part(TEXT.route) || undefined,
    pool: part(TEXT.pool) || undefined,
    backend: part(TEXT.backend) || undefined,
    attempts: number(EXCHANGE.attempts),
    durationMs: durationMs < 0 ? undefined : durationMs,
    requestSizeBytes: number(EXCHANGE.requestSizeBytes),
    responseSizeBytes: number(EXCHANGE.responseSizeBytes),
    contentType: part(TEXT.contentType) || undefined,
    error: errorOf(part(TEXT.errorCode), part(TEXT.errorSource), part(TEXT.errorMessage)),
    faulted: (number(EXCHANGE.flags) & FLAG_FAULTED) !== 0 || undefined,
    rules: ruleNames(part(TEXT.traces)),
    mark: color !== undefined || note !== undefined ? { color, note } : undefined,
  };
}

function headsOf(record: Buffer): Pick<StoredExchange, 'requestHead' | 'sentHead' | 'receivedHead'> {
  const attempts = numberAt(record, 0, EXCHANGE.attempts);
  const request = (EXCHANGE.count + attempts * ATTEMPT.count) * 8 + numberAt(record, 0, EXCHANGE.textBytes);
  const sent = request + numberAt(record, 0, EXCHANGE.requestHeadBytes);
  const received = sent + numberAt(record, 0, EXCHANGE.sentHeadBytes);
  return {
    requestHead: record.subarray(request, sent),
    sentHead: record.subarray(sent, received),
    receivedHead: record.subarray(received, received + numberAt(record, 0, EXCHANGE.receivedHeadBytes)),
  };
}

function attemptsOf(record: Buffer, parts: readonly string[]): Attempt[] {
  return Array.from({ length: numberAt(record, 0, EXCHANGE.attempts) }, (_, index) => {
    const base = EXCHANGE.count + index * ATTEMPT.count;
    const texts = parts.slice(TEXT.count + index * ATTEMPT_TEXT_PARTS) as string[];
    return attemptOf((place) => numberAt(record, 0, base + place), texts);
  });
}

function attemptOf(number: (place: number) => number, texts: readonly string[]): Attempt {
  const [backend = '', address = '', why = '', protocol, fault, code = '', source = '', message = ''] = texts;
  const startedMs = number(ATTEMPT.startedMs);
  return {
    backend,
    address,
    why,
    outcome: OUTCOMES[number(ATTEMPT.outcome)] ?? 'failed',
    status: number(ATTEMPT.status) || undefined,
    error: errorOf(code, source, message),
    reused: number(ATTEMPT.reused) === 1,
    startedMs,
    timings: timingsOf({
      startedMs,
      dnsEndMs: number(ATTEMPT.dnsEndMs),
      connectedMs: number(ATTEMPT.connectedMs),
      tlsEndMs: number(ATTEMPT.tlsEndMs),
      sentMs: number(ATTEMPT.sentMs),
      headMs: number(ATTEMPT.headMs),
      endedMs: number(ATTEMPT.endedMs),
    }),
    bytesSent: number(ATTEMPT.bytesSent),
    bytesReceived: number(ATTEMPT.bytesReceived),
    protocol: protocol || undefined,
    fault: fault || undefined,
  };
}

function tracesOf(text: string | undefined): RuleTrace[] {
  if (!text) return [];
  return text.split(LINE).map((line) => {
    const [name = '', phase, ...actions] = line.split(UNIT);
    return { name, phase: phase === 'response' ? 'response' : 'request', actions };
  });
}

/** Each rule once. */
export function ruleNames(traces: string): string[] {
  return [...new Set(tracesOf(traces).map(({ name }) => name))];
}

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

function keptMessages(json: string): NonNullable<StoredExchange['messages']> {
  const { total, firstKept, notes, messages } = JSON.parse(json) as {
    total: number;
    firstKept: number;
    notes: string[];
    messages: WebSocketMessage[];
  };
  return {
    total,
    firstKept,
    notes,
    window(from, limit) {
      const at = Math.max(0, (from < 0 ? total + from : from) - firstKept);
      return messages.slice(at, at + limit);
    },
  };
}

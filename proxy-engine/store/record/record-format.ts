/**
 * How a recording travels from the engine to the store thread and lies in a segment: numbers first (float64, so that writing
 * one is a store into an array), then text (UTF-8, parts joined by NUL), then the heads as they were on the wire.
 * Records begin at multiples of eight bytes.
 */
import type { AttemptOutcome, ErrorSource, ExchangeError } from '../../contract/exchange.ts';

export const KIND_EXCHANGE = 1;
export const KIND_MESSAGE = 3;
export const KIND_COMMON = 4;
/** 2 in older journals: it had no time. */
export const KIND_BODY = 5;

/** Places of the numbers of an exchange; those of its attempts follow. */
export const EXCHANGE = {
  kind: 0,
  /** Of the whole record, padding of less than eight bytes included. */
  bytes: 1,
  id: 2,
  /** Epoch milliseconds. */
  startedAt: 3,
  /** -1: it goes on. */
  durationMs: 4,
  /** -1: no head came. */
  ttfbMs: 5,
  /** 0: not answered. */
  status: 6,
  requestSizeBytes: 7,
  responseSizeBytes: 8,
  flags: 9,
  attempts: 10,
  clientPort: 11,
  /** Of its shape, in the numbering of the engine's run; 0: it has none, its text tells. */
  shape: 12,
  /** Of the text: of its shape, of its shape and attempts, of all. */
  shapeBytes: 13,
  /** In the same place where `FLAG_COMMON_APART` is set: bytes from the beginning of that text to that of the record. */
  commonBack: 13,
  commonBytes: 14,
  textBytes: 15,
  requestHeadBytes: 16,
  sentHeadBytes: 17,
  receivedHeadBytes: 18,
  /** Of the bodies that follow the record, the request's first; in a batch those that came as pieces do not follow yet, and are not counted. */
  requestBodyBytes: 19,
  responseBodyBytes: 20,
  count: 21,
} as const;

/** Places of the numbers of an attempt. Times are milliseconds from the start of the exchange; -1: did not happen. */
export const ATTEMPT = {
  outcome: 0,
  status: 1,
  reused: 2,
  startedMs: 3,
  dnsEndMs: 4,
  connectedMs: 5,
  tlsEndMs: 6,
  sentMs: 7,
  headMs: 8,
  endedMs: 9,
  bytesSent: 10,
  bytesReceived: 11,
  count: 12,
} as const;

/** Places of the numbers of a text that records behind it have in common: that of their shape, and of their attempts. It follows. */
export const COMMON = { kind: 0, bytes: 1, shapeBytes: 2, length: 3, count: 4 } as const;

/** Places of the numbers of a piece of a body; its bytes follow. `offset`: where in the body it begins. `atMs`: from the start of the exchange. */
export const BODY = { kind: 0, bytes: 1, id: 2, side: 3, length: 4, offset: 5, atMs: 6, count: 7 } as const;

/** Places of the numbers of a message of a WebSocket, or of a word about them; its data or text follows. */
export const MESSAGE = {
  kind: 0,
  bytes: 1,
  id: 2,
  /** In `MESSAGE_TYPES`. */
  type: 3,
  /** 0: the client, 1: the server. */
  from: 4,
  /** From the start of the exchange. */
  atMs: 5,
  /** Of the whole message; of a gap: how many messages were left out. */
  size: 6,
  wireBytes: 7,
  fragments: 8,
  compressed: 9,
  /** 0: it has none. */
  closeCode: 10,
  length: 11,
  count: 12,
} as const;

export const MESSAGE_TYPES = ['text', 'binary', 'ping', 'pong', 'close', 'note', 'gap'] as const;

export const FLAG_MOCKED = 1;
/** The answer is not the head that the backend gave. */
export const FLAG_ANSWERED = 2;
/** A failure made on purpose hit at least one of its attempts. */
export const FLAG_FAULTED = 4;
/** A body has a content coding, or its content type another charset than UTF-8; or its messages are in base64, or compressed. */
export const FLAG_CODED = 8;
/** Switchyard itself sent it. */
export const FLAG_REPLAYED = 16;
/** Messages of a WebSocket are in its text. Older recordings do not tell it. */
export const FLAG_MESSAGES = 32;
/** The text of its shape and of its attempts lies before it, once for many records; in the record there is none of it. */
export const FLAG_COMMON_APART = 64;
/** A body is a form whose fields are percent-encoded. Older recordings do not tell it. */
export const FLAG_REQUEST_FORM = 128;
export const FLAG_RESPONSE_FORM = 256;

/** Places of the parts of the text: what an exchange has in common with many. The texts of its attempts follow, then `OWN`. */
export const SHAPE = {
  method: 0,
  scheme: 1,
  authority: 2,
  protocol: 3,
  listener: 4,
  route: 5,
  pool: 6,
  backend: 7,
  contentType: 8,
  clientIp: 9,
  errorCode: 10,
  errorSource: 11,
  traces: 12,
  count: 13,
} as const;
/** Places of the parts of the text that are its own, after those of its attempts. */
export const OWN = {
  target: 0,
  color: 1,
  note: 2,
  errorMessage: 3,
  requestTrailers: 4,
  responseTrailers: 5,
  answeredReason: 6,
  answeredLines: 7,
  tls: 8,
  messages: 9,
  scripts: 10,
  traceValues: 11,
  snapshots: 12,
  /** Only where an attempt was delayed; a number an attempt, as above. */
  delays: 13,
} as const;
export const ATTEMPT_TEXT_PARTS = 8;

export const OUTCOMES: readonly AttemptOutcome[] = ['answered', 'retried', 'failed', 'pending'];

export const NUL = '\0';
/** Between the lines of a list within a part, and between the parts of such a line. */
export const LINE = '\u001e';
export const UNIT = '\u001f';
/** In front of the lines of an answer: they come after those that the backend sent. No name of a header holds it. */
export const AS_RECEIVED = '\u001d';

/** The mark in front of the lines of an answer, '' when there is none, and the lines. */
export function splitAnswered(text: string): [mark: string, lines: string] {
  const mark = AS_RECEIVED + UNIT;
  if (text.startsWith(mark)) return [mark, text.slice(mark.length)];
  return text === AS_RECEIVED ? [AS_RECEIVED, ''] : ['', text];
}

export function errorOf(code: string, source: string, message: string): ExchangeError | undefined {
  return code === '' ? undefined : { code, source: source as ErrorSource, message };
}

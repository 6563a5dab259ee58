/** What is recorded of one request and its response or error, as the window and the control API see it (control.md). */
import type { HeadStep } from './head-step.ts';

/** Header lines in the order and spelling in which they arrived. Values are latin1: one char a byte. */
export type HeaderLines = [name: string, value: string][];

/** HAR names, milliseconds; -1: did not happen (a reused connection has no connect). */
export interface Timings {
  blocked: number;
  dns: number;
  connect: number;
  tls: number;
  send: number;
  wait: number;
  receive: number;
}

export type ErrorSource = 'client' | 'backend' | 'proxy';

export interface ExchangeError {
  /** Stable, upper case: `CONNECT_REFUSED`, `HEAD_TIMEOUT` … (`proxy-engine/errors.ts`). */
  code: string;
  source: ErrorSource;
  message: string;
}

/** Colours that people mark exchanges with; rules may name others. */
export const MARK_COLORS = ['red', 'amber', 'green', 'blue', 'purple', 'gray'] as const;
export type MarkColor = (typeof MARK_COLORS)[number];

/** What a rule or a person wrote on it. */
export interface ExchangeMark {
  color?: string;
  note?: string;
  /** It is not pushed out by newer ones. */
  pinned?: boolean;
}

/** One line of the traffic list. Host and path are text to commands, latin1 in the store. Sizes are body bytes on the wire; `startedAt` is epoch milliseconds. */
export interface ExchangeRow {
  id: number;
  startedAt: number;
  method: string;
  scheme: string;
  host: string;
  path: string;
  /** Absent until answered, and when the exchange ended without an answer. */
  status?: number;
  protocol: string;
  listener: string;
  route?: string;
  pool?: string;
  backend?: string;
  attempts: number;
  /** Absent while in flight. */
  durationMs?: number;
  requestSizeBytes: number;
  responseSizeBytes: number;
  contentType?: string;
  error?: ExchangeError;
  /** A failure made on purpose hit at least one of its attempts; absent: none did. */
  faulted?: true;
  /** Switchyard itself sent it, composed or replayed; absent: a client did. */
  replayed?: true;
  /** Names of the rules that touched it. */
  rules: string[];
  mark?: ExchangeMark;
  /** Of a call of gRPC that has ended: `0`, `14`. HTTP says 200 whatever it was. */
  grpcStatus?: string;
  /** Of those that were asked for, trailers among them, by `request:name` or `response:name`; several of one name are joined with commas. */
  headers?: Record<string, string>;
}

export interface CapturedBody {
  /** Bytes that passed. */
  sizeBytes: number;
  /** Bytes that were kept. */
  captured: number;
  truncated: boolean;
}

export interface RequestMessage {
  method: string;
  /** latin1: one char a byte. */
  target: string;
  version: string;
  headers: HeaderLines;
  trailers: HeaderLines;
  body: CapturedBody;
}

export interface ResponseMessage {
  status: number;
  reason: string;
  version: string;
  headers: HeaderLines;
  trailers: HeaderLines;
  body: CapturedBody;
}

/** One message of a WebSocket; fragments are joined (RFC 6455 §5.4). */
export interface WebSocketMessage {
  /** From 0, in the order in which the messages of both directions passed. */
  index: number;
  /** Milliseconds from the start of the exchange. */
  atMs: number;
  from: 'client' | 'server';
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close';
  /** Inflated. Text and the reason of a close as they are; everything else base64. */
  data: string;
  /** Bytes of the message, inflated. */
  sizeBytes: number;
  /** `data` is not all of it. */
  truncated: boolean;
  /** Payload bytes as they passed. */
  wireBytes: number;
  /** Frames that it came in. */
  fragments: number;
  compressed: boolean;
  /** Of a close; 1005: it names none. */
  closeCode?: number;
}

/** How an attempt ended. `answered`: its response was used; `retried`: another attempt followed; `pending`: it goes on. */
export type AttemptOutcome = 'answered' | 'retried' | 'failed' | 'pending';

/** One try to get the response from one backend. */
export interface Attempt {
  backend: string;
  /** `127.0.0.1:3001` */
  address: string;
  /** Why this backend was picked, in a sentence: `round_robin`, `round_robin, a already tried`. */
  why: string;
  outcome: AttemptOutcome;
  status?: number;
  error?: ExchangeError;
  /** The failure made on purpose that it suffered, in words: `+200 ms, 30 % 503`; absent: none. */
  fault?: string;
  /** Whether a kept-alive connection was used. */
  reused: boolean;
  /** Milliseconds from the start of the exchange. */
  startedMs: number;
  timings: Timings;
  bytesSent: number;
  bytesReceived: number;
  /** `HTTP/1.1`, `HTTP/2`; absent: there was no connection. */
  protocol?: string;
}

/** A rule that held, and what it did, in the order in which rules acted. */
export interface RuleTrace {
  name: string;
  phase: 'request' | 'response';
  /** The actions in a few words: `set x-proxy-added`, `delete server`. */
  actions: string[];
}

export interface ConsoleLine {
  level: 'log' | 'info' | 'warn' | 'error' | 'debug';
  text: string;
}

/** One call of a script by a rule: what it wrote to its console, and why it failed if it did (the message then went on unchanged). */
export interface ScriptTrace {
  rule: string;
  /** File name without its directory. */
  file: string;
  phase: 'request' | 'response';
  durationMs: number;
  console: ConsoleLine[];
  /** Line and column count from 1; absent when the place is not known. */
  error?: { message: string; line?: number; column?: number };
}

/** The TLS of a client's connection to a listener. */
export interface ClientTls {
  /** `TLSv1.3` */
  version: string;
  /** IANA's name: `TLS_AES_128_GCM_SHA256`. */
  cipher: string;
  alpn?: string;
  serverName?: string;
  /** Whether an earlier session was taken up again. */
  resumed: boolean;
  /** The certificate that the client showed, if it did. */
  client?: { subject: string; trusted: boolean };
}

export type RequestHead = Pick<RequestMessage, 'method' | 'target' | 'version' | 'headers'>;
export type ResponseHead = Pick<ResponseMessage, 'status' | 'reason' | 'version' | 'headers'>;
export type InterimHead = Omit<ResponseHead, 'version'>;

/** What `exchange.get` answers. */
export interface Exchange extends Omit<ExchangeRow, 'attempts' | 'rules'> {
  request: RequestMessage;
  response?: ResponseMessage;
  /** The request as the backend got it, when it differs from what the client sent. */
  sent?: RequestHead;
  /** The response as the backend gave it, when it differs from what the client got. */
  received?: ResponseHead;
  /** What the backend said before its response, with a status of 1xx: 103 (Early Hints), for example; absent when nothing. */
  interim?: InterimHead[];
  attempts: Attempt[];
  rules: RuleTrace[];
  /** What rules and Switchyard did to the heads, one action after the other; empty when no rule, script or person acted. */
  steps: HeadStep[];
  /** Scripts that ran, in order; absent when none did. */
  scripts?: ScriptTrace[];
  timings: Timings;
  client: { address: string; port: number };
  /** Of a WebSocket: messages so far, and why the rest of a direction was not understood. */
  messages?: { total: number; notes: string[] };
  /** Of the client's connection; absent when it came in clear. */
  tls?: ClientTls;
}

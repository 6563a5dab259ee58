/** Recordings on their way to the store thread: written into one buffer, which is handed over whole. On the request path: no JSON, no promise. */
import type { ClientTls, RuleTrace } from '../contract/exchange.ts';
import type { ProxyError } from '../errors.ts';
import type { LiveAttempt, LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import {
  ATTEMPT,
  BODY,
  EXCHANGE,
  FLAG_ANSWERED,
  FLAG_FAULTED,
  FLAG_MOCKED,
  KIND_BODY,
  KIND_EXCHANGE,
  LINE,
  NUL,
  OUTCOMES,
  UNIT,
} from './record-format.ts';

const NONE = new Uint8Array();

export class RecordBatch {
  #bytes: Buffer;
  #numbers: Float64Array;
  #at = 0;

  /** `buffer`: empty, its length a multiple of eight. */
  constructor(buffer: ArrayBuffer) {
    this.#bytes = Buffer.from(buffer);
    this.#numbers = new Float64Array(buffer);
  }

  get length(): number {
    return this.#at;
  }

  /** Gives the written bytes away and goes on with `next`. */
  swap(next: ArrayBuffer): { buffer: ArrayBuffer; length: number } {
    const full = { buffer: this.#bytes.buffer as ArrayBuffer, length: this.#at };
    this.#bytes = Buffer.from(next);
    this.#numbers = new Float64Array(next);
    this.#at = 0;
    return full;
  }

  /** False: there is no room; swap first. A piece of a body is at most as long as a quarter of the buffer. */
  addBody(id: number, side: 'request' | 'response', chunk: Uint8Array): boolean {
    const bytes = padded(BODY.count * 8 + chunk.length);
    if (this.#at + bytes > this.#bytes.length) return false;
    const base = this.#at / 8;
    const numbers = this.#numbers;
    numbers[base + BODY.kind] = KIND_BODY;
    numbers[base + BODY.bytes] = bytes;
    numbers[base + BODY.id] = id;
    numbers[base + BODY.side] = side === 'request' ? 0 : 1;
    numbers[base + BODY.length] = chunk.length;
    this.#bytes.set(chunk, this.#at + BODY.count * 8);
    this.#at += bytes;
    return true;
  }

  /** Bytes that the record of an exchange can take at most. */
  static roomFor(live: LiveExchange, text: string): number {
    const heads = live.request.raw.length + (live.sentHead?.length ?? 0) + (live.response?.raw.length ?? 0);
    return (EXCHANGE.count + live.attempts.length * ATTEMPT.count) * 8 + 3 * text.length + heads + 8;
  }

  /** False: there is no room; swap first. `text`: of `exchangeText`. `startedAt`: epoch milliseconds. */
  addExchange(live: LiveExchange, text: string, startedAt: number): boolean {
    if (this.#at + RecordBatch.roomFor(live, text) > this.#bytes.length) return false;
    const base = this.#at / 8;
    const raw = live.request.raw;
    const received = live.response?.raw ?? NONE;
    this.#writeNumbers(base, live, startedAt);
    let at = this.#at + (EXCHANGE.count + live.attempts.length * ATTEMPT.count) * 8;
    const textBytes = this.#bytes.write(text, at, 'utf8');
    at += textBytes;
    this.#bytes.set(raw, at);
    at += raw.length;
    const sentBytes = live.sentHead === null ? 0 : this.#bytes.write(live.sentHead, at, 'latin1');
    at += sentBytes;
    this.#bytes.set(received, at);
    at += received.length;
    const numbers = this.#numbers;
    numbers[base + EXCHANGE.textBytes] = textBytes;
    numbers[base + EXCHANGE.requestHeadBytes] = raw.length;
    numbers[base + EXCHANGE.sentHeadBytes] = sentBytes;
    numbers[base + EXCHANGE.receivedHeadBytes] = received.length;
    const bytes = padded(at - this.#at);
    numbers[base + EXCHANGE.bytes] = bytes;
    this.#at += bytes;
    return true;
  }

  #writeNumbers(base: number, live: LiveExchange, startedAt: number): void {
    const numbers = this.#numbers;
    const differs = live.answered !== null && live.answered.headers !== live.response?.headers;
    numbers[base + EXCHANGE.kind] = KIND_EXCHANGE;
    numbers[base + EXCHANGE.id] = live.id;
    numbers[base + EXCHANGE.startedAt] = startedAt;
    numbers[base + EXCHANGE.durationMs] = live.endedAt < 0 ? -1 : live.endedAt - live.startedAt;
    numbers[base + EXCHANGE.ttfbMs] = live.headAt < 0 ? -1 : live.headAt - live.startedAt;
    numbers[base + EXCHANGE.status] = live.answered?.status ?? 0;
    numbers[base + EXCHANGE.requestSizeBytes] = live.requestSizeBytes;
    numbers[base + EXCHANGE.responseSizeBytes] = live.responseSizeBytes;
    numbers[base + EXCHANGE.flags] = flagsOf(live, differs);
    numbers[base + EXCHANGE.attempts] = live.attempts.length;
    numbers[base + EXCHANGE.clientPort] = live.clientPort;
    let at = base + EXCHANGE.count;
    for (const attempt of live.attempts) {
      this.#writeAttempt(at, attempt, live.startedAt);
      at += ATTEMPT.count;
    }
  }

  #writeAttempt(base: number, attempt: LiveAttempt, zero: number): void {
    const numbers = this.#numbers;
    numbers[base + ATTEMPT.outcome] = OUTCOMES.indexOf(attempt.outcome);
    numbers[base + ATTEMPT.status] = attempt.status;
    numbers[base + ATTEMPT.reused] = attempt.reused ? 1 : 0;
    numbers[base + ATTEMPT.startedMs] = since(zero, attempt.startedAt);
    numbers[base + ATTEMPT.dnsEndMs] = since(zero, attempt.dnsEndAt);
    numbers[base + ATTEMPT.connectedMs] = since(zero, attempt.connectedAt);
    numbers[base + ATTEMPT.tlsEndMs] = since(zero, attempt.tlsEndAt);
    numbers[base + ATTEMPT.sentMs] = since(zero, attempt.sentAt);
    numbers[base + ATTEMPT.headMs] = since(zero, attempt.headAt);
    numbers[base + ATTEMPT.endedMs] = since(zero, attempt.endedAt);
    numbers[base + ATTEMPT.bytesSent] = attempt.bytesSent;
    numbers[base + ATTEMPT.bytesReceived] = attempt.bytesReceived;
  }
}

function flagsOf({ mocked, attempts }: LiveExchange, differs: boolean): number {
  let flags = (mocked ? FLAG_MOCKED : 0) | (differs ? FLAG_ANSWERED : 0);
  for (const { fault } of attempts) if (fault !== null) flags |= FLAG_FAULTED;
  return flags;
}

function since(zero: number, at: number): number {
  return at < 0 ? -1 : at - zero;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** The text of a record. `messages`: of its WebSocket, as JSON; '' when it is none. */
export function exchangeText(live: LiveExchange, messages: string): string {
  const { request, answered, error, mark } = live;
  const differs = answered !== null && answered.headers !== live.response?.headers;
  let text =
    `${request.method}\0${live.scheme}\0${request.authority}\0${request.target}\0${live.protocol}\0${live.listener}\0` +
    `${live.route ?? ''}\0${live.pool ?? ''}\0${live.backend ?? ''}\0${answered?.headers.get('content-type') ?? ''}\0` +
    `${live.clientIp}\0${error === null ? '\0\0' : failureText(error)}\0`;
  text += mark === null ? '\0\0' : `${mark.color ?? ''}\0${(mark.note ?? '').replaceAll(NUL, ' ')}\0`;
  text += live.requestTrailers === null ? NUL : `${linesText(live.requestTrailers)}\0`;
  text += live.responseTrailers === null ? NUL : `${linesText(live.responseTrailers)}\0`;
  text += differs ? `${answered.reason}\0${linesText(answered.headers)}\0` : '\0\0';
  text += live.traces === null ? NUL : `${tracesText(live.traces)}\0`;
  text += `${live.tls === null ? '' : tlsText(live.tls)}\0${messages}\0`;
  text += live.scripts === null ? NUL : `${JSON.stringify(live.scripts)}\0`;
  for (const attempt of live.attempts) text += attemptText(attempt);
  return text;
}

function attemptText({ backend, address, why, protocol, fault, error }: LiveAttempt): string {
  const failure = error === null ? '\0\0' : failureText(error);
  return `${backend}\0${address}\0${why}\0${protocol}\0${fault ?? ''}\0${failure}\0`;
}

function failureText({ code, source, message }: ProxyError): string {
  return `${code}\0${source}\0${message.replaceAll(NUL, ' ')}`;
}

function linesText({ flat }: Headers): string {
  return flat.join(UNIT);
}

/** Rules make their traces once, and the same ones fire again and again. */
const traceTexts = new WeakMap<RuleTrace, string>();

function tracesText(traces: readonly RuleTrace[]): string {
  let text = '';
  for (const trace of traces) {
    let known = traceTexts.get(trace);
    if (known === undefined) {
      known = [trace.name, trace.phase, ...trace.actions].join(UNIT);
      traceTexts.set(trace, known);
    }
    text += text === '' ? known : LINE + known;
  }
  return text;
}

/** One object per connection. */
const tlsTexts = new WeakMap<ClientTls, string>();

function tlsText(tls: ClientTls): string {
  let known = tlsTexts.get(tls);
  if (known === undefined) {
    known = JSON.stringify(tls);
    tlsTexts.set(tls, known);
  }
  return known;
}

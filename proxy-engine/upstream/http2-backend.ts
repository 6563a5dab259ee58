import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Deadline, Deadlines } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import { resetName } from '../http2/error-codes.ts';
import { type BackendEvents, timeoutError } from './backend-stream.ts';
import { connectFailure } from './connect-failure.ts';
import { BACKEND_LIMITS, Http2BackendStream, type StreamOwner } from './http2-backend-stream.ts';

export interface Http2BackendDeps {
  clock: Clock;
  deadlines: Deadlines;
  secure: boolean;
  /** Milliseconds until the backend's first SETTINGS must have come, and until an idle connection is closed. */
  connectMs: number;
  idleMs: number;
  /** The backend has said what it allows: streams can begin. */
  onReady(): void;
  /** A stream has ended: there is room for another one. */
  onRoom(): void;
  /** No further stream, or closed; `error` when it never got ready. */
  onGone(connection: Http2Backend, error: ProxyError | null): void;
  onClosed(connection: Http2Backend): void;
}

/** Exchanges at the same time on one connection; a backend may allow fewer. */
const MAX_STREAMS = 250;
/** Bytes that a backend may send on a stream, and on the connection, before they are read. */
const STREAM_WINDOW_BYTES = 1024 ** 2;
const WINDOW_BYTES = 16 * 1024 ** 2;

const OPTIONS = {
  settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES, maxHeaderListSize: BACKEND_LIMITS.headBytes },
  maxHeaderListPairs: BACKEND_LIMITS.headers + 8,
  maxSessionMemory: 64,
  maxSettings: 32,
  maxReservedRemoteStreams: 0,
  // Lines that stand twice go on as they came.
  strictSingleValueFields: false,
};

/** One HTTP/2 connection to a backend. Carries many exchanges at a time (RFC 9113 §5). */
export class Http2Backend implements StreamOwner, Deadline {
  deadlineAt: number;
  readonly session: ClientHttp2Session;
  readonly #deps: Http2BackendDeps;
  readonly #streams = new Set<Http2BackendStream>();
  #uses = 0;
  #ready = false;
  #gone = false;
  /** From GOAWAY: streams above were not looked at. */
  #lastStreamId = Number.POSITIVE_INFINITY;
  /** Why the connection broke; null: it did not. */
  #error: ProxyError | null = null;

  constructor(socket: Socket, deps: Http2BackendDeps) {
    this.#deps = deps;
    this.deadlineAt = deps.clock.now() + deps.connectMs;
    deps.deadlines.add(this);
    const origin = `${deps.secure ? 'https' : 'http'}://backend`;
    this.session = connect(origin, { ...OPTIONS, createConnection: () => socket });
    this.session.once('connect', () => this.session.setLocalWindowSize(WINDOW_BYTES));
    this.session.once('remoteSettings', () => this.#settled());
    this.session.on('goaway', (code, lastStreamId) => this.#goaway(code, lastStreamId));
    this.session.on('error', (error) => this.#broken(error));
    this.session.once('close', () => this.#closed());
  }

  get #maxStreams(): number {
    return Math.min(this.session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS, MAX_STREAMS);
  }

  get hasRoom(): boolean {
    return this.#ready && !this.#gone && !this.session.closed && this.#streams.size < this.#maxStreams;
  }

  get takesWebSockets(): boolean {
    return this.session.remoteSettings.enableConnectProtocol === true;
  }

  get scheme(): string {
    return this.#deps.secure ? 'https' : 'http';
  }

  carries(events: BackendEvents): Http2BackendStream | undefined {
    for (const stream of this.#streams) if (stream.isOf(events)) return stream;
    return undefined;
  }

  lease(events: BackendEvents): void {
    const stream = new Http2BackendStream(this, events, this.#uses++);
    this.#streams.add(stream);
    this.#deps.deadlines.add(stream);
    this.deadlineAt = Number.POSITIVE_INFINITY;
    events.onConnected(stream);
  }

  streamEnded(stream: Http2BackendStream): void {
    this.#deps.deadlines.delete(stream);
    if (!this.#streams.delete(stream)) return;
    if (this.#streams.size === 0) this.deadlineAt = this.#deps.clock.now() + this.#deps.idleMs;
    if (this.hasRoom) this.#deps.onRoom();
  }

  failureOf(streamId: number | undefined, code: number): ProxyError {
    if (streamId === undefined || streamId > this.#lastStreamId)
      return new ProxyError('REFUSED_STREAM', 'the backend is going away and did not take the request (GOAWAY)');
    if (this.#error) return this.#error;
    const name = resetName(code);
    if (name === 'REFUSED_STREAM') return new ProxyError(name, 'the backend refused the stream (REFUSED_STREAM)');
    // node:http2 says CANCEL of streams that end with their connection.
    if (name === 'CANCEL' && this.session.destroyed)
      return new ProxyError('RESET', 'the backend closed the connection');
    if (name === 'PROTOCOL_ERROR') return new ProxyError('BAD_RESPONSE', 'what the backend sent is not HTTP/2');
    // That would tell a client that its half response is whole.
    const resetCode = name === 'NO_ERROR' ? undefined : code;
    return new ProxyError('RESET', `the backend reset the stream (${name})`, { resetCode });
  }

  close(): void {
    this.#leave(null);
    this.session.close();
  }

  destroy(): void {
    this.session.destroy();
  }

  onDeadline(): void {
    if (this.#ready) {
      this.close();
      return;
    }
    this.#error = timeoutError({ waitsFor: 'connect', waitMs: this.#deps.connectMs });
    this.session.destroy();
  }

  #settled(): void {
    this.#ready = true;
    this.deadlineAt = this.#deps.clock.now() + this.#deps.idleMs;
    this.#deps.onReady();
  }

  #goaway(code: number, lastStreamId: number): void {
    this.#lastStreamId = Math.min(this.#lastStreamId, lastStreamId);
    if (code !== 0)
      this.#error ??= new ProxyError('RESET', `the backend closed the connection (GOAWAY ${resetName(code)})`);
    this.#leave(null);
  }

  #broken(error: Error & { code?: string }): void {
    if (this.#ready && error.code?.startsWith('ERR_HTTP2_')) this.#error ??= notHttp2(error);
    else if (this.#ready) this.#error ??= connectFailure(error, true);
    else this.#error ??= neverSpoke(error);
  }

  #closed(): void {
    this.#deps.deadlines.delete(this);
    this.#leave(this.#ready ? null : (this.#error ?? neverSpoke()));
    this.#deps.onClosed(this);
  }

  #leave(error: ProxyError | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#deps.onGone(this, error);
  }
}

function notHttp2(cause: Error): ProxyError {
  return new ProxyError('BAD_RESPONSE', `what the backend sent is not HTTP/2: ${cause.message}`, { cause });
}

/** Nothing has been asked of it yet. */
function neverSpoke(cause?: Error): ProxyError {
  const message = 'the backend does not speak HTTP/2; use protocol: http1 for its pool';
  return new ProxyError('CONNECT_FAILED', cause ? `${message} (${cause.message})` : message, { cause });
}

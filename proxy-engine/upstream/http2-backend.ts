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
  /** Requests that the backend takes on one connection, as far as it has shown. */
  known: { endedAfter: number; maxRequests: number | null };
  /** The backend has said what it allows: streams can begin. */
  onReady(): void;
  /** A stream has ended, or the backend allows another number of them: there may be room. */
  onRoom(): void;
  /** No further stream, or closed; `error` when it never got ready. */
  onGone(connection: Http2Backend, error: ProxyError | null): void;
  onClosed(connection: Http2Backend): void;
}

/** Exchanges at the same time on one connection; a backend may allow fewer. */
const MAX_STREAMS = 250;
/** How long the end of a connection without exchanges is waited for, when its backend says nothing. */
const LINGER_MS = 1000;
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
  readonly #socket: Socket;
  readonly #streams = new Set<Http2BackendStream>();
  #uses = 0;
  #ready = false;
  #gone = false;
  /** The backend has closed its side: no stream that is under way can end well any more. */
  #isOver = false;
  /** From GOAWAY: the backend has not looked at streams with a higher number. */
  #lastStreamId = Number.POSITIVE_INFINITY;
  /** Why the connection broke; null: it did not. */
  #error: ProxyError | null = null;

  constructor(socket: Socket, deps: Http2BackendDeps) {
    this.#deps = deps;
    this.#socket = socket;
    this.deadlineAt = deps.clock.now() + deps.connectMs;
    deps.deadlines.add(this);
    // A refusal that comes late (an alert of TLS 1.3) is told by the socket alone: the session then neither fails nor closes.
    socket.on('error', (error) => this.#broken(error));
    socket.once('end', () => this.#ended());
    socket.once('close', () => this.#closed());
    const origin = `${deps.secure ? 'https' : 'http'}://backend`;
    this.session = connect(origin, { ...OPTIONS, createConnection: () => socket });
    this.session.once('connect', () => this.session.setLocalWindowSize(WINDOW_BYTES));
    this.session.on('remoteSettings', () => this.#settled());
    this.session.on('goaway', (code, lastStreamId) => this.#goaway(code, lastStreamId));
    this.session.on('error', (error) => this.#broken(error));
    this.session.once('close', () => this.#closed());
  }

  /** Exchanges that it carries now. */
  get streams(): number {
    return this.#streams.size;
  }

  /** How many exchanges it may carry now; no more than it has, when it takes no further one. */
  get maxStreams(): number {
    const { size } = this.#streams;
    if (!this.#ready || this.#gone || this.session.closed || this.session.destroyed) return size;
    const { maxRequests } = this.#deps.known;
    return maxRequests === null
      ? this.allowedStreams
      : Math.min(this.allowedStreams, size + Math.max(0, maxRequests - this.#uses));
  }

  /** Exchanges that the backend lets it carry at the same time. */
  get allowedStreams(): number {
    return Math.min(this.session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS, MAX_STREAMS);
  }

  get hasRoom(): boolean {
    return this.#streams.size < this.maxStreams;
  }

  get takesWebSockets(): boolean {
    return this.session.remoteSettings.enableConnectProtocol === true;
  }

  get scheme(): string {
    return this.#deps.secure ? 'https' : 'http';
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
    if (this.#streams.size === 0) {
      if (!this.#gone) this.#seesNoEnd();
      this.#closesIn(this.#gone ? LINGER_MS : this.#deps.idleMs);
    }
    if (this.hasRoom) this.#deps.onRoom();
  }

  failureOf(streamId: number | undefined, code: number): ProxyError {
    if (streamId === undefined || streamId > this.#lastStreamId) return notTaken();
    if (this.#error) return this.#error;
    const name = resetName(code);
    if (name === 'REFUSED_STREAM') return new ProxyError(name, 'the backend refused the stream (REFUSED_STREAM)');
    // node:http2 says CANCEL of streams that end with their connection.
    if (name === 'CANCEL' && this.session.destroyed)
      return new ProxyError('RESET', 'the backend closed the connection');
    // node:http2 does not tell who ended the stream so.
    if (name === 'PROTOCOL_ERROR')
      return new ProxyError('BAD_RESPONSE', 'the request or its answer broke the rules of HTTP/2 (PROTOCOL_ERROR)');
    // That would tell a client that its half response is whole.
    const resetCode = name === 'NO_ERROR' ? undefined : code;
    return new ProxyError('RESET', `the backend reset the stream (${name})`, { resetCode });
  }

  close(): void {
    this.#leave();
    this.session.close();
  }

  destroy(): void {
    this.session.destroy();
    this.#socket.destroy();
  }

  onDeadline(): void {
    if (this.#gone) this.#linger();
    else if (this.#ready) this.close();
    else {
      this.#error ??= timeoutError({ waitsFor: 'connect', waitMs: this.#deps.connectMs });
      this.#leave();
      this.destroy();
    }
  }

  /** The connection is to end, and a backend that has gone silent would never end it: sets a deadline. */
  #linger(): void {
    if (this.#isOver || [...this.#streams].every((stream) => stream.isOver)) this.destroy();
    else this.#closesIn(LINGER_MS);
  }

  #closesIn(ms: number): void {
    this.deadlineAt = this.#deps.clock.now() + ms;
  }

  #settled(): void {
    if (this.#gone) return;
    if (this.#ready) {
      this.#deps.onRoom();
      return;
    }
    this.#ready = true;
    this.#closesIn(this.#deps.idleMs);
    this.#deps.onReady();
  }

  #goaway(code: number, lastStreamId: number): void {
    this.#lastStreamId = Math.min(this.#lastStreamId, lastStreamId);
    if (code !== 0)
      this.#error ??= new ProxyError('RESET', `the backend closed the connection (GOAWAY ${resetName(code)})`);
    this.#leave();
    if (code !== 0 || lastStreamId === 0) return;
    this.#learn(lastStreamId);
    this.#turnAway(notTaken());
  }

  /** A backend that twice ends a connection in the middle of its work after as many requests counts them (nginx: `keepalive_requests`). */
  #learn(lastStreamId: number): void {
    const { known } = this.#deps;
    const taken = (lastStreamId + 1) / 2;
    if (this.#streams.size === 0 || taken > this.#uses) return;
    known.maxRequests = taken === known.endedAfter ? taken : null;
    known.endedAfter = taken;
  }

  /** The backend has taken more requests than it was known to take on a connection: it does not count them after all. */
  #seesNoEnd(): void {
    const { known } = this.#deps;
    if (known.maxRequests !== null && this.#uses >= known.maxRequests) known.maxRequests = null;
  }

  /** In the order in which they came, so that they begin in that order on the next connection. */
  #turnAway(error: ProxyError): void {
    for (const stream of this.#streams)
      if (stream.id !== undefined && stream.id > this.#lastStreamId) stream.turnAway(error);
  }

  #broken(error: Error & { code?: string }): void {
    if (!this.#ready) this.#error ??= neverSpoke(this.#deps.secure, error);
    else if (isOfHttp2(error)) this.#error ??= notHttp2(error);
    else this.#error ??= connectFailure(error, true);
    this.#leave();
  }

  /** The socket closes by itself, unless what it still has to write gets nowhere. */
  #ended(): void {
    this.#isOver = true;
    this.#leave();
  }

  #closed(): void {
    this.#leave();
    this.#deps.deadlines.delete(this);
    this.#deps.onClosed(this);
  }

  /** No further stream; what is under way ends. */
  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#closesIn(LINGER_MS);
    this.#deps.onGone(this, this.#ready ? null : (this.#error ?? neverSpoke(this.#deps.secure)));
  }
}

function notTaken(): ProxyError {
  return new ProxyError('REFUSED_STREAM', 'the backend is going away and did not take the request (GOAWAY)');
}

function isOfHttp2({ code }: { code?: string }): boolean {
  return code?.startsWith('ERR_HTTP2_') === true;
}

function notHttp2(cause: Error): ProxyError {
  return new ProxyError('BAD_RESPONSE', `what the backend sent is not HTTP/2: ${cause.message}`, { cause });
}

/** Nothing has been asked of it yet. Over TLS it has chosen HTTP/2 (ALPN), and learns only then what the client's certificate is. */
function neverSpoke(secure: boolean, cause?: Error & { code?: string }): ProxyError {
  const failure = cause && connectFailure(cause, true);
  if (failure?.code === 'TLS_FAILED') return failure;
  if (secure && cause && isOfHttp2(cause)) return notHttp2(cause);
  const message = secure
    ? 'the backend closed the connection right after the TLS handshake; maybe it wants a client certificate, or another one (tls.cert, tls.key)'
    : 'the backend does not speak HTTP/2; use protocol: http1 for its pool';
  return new ProxyError('CONNECT_FAILED', cause ? `${message} (${cause.message})` : message, { cause });
}

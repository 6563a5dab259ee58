import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import type { Duplex } from 'node:stream';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { allowedTrailers } from '../http/body.ts';
import type { Headers } from '../http/headers.ts';
import { fieldsText, requestFields, responseHead, switchingHead, webSocketFields } from '../http2/backend-fields.ts';
import { type EndOfStream, watchEndOfStream } from '../http2/end-of-stream.ts';
import { grouped, toFields } from '../http2/fields.ts';
import { resetStream } from '../http2/reset-stream.ts';
import { type BackendEvents, type BackendStream, timeoutError, type WaitsFor } from './backend-stream.ts';
import { acceptsTrailers, type ForwardContext, forwardedHeaders, hostFor } from './forward-headers.ts';

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants;

/** Most bytes, and most lines, of a response head. */
export const BACKEND_LIMITS = { headBytes: 64 * 1024, headers: 500 };

/** A request body is kept up to here, as the backend may still refuse it unseen: RFC 9113 lets 64 KiB be sent unasked, more waits in our queue. */
const KEPT_BYTES = 256 * 1024;

/** The connection, as its streams see it. */
export interface StreamOwner {
  readonly session: ClientHttp2Session;
  readonly scheme: string;
  /** Whether the backend takes WebSockets (RFC 8441 §3). */
  readonly takesWebSockets: boolean;
  streamEnded(stream: Http2BackendStream): void;
  /** The error for a stream that broke. `streamId`: undefined when it had not begun; `code`: of RST_STREAM. */
  failureOf(streamId: number | undefined, code: number): ProxyError;
  /** No further stream; closes when those under way have ended. */
  close(): void;
}

/** One attempt on an HTTP/2 connection. */
export class Http2BackendStream implements BackendStream {
  deadlineAt = Number.POSITIVE_INFINITY;
  waitsFor: WaitsFor = 'connect';
  waitMs = 0;
  readonly protocol = 'HTTP/2';
  readonly uses: number;
  readonly #connection: StreamOwner;
  #events: BackendEvents | null;
  #raw: ClientHttp2Stream | null = null;
  #endOfStream: EndOfStream | null = null;
  #method = '';
  #webSocketKey: string | null = null;
  /** Bytes of the response body that are still to come; -1: its length was not announced. */
  #missing = -1;
  /** Bytes of the request body that were handed to node:http2. */
  #bodyBytes = 0;
  #responseEnded = false;
  #detached = false;
  #sentTrailers: Headers | null = null;
  #trailers: Headers | null = null;

  constructor(connection: StreamOwner, events: BackendEvents, uses: number) {
    this.#connection = connection;
    this.#events = events;
    this.uses = uses;
  }

  /** More has left than fits in a window that nobody reads, or than is kept for another try. */
  get isTaken(): boolean {
    const windowBytes = this.#connection.session.remoteSettings.initialWindowSize ?? KEPT_BYTES;
    const leftBytes = this.#bodyBytes - (this.#raw?.writableLength ?? 0);
    return leftBytes > windowBytes || this.#bodyBytes > KEPT_BYTES;
  }

  /** Nobody waits for anything of it, whether its end has got through to the backend or not. */
  get isOver(): boolean {
    return this.#events === null && !this.#detached;
  }

  /** In its connection; undefined: it has not begun. */
  get id(): number | undefined {
    return this.#raw?.id;
  }

  /** The backend will not look at it. Its end in the connection, which follows, says nothing new. */
  turnAway(error: ProxyError): void {
    const events = this.#events;
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    events?.onNotTaken(error);
  }

  // ── the attempt says ───────────────────────────────────────────────────────────────────────────────────────────────

  request(exchange: LiveExchange, context: ForwardContext): string {
    const { outgoing } = exchange;
    const fields = this.#fields(exchange, context);
    const endStream = outgoing.framing === 'none' && this.#webSocketKey === null;
    this.#method = outgoing.method;
    if (this.#webSocketKey !== null && !this.#connection.takesWebSockets) setImmediate(() => this.#refuseWebSocket());
    else this.#open(fields, endStream, outgoing.framing === 'chunked');
    return fieldsText(`${outgoing.method} ${outgoing.target} HTTP/1.1`, [
      'host',
      hostFor(exchange, context),
      ...fields,
    ]);
  }

  #fields(exchange: LiveExchange, context: ForwardContext): string[] {
    const { outgoing, request } = exchange;
    const headers = forwardedHeaders(exchange, context);
    const { method, target } = outgoing;
    const line = { method, scheme: this.#connection.scheme, authority: hostFor(exchange, context), target };
    if (request.upgrade !== null && exchange.websocket) {
      this.#webSocketKey = headers.get('sec-websocket-key') ?? '';
      return webSocketFields(line, headers);
    }
    const fields = requestFields(line, headers);
    if (acceptsTrailers(request.headers)) fields.push('te', 'trailers');
    return fields;
  }

  #open(fields: string[], endStream: boolean, waitForTrailers: boolean): void {
    const raw = this.#connection.session.request(fields, { endStream, waitForTrailers });
    this.#raw = raw;
    this.#endOfStream = watchEndOfStream(raw);
    raw.on('error', () => {});
    raw.on('headers', (_object, _flags, ...flat) => this.#information(flat));
    raw.once('response', (_object, flags, ...flat) => this.#response(raw, flat, flags));
    raw.once('close', () => this.#closed(raw));
    raw.on('drain', () => this.#events?.onUpstreamDrain());
    if (waitForTrailers) raw.once('wantTrailers', () => this.#sendTrailers(raw));
    raw.cork();
  }

  #refuseWebSocket(): void {
    const message = 'the backend takes no WebSockets over HTTP/2 (RFC 8441); use protocol: http1 for its pool';
    this.#fail(new ProxyError('BAD_RESPONSE', message));
  }

  body(chunk: Buffer): void {
    const raw = this.#raw;
    if (!raw || raw.closed || raw.writableEnded) return;
    if (raw.writableCorked === 0) raw.cork();
    raw.write(chunk);
    this.#bodyBytes += chunk.length;
  }

  end(trailers: Headers | null): void {
    this.#sentTrailers = trailers;
    const raw = this.#raw;
    if (!raw || this.#webSocketKey !== null || raw.closed || raw.writableEnded) return;
    this.#uncork(raw);
    raw.end();
  }

  #sendTrailers(raw: ClientHttp2Stream): void {
    if (!raw.closed && !raw.destroyed)
      raw.sendTrailers(grouped(this.#sentTrailers ? toFields(this.#sentTrailers) : []));
  }

  flush(): boolean {
    const raw = this.#raw;
    if (!raw || raw.closed) return true;
    this.#uncork(raw);
    return !raw.writableNeedDrain;
  }

  #uncork(raw: ClientHttp2Stream): void {
    while (raw.writableCorked > 0) raw.uncork();
  }

  pause(): void {
    this.#raw?.pause();
  }

  resume(): void {
    if (this.#raw && !this.#raw.destroyed) this.#raw.resume();
  }

  /** After 200 to the extended CONNECT: the stream carries a WebSocket. */
  detach(): Duplex {
    const raw = this.#raw as ClientHttp2Stream;
    this.#detached = true;
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    raw.removeAllListeners('drain');
    return raw;
  }

  release(keep: boolean): void {
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    const raw = this.#raw;
    if (!raw) this.#connection.streamEnded(this);
    else if (!raw.closed && !(keep && this.#responseEnded)) resetStream(raw, NGHTTP2_CANCEL);
    if (raw && this.#responseEnded) raw.resume();
  }

  /** Nothing came in time. The whole connection may be dead: no further exchange goes over it. */
  onDeadline(): void {
    this.#fail(timeoutError(this));
    this.#connection.close();
  }

  // ── the response says ──────────────────────────────────────────────────────────────────────────────────────────────

  #information(flat: unknown[]): void {
    const head = this.#read(flat, false);
    if (!head) return;
    this.#events?.onInformation(head);
    this.#events?.onTurnEnd();
  }

  #response(raw: ClientHttp2Stream, flat: unknown[], flags: number): void {
    const endStream = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    const head = this.#read(flat, endStream);
    if (!head) return;
    if (this.#webSocketKey !== null && head.status >= 200 && head.status < 300) {
      this.#events?.onUpgrade(switchingHead(head, this.#webSocketKey), Buffer.alloc(0));
      return;
    }
    if (endStream) this.#missing = 0;
    else if (head.framing === 'length') this.#missing = head.contentLength;
    raw.on('trailers', (_object, _flags, ...trailers) => {
      this.#trailers = allowedTrailers(trailers[0] as unknown as string[]);
    });
    raw.on('data', (chunk: Buffer) => this.#data(chunk));
    raw.on('end', () => this.#ended(raw));
    const events = this.#events;
    events?.onHead(head);
    if (endStream) this.#ended(raw);
    events?.onTurnEnd();
  }

  #read(flat: unknown[], endStream: boolean) {
    try {
      const fields = flat[0] as string[];
      return responseHead(fields, { method: this.#method, endStream, limits: BACKEND_LIMITS });
    } catch (error) {
      this.#fail(error as ProxyError, NGHTTP2_PROTOCOL_ERROR);
      return null;
    }
  }

  #data(chunk: Buffer): void {
    if (this.#missing > 0) this.#missing -= chunk.length;
    const events = this.#events;
    events?.onBody(chunk);
    events?.onTurnEnd();
  }

  #ended(raw: ClientHttp2Stream): void {
    if (this.#responseEnded) return;
    // A stream that was reset ends as well: that is told when it is closed.
    const isWhole = this.#missing === 0 || (this.#missing < 0 && this.#endOfStream?.seen);
    if (raw.rstCode !== NGHTTP2_NO_ERROR || !isWhole) return;
    this.#responseEnded = true;
    const events = this.#events;
    events?.onEnd(this.#trailers);
    events?.onTurnEnd();
  }

  #closed(raw: ClientHttp2Stream): void {
    this.#connection.streamEnded(this);
    const events = this.#events;
    this.#events = null;
    if (!this.#responseEnded) events?.onFailed(this.#connection.failureOf(raw.id, raw.rstCode));
  }

  #fail(error: ProxyError, code: number = NGHTTP2_CANCEL): void {
    const events = this.#events;
    this.#events = null;
    if (!this.#raw) this.#connection.streamEnded(this);
    else if (!this.#raw.closed) resetStream(this.#raw, code);
    events?.onFailed(error);
  }
}

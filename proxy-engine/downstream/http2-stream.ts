import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { LimitsConfig } from '../contract/config.ts';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import { allowedTrailers } from '../http/body.ts';
import type { ParsedRequest } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import { isBodyless, mayHaveTrailers, responseFields } from '../http2/client-fields.ts';
import { resetName } from '../http2/error-codes.ts';
import { grouped, toFields } from '../http2/fields.ts';
import { resetStream } from '../http2/reset-stream.ts';
import { BodyClock } from './body-clock.ts';
import type { ClientEvents, ClientStream } from './client-stream.ts';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

export interface StreamDeps {
  clock: Clock;
  limits: Pick<LimitsConfig, 'requestTimeout' | 'idleTimeout'>;
}

/** One exchange of a client's HTTP/2 connection: what `ClientConnection` is for HTTP/1. */
export class Http2Stream implements ClientStream, Deadline {
  /** When the client must have sent its body, or taken what waits for it. */
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly #raw: ServerHttp2Stream;
  readonly #deps: StreamDeps;
  #events: ClientEvents | null = null;
  #method = '';
  #requestEnded = false;
  #receivedTrailers: Headers | null = null;
  #trailers: Headers | null = null;
  #waitsForTrailers = false;
  #isWebSocket = false;
  /** null: there is no body, or it may take as long as it likes. */
  #bodyClock: BodyClock | null = null;
  /** The client is slow: what is to be sent waits until it takes more. */
  #stalled = false;

  constructor(raw: ServerHttp2Stream, deps: StreamDeps) {
    this.#raw = raw;
    this.#deps = deps;
    raw.once('close', () => this.#closed());
  }

  // ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────────

  begin({ head }: ParsedRequest, events: ClientEvents): void {
    this.#events = events;
    this.#method = head.method;
    this.#isWebSocket = head.upgrade !== null;
    this.#raw.on('drain', () => this.#drained());
    events.onStart();
    if (head.framing === 'none') this.#ended();
    else this.#listen(head.headers);
    this.#events?.onClientTurnEnd();
    if (!this.#isWebSocket) this.#raw.resume();
  }

  #listen(headers: Headers): void {
    const isGrpc = headers.get('content-type')?.startsWith('application/grpc') ?? false;
    if (!isGrpc) this.#bodyClock = new BodyClock(this, this.#deps.clock, this.#deps.limits.requestTimeout);
    this.#bodyClock?.start();
    this.#raw.on('trailers', (_object, _flags, flat) => {
      this.#receivedTrailers = allowedTrailers(flat as unknown as string[]);
    });
    this.#raw.on('data', (chunk: Buffer) => this.#data(chunk));
    this.#raw.on('end', () => this.#ended());
  }

  #data(chunk: Buffer): void {
    if (!this.#stalled) this.#bodyClock?.gain(chunk.length);
    this.#events?.onRequestBody(chunk);
    this.#events?.onClientTurnEnd();
  }

  #ended(): void {
    // A stream that was reset ends as well; its exchange hears of that in `#closed`.
    if (this.#requestEnded || this.#raw.aborted) return;
    this.#requestEnded = true;
    if (!this.#stalled) this.#bodyClock?.stop();
    this.#events?.onRequestEnd(this.#receivedTrailers);
    this.#events?.onClientTurnEnd();
  }

  #drained(): void {
    this.#stalled = false;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    if (!this.#requestEnded && !this.#raw.isPaused()) this.#bodyClock?.start();
    this.#events?.onClientDrain();
  }

  onDeadline(): void {
    const events = this.#events;
    this.#events = null;
    if (this.#stalled || this.#requestEnded || events === null) {
      resetStream(this.#raw, NGHTTP2_CANCEL);
      events?.onClientError(new ProxyError('CLIENT_GONE', 'the client takes nothing any more'));
    } else events?.onClientError(new ProxyError('REQUEST_TIMEOUT', 'the request was not whole in time'));
  }

  /** The client has closed the connection. */
  cutOff(): void {
    const events = this.#events;
    this.#events = null;
    events?.onClientError(new ProxyError('CLIENT_GONE', 'the client closed the connection'));
    resetStream(this.#raw, NGHTTP2_CANCEL);
  }

  #closed(): void {
    const events = this.#events;
    this.#events = null;
    events?.onClientError(
      new ProxyError('CLIENT_GONE', `the client reset the stream (${resetName(this.#raw.rstCode)})`),
    );
  }

  // ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────────

  get #writable(): boolean {
    return !this.#raw.destroyed && !this.#raw.closed;
  }

  inform(status: number, _reason: string, headers: Headers): void {
    if (this.#writable && !this.#raw.headersSent) this.#raw.additionalHeaders(grouped(responseFields(status, headers)));
  }

  respond(status: number, _reason: string, headers: Headers, length: number, isFramed: boolean): void {
    if (!this.#writable || this.#raw.headersSent) return;
    const endStream = isBodyless(this.#method, status, length);
    this.#waitsForTrailers = !endStream && status !== 101 && mayHaveTrailers(headers, length, isFramed);
    if (this.#waitsForTrailers) this.#raw.once('wantTrailers', () => this.#sendTrailers());
    const options = { endStream, waitForTrailers: this.#waitsForTrailers, sendDate: false };
    this.#raw.respond(responseFields(status, headers, this.#isWebSocket), options);
    this.#raw.cork();
  }

  #sendTrailers(): void {
    if (!this.#writable) return;
    this.#raw.sendTrailers(grouped(this.#trailers ? toFields(this.#trailers) : []));
    // Trailers leave with the next turn of the event loop; only then may the stream be closed.
    setImmediate(() => this.#stopRequest());
  }

  body(chunk: Buffer): void {
    if (!this.#writable || this.#raw.writableEnded) return;
    if (this.#raw.writableCorked === 0) this.#raw.cork();
    this.#raw.write(chunk);
  }

  end(trailers: Headers | null): void {
    this.#events = null;
    this.#bodyClock = null;
    this.deadlineAt = this.#deps.clock.now() + this.#deps.limits.idleTimeout;
    this.#trailers = trailers;
    if (!this.#writable) return;
    this.#uncork();
    if (!this.#raw.writableEnded) this.#raw.end();
    this.#raw.resume();
    if (this.#waitsForTrailers) return;
    if (this.#raw.writableFinished) this.#stopRequest();
    else this.#raw.once('finish', () => this.#stopRequest());
  }

  /** The answer is whole: the rest of the request need not come any more (RFC 9113 §8.1). */
  #stopRequest(): void {
    if (!this.#requestEnded || this.#isWebSocket) this.#raw.close(NGHTTP2_NO_ERROR);
  }

  /** Both ways are the same here: the stream is reset, the connection stays. */
  abort(_how: 'reset' | 'close', resetCode: number = NGHTTP2_INTERNAL_ERROR): void {
    this.#events = null;
    resetStream(this.#raw, resetCode);
  }

  hang(): void {
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.#raw.pause();
  }

  flush(): boolean {
    if (!this.#writable) return true;
    this.#uncork();
    if (!this.#raw.writableNeedDrain) return true;
    if (!this.#stalled) this.deadlineAt = this.#deps.clock.now() + this.#deps.limits.idleTimeout;
    this.#stalled = true;
    return false;
  }

  #uncork(): void {
    if (this.#raw.writableCorked > 0) this.#raw.uncork();
  }

  pause(): void {
    this.#raw.pause();
    if (!this.#requestEnded && !this.#stalled) this.#bodyClock?.stop();
  }

  resume(): void {
    if (!this.#writable || this.#isWebSocket) return;
    if (!this.#requestEnded && !this.#stalled && this.#raw.isPaused()) this.#bodyClock?.start();
    this.#raw.resume();
  }

  /** After 101: the stream carries a WebSocket; nothing of it has been read yet. */
  detach(): { socket: Duplex; rest: Buffer } {
    this.#uncork();
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.#raw.removeAllListeners('drain');
    return { socket: this.#raw, rest: Buffer.alloc(0) };
  }
}

import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { LimitsConfig } from '../contract/config.ts';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { ParsedRequest } from '../http/head.ts';
import { Headers } from '../http/headers.ts';
import { forwardable } from '../http/hop-by-hop.ts';
import { Outbox } from '../http/outbox.ts';
import { type RequestEvents, RequestParser } from '../http/parser.ts';
import { headText } from '../upstream/forward-headers.ts';
import type { Client } from './client.ts';
import type { ClientEvents, ClientStream } from './client-stream.ts';
import { resetSocket } from './reset.ts';

export interface ConnectionDeps {
  clock: Clock;
  limits: LimitsConfig;
  /** A request has begun: the walker that hears the rest of it. */
  begin(request: ParsedRequest, stream: ClientStream, client: Client, protocol: string): ClientEvents;
  /** Bytes that are no request at all: recorded as an exchange of its own. */
  refused(error: ProxyError, stream: ClientStream, client: Client, protocol: string): void;
  onClosed(): void;
}

/** A request body larger than this is not read to its end only to keep the connection. */
const DRAIN_BYTES = 256 * 1024;
/** Pipelined bytes that may wait behind an exchange before reading stops. */
const PIPELINE_BYTES = 64 * 1024;

/** One HTTP/1.1 client connection: exchanges one after the other, answered in order (RFC 9112 §9.3). */
export class ClientConnection implements ClientStream, RequestEvents, Deadline {
  deadlineAt: number;
  readonly socket: Socket;
  readonly #client: Client;
  readonly #deps: ConnectionDeps;
  readonly #parser: RequestParser;
  readonly #outbox: Outbox;
  #exchange: ClientEvents | null = null;
  #minor = 1;
  #method = '';
  #keepAlive = true;
  #chunked = false;
  #requestEnded = true;
  #responseEnded = true;
  #drained = 0;
  #detached = false;
  /** Set when the listener is going away: the next response says so. */
  closing = false;

  constructor(socket: Socket, client: Client, deps: ConnectionDeps) {
    this.socket = socket;
    this.#client = client;
    this.#deps = deps;
    this.#parser = new RequestParser(deps.limits, this);
    this.#outbox = new Outbox(socket);
    this.deadlineAt = deps.clock.now() + deps.limits.headTimeout;
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('drain', () => this.#exchange?.onClientDrain());
    socket.on('end', () => this.#ended());
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  get idle(): boolean {
    return this.#exchange === null;
  }

  // ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Bytes of the client; also those that were read before this connection was there. */
  receive(chunk: Buffer): void {
    this.#read(() => this.#parser.feed(chunk));
    if (this.#parser.waitingBytes > PIPELINE_BYTES) this.socket.pause();
  }

  #read(parse: () => void): void {
    try {
      parse();
    } catch (error) {
      this.refuse(error instanceof ProxyError ? error : new ProxyError('BAD_REQUEST', String(error), { cause: error }));
      return;
    }
    if (this.#exchange) this.#exchange.onClientTurnEnd();
    else this.#armIdle();
  }

  onHead(request: ParsedRequest): void {
    const { head } = request;
    this.#minor = head.minor;
    this.#method = head.method;
    this.#keepAlive = head.keepAlive;
    this.#requestEnded = false;
    this.#responseEnded = false;
    this.#drained = 0;
    const { requestTimeout } = this.#deps.limits;
    const isOpenEnded = head.framing === 'none' || requestTimeout === 0;
    this.deadlineAt = isOpenEnded ? Number.POSITIVE_INFINITY : this.#deps.clock.now() + requestTimeout;
    this.#exchange = this.#deps.begin(request, this, this.#client, head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0');
    this.#exchange.onStart();
  }

  onBody(chunk: Buffer): void {
    if (!this.#responseEnded) {
      this.#exchange?.onRequestBody(chunk);
      return;
    }
    this.#drained += chunk.length;
    if (this.#drained > DRAIN_BYTES) this.#close();
  }

  onEnd(trailers: Headers | null): void {
    this.#requestEnded = true;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    const exchange = this.#exchange;
    if (this.#responseEnded) this.#next();
    else exchange?.onRequestEnd(trailers);
  }

  /** What a client must have done by now it has not: half a head or half a body. */
  onDeadline(): void {
    if (this.#exchange === null && !this.#parser.inMessage) this.socket.destroy();
    else this.refuse(new ProxyError('REQUEST_TIMEOUT', 'the request was not whole in time'));
  }

  /** What came is no request, or not in time: answers that and closes. */
  refuse(error: ProxyError): void {
    this.#keepAlive = false;
    const exchange = this.#exchange;
    this.socket.removeAllListeners('data');
    this.socket.resume();
    if (exchange && !this.#responseEnded) {
      exchange.onClientError(error);
      return;
    }
    this.#exchange = null;
    this.#responseEnded = false;
    this.#minor = 1;
    this.#method = '';
    this.#deps.refused(error, this, this.#client, 'HTTP/1.1');
  }

  #ended(): void {
    if (this.#detached) return;
    if (this.#exchange === null && !this.#parser.inMessage) this.#close();
    else if (!this.#requestEnded || this.#parser.inMessage) {
      const error = new ProxyError('CLIENT_GONE', 'the client closed in the middle of its request');
      this.#exchange?.onClientError(error);
      this.socket.destroy();
    } else this.#keepAlive = false; // half-closed: it still reads (RFC 9112 §9.6)
  }

  #closed(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#deps.onClosed();
    if (exchange && !this.#detached) exchange.onClientError(new ProxyError('CLIENT_GONE', 'the client went away'));
  }

  // ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────────

  inform(status: number, reason: string, headers: Headers): void {
    if (this.#minor === 0) return;
    this.#outbox.text(headText(`HTTP/1.1 ${status} ${reason}`, forwardable(headers)));
  }

  respond(status: number, reason: string, headers: Headers, length: number): void {
    const sent = status === 101 ? new Headers(headers.flat.slice()) : forwardable(headers);
    const isBodyless = status < 200 || status === 204 || status === 304;
    if (isBodyless && status !== 304) sent.delete('content-length');
    this.#chunked = length < 0 && !isBodyless && this.#method !== 'HEAD' && this.#minor === 1;
    if (length < 0 && !isBodyless && this.#method !== 'HEAD' && this.#minor === 0) this.#keepAlive = false;
    if (this.closing) this.#keepAlive = false;
    if (this.#chunked) sent.flat.push('Transfer-Encoding', 'chunked');
    if (status !== 101) this.#addConnection(sent);
    this.#outbox.text(headText(`HTTP/1.1 ${status} ${reason}`, sent));
  }

  #addConnection(headers: Headers): void {
    if (!this.#keepAlive) headers.flat.push('Connection', 'close');
    else if (this.#minor === 0) headers.flat.push('Connection', 'keep-alive');
  }

  body(chunk: Buffer): void {
    if (this.#chunked) this.#outbox.chunk(chunk);
    else this.#outbox.bytes(chunk);
  }

  end(trailers: Headers | null): void {
    if (this.#chunked) this.#outbox.text(trailers ? `0\r\n${headText('', trailers).slice(2)}` : '0\r\n\r\n');
    this.#outbox.flush();
    this.#responseEnded = true;
    if (!this.#keepAlive) {
      this.#exchange = null;
      this.#close();
    } else if (this.#requestEnded) this.#next();
    else this.socket.resume();
  }

  abort(how: 'reset' | 'close'): void {
    this.#exchange = null;
    if (how === 'reset') resetSocket(this.socket);
    else this.socket.destroySoon();
  }

  hang(): void {
    this.#exchange = null;
    this.socket.removeAllListeners('data');
    this.socket.resume();
    this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  flush(): boolean {
    return this.socket.destroyed || this.#outbox.flush();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (!this.socket.destroyed) this.socket.resume();
  }

  detach(): { socket: Socket; rest: Buffer } {
    this.#outbox.flush();
    this.#detached = true;
    this.#exchange = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    for (const event of ['data', 'drain', 'end']) this.socket.removeAllListeners(event);
    return { socket: this.socket, rest: this.#parser.takeRest() };
  }

  /** Closes when nothing is under way; else after the response that is. */
  closeGracefully(): void {
    this.closing = true;
    if (this.idle) this.#close();
  }

  #next(): void {
    this.#exchange = null;
    this.#armIdle();
    if (this.socket.isPaused()) this.socket.resume();
    if (this.#parser.waitingBytes === 0) {
      this.#parser.next();
      return;
    }
    // A pipelined request is here already; its exchange must not begin inside the end of this one.
    setImmediate(() => {
      if (!this.socket.destroyed && !this.#detached && this.#exchange === null) this.#read(() => this.#parser.next());
    });
  }

  #armIdle(): void {
    const { headTimeout, idleTimeout } = this.#deps.limits;
    const waitMs = this.#parser.inMessage ? headTimeout : idleTimeout;
    if (this.#exchange === null) this.deadlineAt = this.#deps.clock.now() + waitMs;
  }

  /** Half-closes and reads on for a moment: a reset would take the last answer away from the client (RFC 9112 §9.6). */
  #close(): void {
    this.socket.end();
    this.socket.removeAllListeners('data');
    this.socket.resume();
    this.deadlineAt = this.#deps.clock.now() + 1000;
    this.#exchange = null;
  }
}

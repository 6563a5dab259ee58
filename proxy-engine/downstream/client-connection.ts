import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { LimitsConfig } from '../contract/config.ts';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { ParsedRequest } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import { type RequestEvents, RequestParser } from '../http/parser.ts';
import { isPassedOn } from '../http/read-buffers.ts';
import { BodyClock } from './body-clock.ts';
import type { Client } from './client.ts';
import { ClientPresence, type WatchedConnection } from './client-presence.ts';
import type { ClientEvents, ClientStream, RequestTaker } from './client-stream.ts';
import { linger } from './linger.ts';
import { readInPlace } from './read-in-place.ts';
import { resetSocket } from './reset.ts';
import { ResponseWriter } from './response-writer.ts';

export interface ConnectionDeps extends RequestTaker {
  clock: Clock;
  limits: LimitsConfig;
  onClosed(): void;
}

/** How long an idle connection that is to be closed still takes a request: one may be on its way. */
const DRAIN_GRACE_MS = 400;
/** A request body larger than this is not read to its end only to keep the connection. */
const DRAIN_BYTES = 256 * 1024;
/** Pipelined bytes that may wait behind an exchange before reading stops. */
const PIPELINE_BYTES = 64 * 1024;

/** One HTTP/1.1 client connection: exchanges one after the other, answered in order (RFC 9112 §9.3). */
export class ClientConnection implements ClientStream, RequestEvents, Deadline, WatchedConnection {
  deadlineAt: number;
  readonly socket: Socket;
  readonly #client: Client;
  readonly #deps: ConnectionDeps;
  readonly #parser: RequestParser;
  readonly #writer: ResponseWriter;
  readonly #bodyClock: BodyClock;
  /** Made when the client cannot be heard for the first time. */
  #presence: ClientPresence | null = null;
  #exchange: ClientEvents | null = null;
  #requestEnded = true;
  #responseEnded = true;
  #drained = 0;
  #detached = false;
  /** The client has said its last byte. */
  #halfClosed = false;
  /** The first byte of a head has come: `headTimeout` runs. */
  #inHead = false;
  /** The last answer is out; only the client's end is awaited. */
  #closed = false;
  /** The client has yet to take an answer that has been said whole: no further request begins before that. */
  #isTaking = false;
  /** Set when the listener is going away: the next response says so. */
  closing = false;
  expectsContinue = false;

  constructor(socket: Socket, client: Client, deps: ConnectionDeps) {
    this.socket = socket;
    this.#client = client;
    this.#deps = deps;
    this.#parser = new RequestParser(deps.limits, this);
    this.#writer = new ResponseWriter(socket);
    this.#bodyClock = new BodyClock(this, deps.clock, deps.limits.requestTimeout);
    this.deadlineAt = deps.clock.now() + deps.limits.headTimeout;
    socket.on('data', (chunk) => this.receive(chunk));
    readInPlace(socket);
    socket.on('drain', () => this.#drainedSocket());
    socket.on('end', () => this.#ended());
    socket.on('error', () => {});
    socket.on('close', () => this.#gone());
  }

  // ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Bytes of the client; also those that were read before this connection was there. */
  receive(chunk: Buffer): void {
    this.#read(chunk);
    if (this.#parser.waitingBytes > PIPELINE_BYTES) this.socket.pause();
  }

  /** `chunk` null: goes on with the pipelined bytes that wait behind the exchange that has ended. */
  #read(chunk: Buffer | null): void {
    try {
      if (chunk) this.#parser.feed(chunk);
      else this.#parser.next();
    } catch (error) {
      this.refuse(error instanceof ProxyError ? error : new ProxyError('BAD_REQUEST', String(error), { cause: error }));
      return;
    }
    if (this.#exchange) this.#exchange.onClientTurnEnd();
    else this.#armIdle();
    if (this.#halfClosed && !this.#closed) this.#afterEnd();
  }

  onHead(request: ParsedRequest): void {
    const { head } = request;
    this.#writer.expect(head);
    this.#requestEnded = false;
    this.#responseEnded = false;
    this.#drained = 0;
    this.#presence?.requestBegan();
    this.expectsContinue = head.expectContinue;
    this.#inHead = false;
    if (head.framing === 'none') this.#bodyClock.stop();
    else this.#bodyClock.start();
    this.#exchange = this.#deps.begin(request, this, this.#client, head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0');
    this.#exchange.onStart();
  }

  onBody(chunk: Buffer): void {
    isPassedOn(chunk);
    if (!this.#responseEnded) {
      this.#writer.isWaitedFor = false;
      if (!this.socket.isPaused()) this.#bodyClock.gain(chunk.length);
      this.#exchange?.onRequestBody(chunk);
      return;
    }
    this.#drained += chunk.length;
    if (this.#drained > DRAIN_BYTES) this.#close();
  }

  onEnd(trailers: Headers | null): void {
    this.#requestEnded = true;
    this.#bodyClock.stop();
    const exchange = this.#exchange;
    if (this.#responseEnded) this.#next();
    else exchange?.onRequestEnd(trailers);
  }

  /** Out of time: the rest of a head or body has not come, the response is not taken, or the connection has been idle for too long. */
  onDeadline(): void {
    if (this.#exchange && !this.#requestEnded && this.socket.isPaused())
      this.deadlineAt = this.#watched.lookAfterPaused();
    else if (this.#closed || (this.#exchange === null && !this.#parser.inMessage)) this.socket.destroy();
    else if (this.#exchange && this.#requestEnded)
      this.clientLeft(`the client took nothing of its response for ${this.#deps.limits.idleTimeout / 1000} s`);
    else this.refuse(new ProxyError('REQUEST_TIMEOUT', 'the request was not whole in time'));
  }

  #drainedSocket(): void {
    this.#writer.drained();
    if (this.#isTaking) this.#next();
    else if (this.#exchange) {
      if (this.#requestEnded) this.deadlineAt = Number.POSITIVE_INFINITY;
      this.#exchange.onClientDrain();
    }
  }

  /** What came is no request, or came too late: answers with the error and closes. */
  refuse(error: ProxyError): void {
    this.#writer.keepAlive = false;
    const exchange = this.#exchange;
    this.socket.removeAllListeners('data');
    this.socket.resume();
    if (!exchange) {
      this.#responseEnded = false;
      this.#writer.expectLast();
      this.#deps.refused(error, this, this.#client, 'HTTP/1.1');
    } else if (!this.#responseEnded) exchange.onClientError(error);
    else this.#close(); // what is wrong is the rest of a body whose request has been answered
  }

  #ended(): void {
    if (this.#detached || this.#closed) return;
    this.#halfClosed = true;
    this.#watched.halfClosed();
    this.#afterEnd();
  }

  get #watched(): ClientPresence {
    return (this.#presence ??= new ClientPresence(this, this.#writer, this.#deps.clock));
  }

  get isOver(): boolean {
    return this.socket.destroyed || this.#closed || this.#detached;
  }

  get unanswered(): ClientEvents | null {
    return this.#responseEnded ? null : this.#exchange;
  }

  clientLeft(message: string): void {
    this.#exchange?.onClientError(new ProxyError('CLIENT_GONE', message));
    this.socket.destroy();
  }

  /** The client has closed its side and may still read (RFC 9112 §9.6): every request that came whole is answered, the last one with `close`. */
  #afterEnd(): void {
    if (this.#parser.waitingBytes > 0) return;
    if (this.#exchange === null && !this.#parser.inMessage) this.#close();
    else if (!this.#requestEnded || this.#parser.inMessage)
      this.refuse(new ProxyError('BAD_REQUEST', 'the client closed in the middle of its request (RFC 9112 §8)'));
    else this.#writer.keepAlive = false;
  }

  #gone(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#deps.onClosed();
    if (exchange && !this.#detached) exchange.onClientError(new ProxyError('CLIENT_GONE', 'the client went away'));
  }

  // ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────────

  inform(status: number, reason: string, headers: Headers): void {
    this.#writer.inform(status, reason, headers);
  }

  respond(status: number, reason: string, headers: Headers, length: number): void {
    if (this.closing) this.#writer.keepAlive = false;
    this.#writer.head(status, reason, headers, length);
  }

  body(chunk: Buffer): void {
    this.#writer.body(chunk);
  }

  end(trailers: Headers | null): void {
    this.#writer.end(trailers);
    this.#responseEnded = true;
    if (!this.#writer.keepAlive) {
      this.#exchange = null;
      this.#close();
    } else if (this.#requestEnded) this.#next();
    else this.socket.resume();
  }

  abort(how: 'reset' | 'close'): void {
    this.#exchange = null;
    this.#writer.send();
    if (how === 'reset' || this.#writer.endsByClosing) resetSocket(this.socket);
    else this.socket.destroySoon();
  }

  hang(): void {
    this.#exchange = null;
    this.socket.removeAllListeners('data');
    this.socket.resume();
    this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  flush(): boolean {
    if (this.socket.destroyed || this.#writer.flush()) return true;
    const isTimed = this.deadlineAt !== Number.POSITIVE_INFINITY;
    if (this.#requestEnded && !isTimed) this.deadlineAt = this.#deps.clock.now() + this.#deps.limits.idleTimeout;
    return false;
  }

  pause(): void {
    if (this.socket.isPaused()) return;
    this.socket.pause();
    if (!this.#requestEnded) this.deadlineAt = this.#watched.paused(); // instead of that of its body
  }

  resume(): void {
    if (this.socket.destroyed) return;
    if (!this.#requestEnded && this.socket.isPaused()) this.#bodyClock.start();
    this.socket.resume();
  }

  detach(): { socket: Socket; rest: Buffer } {
    this.#writer.send();
    this.#detached = true;
    this.#exchange = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    for (const event of ['data', 'drain', 'end']) this.socket.removeAllListeners(event);
    return { socket: this.socket, rest: this.#parser.takeRest() };
  }

  /** Closes after the response that is under way; when none is, after 400 ms, in which a request that is on its way is answered. */
  closeGracefully(): void {
    this.closing = true;
    const isBusy = this.#exchange !== null || this.#parser.inMessage || this.#isTaking;
    if (!isBusy && !this.#closed && !this.#detached)
      this.deadlineAt = Math.min(this.deadlineAt, this.#deps.clock.now() + DRAIN_GRACE_MS);
  }

  #next(): void {
    if (this.#closed) return; // what still comes belongs to no exchange (RFC 9112 §9.6)
    this.#exchange = null;
    this.#isTaking = this.socket.writableNeedDrain && this.socket.writableLength > 0;
    if (this.#isTaking) {
      this.deadlineAt = this.#deps.clock.now() + this.#deps.limits.idleTimeout;
      return;
    }
    this.#armIdle();
    if (this.socket.isPaused()) this.socket.resume();
    if (this.#parser.waitingBytes === 0) {
      this.#parser.next();
      return;
    }
    // A pipelined request is here already; its exchange must not begin inside the end of this one.
    setImmediate(() => {
      if (!this.socket.destroyed && !this.#detached && this.#exchange === null) this.#read(null);
    });
  }

  /** Between exchanges: `idleTimeout` until the first byte of a head, then `headTimeout`, which further bytes do not move. */
  #armIdle(): void {
    if (this.#exchange !== null || this.#closed || this.#isTaking) return;
    const { headTimeout, idleTimeout } = this.#deps.limits;
    const wasInHead = this.#inHead;
    this.#inHead = this.#parser.begun;
    if (this.#inHead && wasInHead) return;
    const idleMs = this.closing ? DRAIN_GRACE_MS : idleTimeout;
    this.deadlineAt = this.#deps.clock.now() + (this.#inHead ? headTimeout : idleMs);
  }

  #close(): void {
    this.#closed = true;
    this.#writer.send();
    linger(this.socket, this, this.#deps.clock, this.#deps.limits.idleTimeout);
    this.#exchange = null;
  }
}

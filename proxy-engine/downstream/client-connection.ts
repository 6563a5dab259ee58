import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { LimitsConfig } from '../contract/config.ts';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { ParsedRequest } from '../http/head.ts';
import { Headers } from '../http/headers.ts';
import { type RequestEvents, RequestParser } from '../http/parser.ts';
import { BodyClock } from './body-clock.ts';
import type { Client } from './client.ts';
import type { ClientEvents, ClientStream } from './client-stream.ts';
import { type HalfClosedClient, lookAfter, sendNothing } from './half-closed.ts';
import { resetSocket } from './reset.ts';
import { ResponseWriter } from './response-writer.ts';

export interface ConnectionDeps {
  clock: Clock;
  limits: LimitsConfig;
  /** A request has begun: the walker that hears the rest of it. */
  begin(request: ParsedRequest, stream: ClientStream, client: Client, protocol: string): ClientEvents;
  /** Bytes that are no request at all: recorded as an exchange of its own. */
  refused(error: ProxyError, stream: ClientStream, client: Client, protocol: string): void;
  onClosed(): void;
}

/** Between the end of the last answer and that of the connection. */
const LINGER_MS = 1000;
/** A client may be sending a request at the moment in which its connection is to be closed. */
const DRAIN_GRACE_MS = 400;
/** A request body larger than this is not read to its end only to keep the connection. */
const DRAIN_BYTES = 256 * 1024;
/** How often a client is looked after whose body nobody reads for now. */
const PAUSED_LOOK_MS = 1000;
/** How long that has been so when it is asked whether it is still there: seldom, for some bear no more than five 1xx (Go's). */
const ASK_PAUSED_AFTER_MS: readonly number[] = [1000, 5000, 25_000];
/** Pipelined bytes that may wait behind an exchange before reading stops. */
const PIPELINE_BYTES = 64 * 1024;

/** One HTTP/1.1 client connection: exchanges one after the other, answered in order (RFC 9112 §9.3). */
export class ClientConnection implements ClientStream, RequestEvents, Deadline, HalfClosedClient {
  deadlineAt: number;
  readonly socket: Socket;
  readonly #client: Client;
  readonly #deps: ConnectionDeps;
  readonly #parser: RequestParser;
  readonly #writer: ResponseWriter;
  readonly #bodyClock: BodyClock;
  #exchange: ClientEvents | null = null;
  #requestEnded = true;
  /** `Clock.now()` */
  #pausedAt = 0;
  /** While its body waited. */
  #timesAsked = 0;
  #responseEnded = true;
  #drained = 0;
  #detached = false;
  /** The client has said its last byte. */
  #halfClosed = false;
  /** Something of a head is here, and its time runs. */
  #inHead = false;
  /** The last answer is out; only the client's end is awaited. */
  #closed = false;
  /** Set when the listener is going away: the next response says so. */
  closing = false;

  constructor(socket: Socket, client: Client, deps: ConnectionDeps) {
    this.socket = socket;
    this.#client = client;
    this.#deps = deps;
    this.#parser = new RequestParser(deps.limits, this);
    this.#writer = new ResponseWriter(socket);
    this.#bodyClock = new BodyClock(this, deps.clock, deps.limits.requestTimeout);
    this.deadlineAt = deps.clock.now() + deps.limits.headTimeout;
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('drain', () => this.#drainedSocket());
    socket.on('end', () => this.#ended());
    socket.on('error', () => {});
    socket.on('close', () => this.#gone());
  }

  get idle(): boolean {
    return this.#exchange === null;
  }

  // ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Bytes of the client; also those that were read before this connection was there. */
  receive(chunk: Buffer): void {
    this.#read(chunk);
    if (this.#parser.waitingBytes > PIPELINE_BYTES) this.socket.pause();
  }

  /** null: what waits behind the exchange that has ended. */
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
    this.#timesAsked = 0;
    this.#inHead = false;
    if (head.framing === 'none') this.#bodyClock.stop();
    else this.#bodyClock.start();
    this.#exchange = this.#deps.begin(request, this, this.#client, head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0');
    this.#exchange.onStart();
  }

  onBody(chunk: Buffer): void {
    if (!this.#responseEnded) {
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

  /** What a client must have done by now it has not: half a head, half a body, or it takes nothing of its response. */
  onDeadline(): void {
    if (this.#exchange && !this.#requestEnded && this.socket.isPaused()) this.#lookAfterPaused();
    else if (this.#closed || (this.#exchange === null && !this.#parser.inMessage)) this.socket.destroy();
    else if (this.#exchange && this.#requestEnded) this.#giveUp(this.#exchange);
    else this.refuse(new ProxyError('REQUEST_TIMEOUT', 'the request was not whole in time'));
  }

  /** It may have left: its FIN waits behind a body that nobody reads. */
  #lookAfterPaused(): void {
    const now = this.#deps.clock.now();
    sendNothing(this.socket);
    const nextMs = ASK_PAUSED_AFTER_MS[this.#timesAsked] ?? Number.POSITIVE_INFINITY;
    if (now - this.#pausedAt >= nextMs) {
      this.#timesAsked++;
      this.ask();
    }
    this.deadlineAt = now + PAUSED_LOOK_MS;
  }

  #giveUp(exchange: ClientEvents): void {
    const waited = `${this.#deps.limits.idleTimeout / 1000} s`;
    exchange.onClientError(new ProxyError('CLIENT_GONE', `the client took nothing of its response for ${waited}`));
    this.socket.destroy();
  }

  #drainedSocket(): void {
    if (this.#requestEnded) this.deadlineAt = Number.POSITIVE_INFINITY;
    this.#exchange?.onClientDrain();
  }

  /** What came is no request, or not in time: answers that and closes. */
  refuse(error: ProxyError): void {
    this.#writer.keepAlive = false;
    const exchange = this.#exchange;
    this.socket.removeAllListeners('data');
    this.socket.resume();
    if (exchange) {
      if (this.#responseEnded)
        this.#close(); // what is wrong is the rest of a body whose request has been answered
      else exchange.onClientError(error);
      return;
    }
    this.#responseEnded = false;
    this.#writer.expectLast();
    this.#deps.refused(error, this, this.#client, 'HTTP/1.1');
  }

  #ended(): void {
    if (this.#detached || this.#closed) return;
    this.#halfClosed = true;
    lookAfter(this, this.#deps.clock);
    this.#afterEnd();
  }

  get isOver(): boolean {
    return this.socket.destroyed || this.#closed || this.#detached;
  }

  /** False: the answer has begun, and HTTP can say nothing in the middle of it. */
  get mayBeAsked(): boolean {
    return !this.#writer.begun || this.#writer.isInChunks;
  }

  /** 100 may come at any time before a response, any number of times, and every client must bear it (RFC 9110 §15.2). */
  ask(): void {
    if (!this.#exchange || this.#responseEnded) return;
    if (this.#writer.mayInform) {
      this.inform(100, 'Continue', new Headers());
      this.#writer.send();
      this.#exchange.onClientSilent('it got 100 Continue, to find out whether it has left');
    } else if (this.#writer.isInChunks && this.#writer.sayZero())
      this.#exchange.onClientSilent('it got the begin of a chunk, to find out whether it has left');
  }

  giveUp(ms: number): void {
    const message = `the client closed its side, and nothing was sent to it for ${ms / 1000} s: it is taken to have left`;
    this.#exchange?.onClientError(new ProxyError('CLIENT_GONE', message));
    this.socket.destroy();
  }

  /** It says no more and still reads (RFC 9112 §9.6): every request that came whole is answered, the last one with `close`. */
  #afterEnd(): void {
    if (this.#parser.waitingBytes > 0) return;
    if (this.#exchange === null && !this.#parser.inMessage) this.#close();
    else if (!this.#requestEnded || this.#parser.inMessage)
      this.refuse(new ProxyError('BAD_REQUEST', 'the client closed in the middle of its request (RFC 9112 §8)'));
    else {
      this.#writer.keepAlive = false;
      this.#exchange?.onClientSilent('the client closed its side before it had its answer');
    }
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
    if (this.#requestEnded) return;
    this.#pausedAt = this.#deps.clock.now();
    this.deadlineAt = this.#pausedAt + PAUSED_LOOK_MS; // for as long, that of its body does not count
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

  /** Closes after the response that is under way; when none is, soon: the next request, if one comes, is answered. */
  closeGracefully(): void {
    this.closing = true;
    const isIdle = this.idle && !this.#parser.inMessage && !this.#closed && !this.#detached;
    if (isIdle) this.deadlineAt = Math.min(this.deadlineAt, this.#deps.clock.now() + DRAIN_GRACE_MS);
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
      if (!this.socket.destroyed && !this.#detached && this.#exchange === null) this.#read(null);
    });
  }

  /** The time of a head runs from its first byte, be it that of an empty line: more bytes do not make it longer. */
  #armIdle(): void {
    if (this.#exchange !== null || this.#closed) return;
    const { headTimeout, idleTimeout } = this.#deps.limits;
    const wasInHead = this.#inHead;
    this.#inHead = this.#parser.begun;
    if (this.#inHead && wasInHead) return;
    this.deadlineAt = this.#deps.clock.now() + (this.#inHead ? headTimeout : idleTimeout);
  }

  /** Half-closes and reads on for a moment: a reset would take the last answer away from the client (RFC 9112 §9.6). */
  #close(): void {
    this.#closed = true;
    this.#writer.send();
    const isSent = this.socket.writableLength === 0;
    // A slow client has its time: the moment begins when it has taken everything.
    if (isSent) this.socket.end();
    else this.socket.end(() => this.#closesIn(LINGER_MS));
    this.socket.removeAllListeners('data');
    this.socket.resume();
    this.#closesIn(isSent ? LINGER_MS : Math.max(LINGER_MS, this.#deps.limits.idleTimeout));
    this.#exchange = null;
  }

  #closesIn(ms: number): void {
    this.deadlineAt = this.#deps.clock.now() + ms;
  }
}

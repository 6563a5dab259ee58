import type { Socket } from 'node:net';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import type { ResponseHead } from '../http/message.ts';
import { Outbox } from '../http/outbox.ts';
import { type ParserLimits, type ResponseEvents, ResponseParser } from '../http/parser.ts';
import { isPassedOn } from '../http/read-buffers.ts';
import { type BackendEvents, type BackendStream, timeoutError, type WaitsFor } from './backend-stream.ts';
import { connectFailure } from './connect-failure.ts';
import { type ForwardContext, requestHeadText } from './forward-headers.ts';
import { keepAliveMs } from './keep-alive.ts';
import { readOnAfterReset } from './read-on-after-reset.ts';
import { type ProxyHop, proxyAuthorization } from './upstream-proxy.ts';

/** Who keeps the connection between exchanges. */
export interface ConnectionOwner {
  /** It can carry another exchange. */
  onFree(connection: BackendConnection): void;
  onGone(connection: BackendConnection): void;
}

const LIMITS: ParserLimits = { headBytes: 64 * 1024, headers: 500 };

/** One HTTP/1.1 connection to a backend. Carries one exchange at a time; between exchanges it belongs to the pool of connections. */
export class BackendConnection implements BackendStream, ResponseEvents {
  deadlineAt = Number.POSITIVE_INFINITY;
  waitsFor: WaitsFor = 'connect';
  waitMs = 0;
  readonly protocol = 'HTTP/1.1';
  readonly isTaken = true;
  readonly socket: Socket;
  uses = 0;
  /** How long the backend lets it idle. */
  keepAliveMs = Number.POSITIVE_INFINITY;
  readonly #outbox: Outbox;
  #events: BackendEvents | null = null;
  readonly #parser: ResponseParser;
  /** A request has been said and its response is not whole. */
  #expecting = false;
  /** Bytes are being read; whether what they end is all that came is known afterwards. */
  #reading = false;
  #freed = false;
  #reusable = true;
  #tunnelled = false;
  #chunked = false;
  readonly #owner: ConnectionOwner;
  /** The proxy that requests are addressed to; null: the backend itself. */
  readonly #hop: ProxyHop | null;

  /** `socket` is connected; `hop`: the proxy that it goes through. */
  constructor(socket: Socket, hop: ProxyHop | undefined, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#hop = hop?.form === 'absolute' ? hop : null;
    this.socket = socket;
    this.#outbox = new Outbox(
      socket,
      readOnAfterReset(socket, () => this.#expecting && !this.#tunnelled),
    );
    this.#parser = new ResponseParser(LIMITS, this);
    this.socket.on('data', (chunk) => this.#data(chunk));
    this.socket.on('drain', () => {
      this.#outbox.tellSent();
      this.#events?.onUpstreamDrain();
    });
    this.socket.on('end', () => this.#ended());
    this.socket.on('error', (error) => this.#failed(connectFailure(error, true)));
    this.socket.on('close', () => this.#closed());
    this.socket.resume();
  }

  carries(events: BackendEvents): boolean {
    return this.#events === events;
  }

  /** Hands the connection to an exchange. */
  lease(events: BackendEvents): void {
    this.#events = events;
    events.onConnected(this);
  }

  // ── the attempt says ───────────────────────────────────────────────────────────────────────────────────────────────

  request(exchange: LiveExchange, context: ForwardContext): string {
    const text = requestHeadText(exchange, { ...context, ...(this.#hop && { absoluteVia: this.#hop.via }) });
    this.#chunked = exchange.outgoing.framing === 'chunked';
    this.#parser.expect(exchange.outgoing.method);
    this.#expecting = true;
    this.#outbox.text(this.#hop ? withCredentials(text, this.#hop) : text);
    return text;
  }

  body(chunk: Buffer): void {
    if (this.#chunked) this.#outbox.chunk(chunk);
    else this.#outbox.bytes(chunk);
  }

  end(trailers: Headers | null): void {
    if (!this.#chunked) return;
    this.#outbox.text(`0\r\n${trailers?.text() ?? ''}\r\n`);
  }

  flush(): boolean {
    return this.#outbox.flush();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  release(keep: boolean): void {
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    const clean = keep && this.#reusable && this.#expecting && this.#parser.done && !this.#tunnelled;
    this.#expecting = false;
    if (!clean) this.socket.destroy();
    else if (this.#reading) this.#freed = true;
    else this.#free();
  }

  /** Another exchange may have it. */
  #free(): void {
    this.#freed = false;
    if (this.socket.destroyed) return;
    if (this.socket.isPaused()) this.socket.resume();
    this.uses++;
    this.#owner.onFree(this);
  }

  detach(): Socket {
    this.#outbox.send();
    this.#tunnelled = true;
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.socket.removeAllListeners('data');
    this.socket.removeAllListeners('end');
    this.socket.removeAllListeners('drain');
    return this.socket;
  }

  destroy(): void {
    this.socket.destroy();
  }

  onDeadline(): void {
    this.#failed(timeoutError(this));
  }

  #data(chunk: Buffer): void {
    const events = this.#events;
    if (!events || !this.#expecting) {
      // Bytes that nobody asked for: this connection must not carry another exchange.
      this.socket.destroy();
      return;
    }
    this.#reading = true;
    try {
      // More than the response: the same.
      if (this.#parser.feed(chunk).length > 0) this.socket.destroy();
    } catch (error) {
      this.#failed(
        error instanceof ProxyError ? error : new ProxyError('BAD_RESPONSE', String(error), { cause: error }),
      );
      return;
    } finally {
      this.#reading = false;
    }
    if (this.#freed) this.#free();
    events.onTurnEnd();
  }

  #ended(): void {
    this.#reusable = false;
    const events = this.#events;
    if (!events) {
      this.socket.destroy();
      return;
    }
    try {
      if (!this.#expecting) throw new ProxyError('RESET', 'the backend closed the connection');
      this.#parser.close();
      events.onTurnEnd();
    } catch (error) {
      this.#failed(error as ProxyError);
    }
  }

  #failed(error: ProxyError): void {
    const events = this.#events;
    this.#events = null;
    this.#reusable = false;
    this.socket.destroy();
    events?.onFailed(error);
  }

  #closed(): void {
    this.#owner.onGone(this);
    if (this.#events) this.#failed(new ProxyError('RESET', 'the backend closed the connection'));
  }

  // ── the response says ──────────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.#events?.onInformation(head);
  }

  onHead(head: ResponseHead): void {
    if (!head.keepAlive || head.framing === 'close') this.#reusable = false;
    else this.keepAliveMs = keepAliveMs(head.headers.get('keep-alive'));
    if (this.#hop && head.status === 407) this.#failed(unauthorized(this.#hop));
    else this.#events?.onHead(head);
  }

  onBody(chunk: Buffer): void {
    isPassedOn(chunk);
    this.#events?.onBody(chunk);
  }

  onEnd(trailers: Headers | null): void {
    this.#events?.onEnd(trailers);
  }

  onUpgrade(head: ResponseHead, rest: Buffer): void {
    this.#events?.onUpgrade(head, rest);
  }
}

/** What is recorded of the request has none. */
function withCredentials(text: string, { proxy }: ProxyHop): string {
  return `${text.slice(0, -2)}${proxyAuthorization(proxy)}\r\n`;
}

/** The client cannot answer for us: it knows nothing of that proxy. */
function unauthorized({ proxy }: ProxyHop): ProxyError {
  return new ProxyError('UPSTREAM_PROXY_FAILED', `upstream proxy ${proxy.label} wants other credentials (407)`);
}

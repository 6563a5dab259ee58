import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { ResponseHead } from '../http/message.ts';
import { Outbox } from '../http/outbox.ts';
import { type ParserLimits, type ResponseEvents, ResponseParser } from '../http/parser.ts';

/** What the walker of an exchange hears of its attempt. */
export interface AttemptEvents extends ResponseEvents {
  /** TCP, then TLS, are up; at once for a reused connection. */
  onConnected(connection: BackendConnection): void;
  onFailed(error: ProxyError): void;
  /** The backend takes bytes again. */
  onUpstreamDrain(): void;
  /** The bytes of this turn have been handled. */
  onTurnEnd(): void;
}

export interface ConnectTarget {
  host: string;
  port: number;
  secure: boolean;
  tls: { verify: boolean; serverName: string | undefined; ca?: Buffer[]; cert?: Buffer; key?: Buffer };
}

const LIMITS: ParserLimits = { headBytes: 64 * 1024, headers: 500 };

/** One HTTP/1.1 connection to a backend. Carries one exchange at a time; between exchanges it belongs to the pool of connections. */
export class BackendConnection implements Deadline {
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly socket: Socket;
  readonly outbox: Outbox;
  /** Exchanges that it has carried before the current one. */
  uses = 0;
  connected = false;
  #events: AttemptEvents | null = null;
  #parser: ResponseParser | null = null;
  #reusable = true;
  #tunnelled = false;
  readonly #onGone: (connection: BackendConnection) => void;

  constructor(target: ConnectTarget, onGone: (connection: BackendConnection) => void) {
    this.#onGone = onGone;
    this.socket = target.secure ? openTls(target) : connectTcp({ host: target.host, port: target.port, noDelay: true });
    this.outbox = new Outbox(this.socket);
    this.socket.once(target.secure ? 'secureConnect' : 'connect', () => this.#connected());
    this.socket.on('data', (chunk) => this.#data(chunk));
    this.socket.on('drain', () => this.#events?.onUpstreamDrain());
    this.socket.on('end', () => this.#ended());
    this.socket.on('error', (error) => this.#failed(asProxyError(error, this.connected)));
    this.socket.on('close', () => this.#closed());
  }

  carries(events: AttemptEvents): boolean {
    return this.#events === events;
  }

  /** Hands the connection to an exchange. */
  lease(events: AttemptEvents): void {
    this.#events = events;
    if (this.connected) events.onConnected(this);
  }

  /** From here on bytes are a response to `method`. */
  expectResponse(method: string): void {
    if (this.#events) this.#parser = new ResponseParser(LIMITS, method, this.#events);
  }

  /** The exchange is over. True: the connection can carry another one. */
  release(keep: boolean): boolean {
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    const clean = keep && this.#reusable && (this.#parser?.done ?? false) && !this.#tunnelled && !this.socket.destroyed;
    this.#parser = null;
    if (!clean) this.socket.destroy();
    else if (this.socket.isPaused()) this.socket.resume();
    if (clean) this.uses++;
    return clean;
  }

  /** Stops being HTTP: the caller owns the socket now. */
  detach(): Socket {
    this.#tunnelled = true;
    this.#events = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.socket.removeAllListeners('data');
    this.socket.removeAllListeners('end');
    this.socket.removeAllListeners('drain');
    return this.socket;
  }

  /** Set by who waits: connect, head, idle. */
  timeoutError: ProxyError | null = null;

  onDeadline(): void {
    this.#failed(this.timeoutError ?? new ProxyError('IDLE_TIMEOUT', 'the backend was silent for too long'));
  }

  #connected(): void {
    this.connected = true;
    this.#events?.onConnected(this);
  }

  #data(chunk: Buffer): void {
    const events = this.#events;
    if (!events || !this.#parser) {
      // Bytes that nobody asked for: this connection must not carry another exchange.
      this.socket.destroy();
      return;
    }
    try {
      // More than the response: this connection must not carry another exchange.
      if (this.#parser.feed(chunk).length > 0) this.socket.destroy();
    } catch (error) {
      this.#failed(
        error instanceof ProxyError ? error : new ProxyError('BAD_RESPONSE', String(error), { cause: error }),
      );
      return;
    }
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
      if (!this.#parser) throw new ProxyError('RESET', 'the backend closed the connection');
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
    this.#onGone(this);
    if (this.#events) this.#failed(new ProxyError('RESET', 'the backend closed the connection'));
  }

  /** Told on the response, when it forbids another exchange on this connection. */
  markClosing(head: ResponseHead): void {
    if (!head.keepAlive || head.framing === 'close') this.#reusable = false;
  }
}

function openTls(target: ConnectTarget): Socket {
  const { verify, serverName, ca, cert, key } = target.tls;
  const isName = !/^[\d.]+$|:/.test(target.host);
  return connectTls({
    host: target.host,
    port: target.port,
    servername: serverName ?? (isName ? target.host : ''),
    rejectUnauthorized: verify,
    ALPNProtocols: ['http/1.1'],
    ca,
    cert,
    key,
  });
}

function asProxyError(error: Error & { code?: string }, connected: boolean): ProxyError {
  const code = error.code ?? '';
  if (connected)
    return new ProxyError('RESET', `connection reset by the backend${code ? ` (${code})` : ''}`, { cause: error });
  if (code === 'ECONNREFUSED') return new ProxyError('CONNECT_REFUSED', 'connection refused', { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ProxyError('DNS_FAILED', `the name cannot be resolved (${code})`, { cause: error });
  if (/CERT|TLS|SSL|SIGNED|ALTNAME/.test(code))
    return new ProxyError('TLS_FAILED', `TLS failed: ${error.message}`, { cause: error });
  return new ProxyError('CONNECT_FAILED', `cannot connect (${code || error.message})`, { cause: error });
}

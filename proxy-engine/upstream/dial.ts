import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import { type ConnectStep, timeoutError } from './backend-stream.ts';
import { connectFailure } from './connect-failure.ts';
import { enterProxy } from './enter-proxy.ts';
import { lookup } from './lookup.ts';
import { type ConnectTarget, openTcp, openTls } from './open-socket.ts';
import { handshakeWith } from './proxy-handshake.ts';
import { onTcp } from './self-connect.ts';
import { type ProxyHop, type UpstreamProxy, unreachable } from './upstream-proxy.ts';

export interface DialEvents {
  /** The dial has ended, well or not: told before `onSocket` and `onFailed`, and alone after `destroy`. It needs no deadline any more. */
  onOver(connected: boolean): void;
  /** A step on the way to the backend; the steps to a proxy in between are not told. */
  onStep?(done: ConnectStep): void;
  /** The connection is up; its listeners are the caller's business from here on. */
  onSocket(socket: Socket, protocol: 'http1' | 'http2'): void;
  onFailed(error: ProxyError): void;
}

/** What the connection is to speak. `either`: over TLS the backend chooses (ALPN); in clear it is HTTP/2. */
export type Speaks = 'http1' | 'http2' | 'either';

const ALPN: Record<Speaks, string[]> = { http1: ['http/1.1'], http2: ['h2'], either: ['h2', 'http/1.1'] };

/** Opens one connection to a backend. */
export class Dial implements Deadline {
  deadlineAt: number;
  readonly #target: ConnectTarget;
  readonly #speaks: Speaks;
  readonly #waitMs: number;
  readonly #events: DialEvents;
  #socket: Socket;
  /** The proxy that is being connected to, which a failure is then about; null: the backend. */
  #through: UpstreamProxy | null = null;
  #over = false;

  constructor(
    target: ConnectTarget,
    { speaks, now, waitMs }: { speaks: Speaks; now: number; waitMs: number },
    events: DialEvents,
  ) {
    this.#target = target;
    this.#speaks = speaks;
    this.#waitMs = waitMs;
    this.#events = events;
    this.deadlineAt = now + waitMs;
    this.#socket = this.#open();
  }

  onDeadline(): void {
    this.#fail(timeoutError({ waitsFor: 'connect', waitMs: this.#waitMs }));
  }

  /** Gives up; only `onOver` tells. */
  destroy(): void {
    if (!this.#end(false)) return;
    this.#socket.destroy();
  }

  #open(): Socket {
    const { host, port, secure, hop } = this.#target;
    if (hop?.form === 'tunnel') return this.#openTunnel(hop);
    if (secure) return this.#secure();
    this.#through = hop && hop.proxy;
    const to = this.#through ?? { host, port };
    const socket = openTcp(to.host, to.port, this.#speaks !== 'http1');
    if (!hop) this.#tellName(socket);
    return this.#await(socket, 'connect', () => this.#connected());
  }

  #secure(over?: Socket): Socket {
    this.#through = null;
    const socket = openTls(this.#target, ALPN[this.#speaks], over);
    if (over) this.#tell('tcp');
    else {
      this.#tellName(socket);
      onTcp(socket, () => this.#tell('tcp'));
    }
    return this.#await(socket, 'secureConnect', () => this.#connected());
  }

  #tellName(socket: Socket): void {
    socket.once('lookup', (error: Error | null) => {
      if (!error) this.#tell('dns');
    });
  }

  #tell(done: ConnectStep): void {
    if (!this.#over) this.#events.onStep?.(done);
  }

  #openTunnel({ proxy, via }: ProxyHop): Socket {
    const { host, port, secure } = this.#target;
    this.#through = proxy;
    const socket = connect({ host: proxy.host, port: proxy.port, noDelay: true, lookup });
    return this.#await(socket, 'connect', () =>
      enterProxy(socket, handshakeWith(proxy, host, port, `1.1 ${via}`), (error) => {
        if (error) this.#fail(error);
        else if (secure) this.#socket = this.#secure(socket);
        else this.#connected();
      }),
    );
  }

  #await(socket: Socket, ready: 'connect' | 'secureConnect', then: () => void): Socket {
    const onReady = () => {
      if (this.#over) return;
      if (this.#target.isLoop(socket)) this.#fail(loopError(this.#target));
      else then();
    };
    socket.on('error', this.#onError);
    if (ready === 'connect') onTcp(socket, onReady);
    else socket.once(ready, onReady);
    return socket;
  }

  #connected(): void {
    if (this.#over) return;
    const protocol = this.#protocol();
    if (protocol === 'http1' && this.#speaks === 'http2') {
      this.#fail(
        new ProxyError('TLS_FAILED', 'the backend does not speak HTTP/2 (ALPN); the pool says protocol: http2'),
      );
      return;
    }
    this.#end(true);
    this.#socket.off('error', this.#onError);
    this.#events.onSocket(this.#socket, protocol);
  }

  #end(connected: boolean): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#events.onOver(connected);
    return true;
  }

  #protocol(): 'http1' | 'http2' {
    if (this.#speaks === 'http1') return 'http1';
    return !this.#target.secure || (this.#socket as TLSSocket).alpnProtocol === 'h2' ? 'http2' : 'http1';
  }

  readonly #onError = (error: Error): void =>
    this.#fail(this.#through ? unreachable(this.#through, error) : connectFailure(error, false));

  #fail(error: ProxyError): void {
    if (this.#over) return;
    this.destroy();
    this.#events.onFailed(error);
  }
}

/** Only the connection itself tells: a name, or another spelling of an address, may lead here without looking like it. */
function loopError({ host, port }: ConnectTarget): ProxyError {
  return new ProxyError('LOOP', `${host}:${port} is this proxy itself`);
}

/** From an accepted socket to the one who speaks its protocol: PROXY header, then TLS, then what the first bytes say. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { ListenerConfig } from '../contract/config.ts';
import type { Deadlines } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { ParsedRequest } from '../http/head.ts';
import { parseConnectTarget } from '../http/target.ts';
import type { SharedCounter } from '../threads/shared-counter.ts';
import { clientTlsFailure } from '../tls/client-failure.ts';
import type { Interception } from '../tls/interception.ts';
import type { Refusals } from '../tls/refusals.ts';
import type { TlsTerminator } from '../tls/terminator.ts';
import { Arrival } from './arrival.ts';
import { type Client, clientOf, securedClient } from './client.ts';
import { ClientConnection } from './client-connection.ts';
import { type ClientEvents, type ClientStream, NOBODY, type RequestTaker } from './client-stream.ts';
import { ConnectDoor } from './connect-door.ts';
import { type FirstBytes, protocolOf } from './first-bytes.ts';
import { type Guest, Guests } from './guests.ts';
import { openHttp2 } from './http2-connection.ts';
import type { Networks } from './networks.ts';
import { SocksConnection } from './socks-connection.ts';
import type { TunnelDoor } from './tunnel-door.ts';
import type { TunnelInside, TunnelRequest } from './tunnel-request.ts';
import { turnAway } from './turn-away.ts';

/** What of a config a listener runs by; replaced whole when a config is applied. */
export interface ListenerSetup {
  config: ListenerConfig;
  /** null: clients come in clear. */
  tls: TlsTerminator | null;
  /** Of whom the PROXY header and X-Forwarded-* are believed. */
  trusted: Networks;
  /** Of forward listeners; null: TLS is tunnelled. */
  interception: Interception | null;
}

export interface EntranceDeps extends RequestTaker {
  clock: Clock;
  deadlines: Deadlines;
  /** A connection that never came to a request and is closed: its TLS could not be opened, its PROXY header is none. */
  failed(error: ProxyError, client: Client, protocol: string): void;
  /** A client wants to be taken somewhere; `asked`: the CONNECT, null when it asked by SOCKS5. */
  tunnel(asked: ParsedRequest | null, request: TunnelRequest): ClientEvents;
  refusals: Refusals;
}

export class Entrance {
  /** New connections go by it; those that are open go on by theirs. */
  #setup: ListenerSetup;
  #deps: EntranceDeps;
  readonly #guests: Guests;
  #draining = false;

  /** `connections`: counts those of all threads that accept at this address. */
  constructor(setup: ListenerSetup, deps: EntranceDeps, connections: SharedCounter) {
    this.#setup = setup;
    this.#deps = deps;
    this.#guests = new Guests(connections);
  }

  get setup(): ListenerSetup {
    return this.#setup;
  }

  update(setup: ListenerSetup, deps: EntranceDeps): void {
    this.#setup = setup;
    this.#deps = deps;
  }

  get connections(): number {
    return this.#guests.size;
  }

  /** Whether something that was said to a client has not left yet. */
  get unsent(): boolean {
    return this.#guests.unsent;
  }

  admit(socket: Socket): void {
    const { config, tls, trusted } = this.#setup;
    const client = clientOf(socket, config.mode === 'forward', trusted);
    if (this.#guests.sizeInAllThreads >= config.limits.connections) {
      turnAway(socket, config.limits.connections, tls !== null, this.#deps.clock);
      return;
    }
    socket.setNoDelay(true);
    // Who has reset it already has no address to be trusted by, and waits for nothing: a balancer's check.
    if (config.proxyProtocol && client.ip === '') socket.destroy();
    else this.#await(socket, client, tls, config.proxyProtocol && client.trusted !== null);
  }

  /** Idle connections close, busy ones after their exchange. */
  drain(): void {
    this.#draining = true;
    this.#guests.drain();
  }

  destroy(): void {
    this.#guests.destroy();
  }

  #await(socket: Socket, client: Client, tls: TlsTerminator | null, proxyHeader: boolean): void {
    const deadlineAt = this.#deps.clock.now() + this.#setup.config.limits.headTimeout;
    const arrival = new Arrival(
      socket,
      client,
      { proxyHeader, deadlineAt },
      {
        onKnown: (protocol, bytes, known) => {
          this.#forget(arrival);
          this.#serve(protocol, bytes, socket, known, tls);
        },
        onLost: (error) => {
          this.#forget(arrival);
          if (error) this.#deps.failed(error, client, 'TCP');
        },
      },
    );
    this.#keep(arrival);
  }

  /** `bytes` have been read. `tls`: what opens it; null: it is open already, or the listener has none. */
  #serve(
    protocol: Exclude<FirstBytes, 'incomplete'>,
    bytes: Buffer,
    socket: Socket,
    client: Client,
    tls: TlsTerminator | null,
  ): void {
    if (tls && protocol === 'tls') this.#secure(tls, bytes, socket, client);
    else if (tls) this.#refuse(socket, client, 'this listener speaks TLS; use https://');
    else if (protocol === 'tls') this.#refuse(socket, client, 'this listener does not speak TLS; use http://');
    else if (protocol === 'socks5' && this.#isForward) this.#socks(bytes, socket, client);
    else if (protocol === 'http2' && this.#speaks('http2')) {
      socket.pause();
      socket.unshift(bytes);
      this.#http2(socket, client);
    } else if (!this.#speaks('http1')) this.#refuse(socket, client, 'this listener speaks HTTP/2 only');
    else this.#receive(bytes, socket, client);
  }

  #receive(bytes: Buffer, socket: Socket, client: Client): void {
    const connection = this.#http1(socket, client);
    // Whoever looked at the first bytes in a tunnel has paused it; what they bring may pause it again.
    socket.resume();
    connection.receive(bytes);
  }

  #speaks(protocol: 'http1' | 'http2'): boolean {
    return this.#setup.config.protocols.includes(protocol);
  }

  get #isForward(): boolean {
    return this.#setup.config.mode === 'forward';
  }

  #secure(
    tls: TlsTerminator,
    bytes: Buffer,
    socket: Socket,
    client: Client,
    onFailed = (error: Error & { code?: string }) => this.#handshakeFailed(error, client),
  ): void {
    const handshake: Guest = { socket, deadlineAt: Number.POSITIVE_INFINITY, onDeadline() {} };
    this.#keep(handshake);
    socket.pause();
    socket.unshift(bytes);
    tls.accept(socket, {
      onSecure: (secured) => {
        this.#forget(handshake);
        this.#secured(secured, securedClient(client, secured));
      },
      onFailed: (error) => {
        this.#forget(handshake);
        onFailed(error);
      },
    });
  }

  #handshakeFailed(error: Error & { code?: string }, client: Client): void {
    const failure = new ProxyError('CLIENT_TLS_FAILED', clientTlsFailure(error), { cause: error });
    this.#deps.failed(failure, client, 'TCP');
  }

  #secured(socket: TLSSocket, client: Client): void {
    if (socket.alpnProtocol === 'h2') this.#http2(socket, client);
    else this.#http1(socket, client);
  }

  #http2(socket: Socket, client: Client): void {
    const { limits } = this.#setup.config;
    const connection = openHttp2(socket, client, {
      ...this.#deps,
      limits,
      begin: (request, stream, from, protocol) =>
        request.head.method === 'CONNECT'
          ? this.#refuseConnect(stream, from, protocol)
          : this.#deps.begin(request, stream, from, protocol),
      onClosed: () => this.#forget(connection),
    });
    this.#keep(connection);
    if (this.#draining) connection.closeGracefully();
  }

  #http1(socket: Socket, client: Client): ClientConnection {
    const { clock, begin, refused } = this.#deps;
    const { limits } = this.#setup.config;
    const connection = new ClientConnection(socket, client, {
      clock,
      limits,
      begin: (request, stream, from, protocol) =>
        request.head.method === 'CONNECT'
          ? this.#connectAsked(request, connection, from)
          : begin(request, stream, from, protocol),
      refused,
      onClosed: () => this.#forget(connection),
    });
    connection.closing = this.#draining;
    this.#keep(connection);
    return connection;
  }

  // ── forward proxy ──────────────────────────────────────────────────────────────────────────────────────────────────

  #connectAsked(request: ParsedRequest, connection: ClientConnection, client: Client): ClientEvents {
    if (!this.#isForward) throw new ProxyError('BAD_REQUEST', 'CONNECT is for forward listeners (mode: forward)');
    const { host, port } = parseConnectTarget(request.head.target);
    const door = new ConnectDoor(connection);
    return this.#deps.tunnel(request, this.#tunnelRequest(host, port, client, door, connection));
  }

  #refuseConnect(stream: ClientStream, client: Client, protocol: string): ClientEvents {
    this.#deps.refused(new ProxyError('BAD_REQUEST', 'CONNECT over HTTP/2 is not supported'), stream, client, protocol);
    return NOBODY;
  }

  #socks(bytes: Buffer, socket: Socket, client: Client): void {
    let tunnel = NOBODY;
    const deadlineAt = this.#deps.clock.now() + this.#setup.config.limits.headTimeout;
    const connection = new SocksConnection(socket, deadlineAt, {
      onConnect: (host, port) => {
        tunnel = this.#deps.tunnel(null, this.#tunnelRequest(host, port, client, connection, connection));
        tunnel.onStart();
      },
      onRefused: (error) => this.#deps.failed(error, client, 'SOCKS5'),
      onGone: () => {
        this.#forget(connection);
        tunnel.onClientError(new ProxyError('CLIENT_GONE', 'the client went away'));
      },
    });
    this.#keep(connection);
    connection.receive(bytes);
  }

  #tunnelRequest(host: string, port: number, client: Client, door: TunnelDoor, guest: Guest): TunnelRequest {
    const { interception } = this.#setup;
    return { host, port, client, door, interception, refusals: this.#deps.refusals, inside: this.#insideOf(guest) };
  }

  /** What was one connection of a client goes on as another: that of the exchanges in the tunnel. */
  #insideOf(guest: Guest): TunnelInside {
    return {
      serve: (socket, bytes, client) => {
        this.#forget(guest);
        const protocol = protocolOf(bytes);
        if (protocol !== 'incomplete') this.#serve(protocol, bytes, socket, client, null);
      },
      open: (socket, bytes, client, terminator, onFailed) => {
        this.#forget(guest);
        this.#secure(terminator, bytes, socket, client, onFailed);
      },
    };
  }

  /** Says so in HTTP, which a client that speaks something else will at least not take for an answer of a backend. */
  #refuse(socket: Socket, client: Client, message: string): void {
    this.#http1(socket, client).refuse(new ProxyError('BAD_REQUEST', message));
  }

  #keep(guest: Guest): void {
    this.#guests.add(guest, this.#deps.deadlines);
  }

  #forget(guest: Guest): void {
    this.#guests.delete(guest, this.#deps.deadlines);
  }
}

/** What listeners hand over becomes an exchange: a request that is walked, a tunnel, or something that is only recorded. */

import type { Client } from './downstream/client.ts';
import type { ClientStream } from './downstream/client-stream.ts';
import type { EntranceDeps } from './downstream/entrance.ts';
import { type Forwarded, readForwarded } from './downstream/forwarded.ts';
import type { TunnelRequest } from './downstream/tunnel-request.ts';
import type { ProxyError } from './errors.ts';
import { LiveExchange } from './exchange.ts';
import { addDate } from './http/date.ts';
import type { ParsedRequest } from './http/head.ts';
import { headOf, NO_REQUEST, NO_TARGET } from './http/no-request.ts';
import { errorAnswer } from './http/own-answer.ts';
import type { Authority } from './http/target.ts';
import { Tunnel } from './phases/tunnel.ts';
import { ExchangeWalk } from './proxy.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import type { OwnClient } from './replay/own-client.ts';
import type { PlannedRequest } from './replay/sending.ts';
import { Refusals } from './tls/refusals.ts';

export class Reception {
  readonly #context: ProxyContext;
  readonly #snapshot: () => Snapshot;
  readonly #refusals: Refusals;
  readonly #nextId: () => number;

  /** `snapshot`: the config that runs; an exchange keeps the one it begins with. `nextId`: of exchanges. */
  constructor(context: ProxyContext, snapshot: () => Snapshot, nextId: () => number) {
    this.#nextId = nextId;
    this.#context = context;
    this.#snapshot = snapshot;
    this.#refusals = new Refusals(() => context.clock.now());
  }

  depsOf(listener: string): EntranceDeps {
    const context = this.#context;
    return {
      clock: context.clock,
      deadlines: context.deadlines,
      refusals: this.#refusals,
      begin: (request, stream, client, protocol) => {
        const exchange = this.#newExchange(listener, request, client, protocol);
        return new ExchangeWalk(exchange, stream, this.#snapshot(), context);
      },
      tunnel: (asked, request) => {
        const { client, door } = request;
        const exchange = this.#newExchange(listener, asked ?? connectRequest(request), client, door.protocol);
        return new Tunnel(exchange, request, this.#snapshot(), context);
      },
      refused: (error, ...from) => this.#refused(listener, error, ...from),
      failed: (error, client, protocol) =>
        this.#recordFailure(this.#newExchange(listener, NO_REQUEST, client, protocol), error),
    };
  }

  /** A request that Switchyard itself sends: it comes in as others do, and is fed by `client`. */
  own(request: PlannedRequest, client: OwnClient): LiveExchange {
    const { listener, parsed, protocol, straightTo } = request;
    const exchange = this.#newExchange(listener, parsed, ownClient(request), protocol);
    exchange.replayed = true;
    if (request.note !== null) exchange.mark = { note: request.note };
    const walk = new ExchangeWalk(exchange, client, this.#snapshot(), this.#context);
    client.start(walk, () => (straightTo ? walk.startAt(straightTo.pool, straightTo.backend) : walk.onStart()));
    return exchange;
  }

  #newExchange(
    listener: string,
    { head, target, authority }: ParsedRequest,
    client: Client,
    protocol: string,
  ): LiveExchange {
    const told = client.trusted ? readForwarded(head.headers, client.trusted) : NOT_TOLD;
    const scheme = client.forward && target.scheme !== '' ? target.scheme : (told.scheme ?? client.scheme);
    const end = authority.host === '' ? tunnelEnd(client) : null;
    const { host, port } = end ?? authority;
    const exchange = new LiveExchange(
      this.#nextId(),
      this.#context.clock.now(),
      { listener, scheme, protocol, clientIp: told.ip ?? client.ip, clientPort: client.port },
      end ? { ...head, authority: authorityText(end, scheme) } : head,
      { host, port: port || defaultPort(scheme), pathAndQuery: target.pathAndQuery },
    );
    exchange.peerIp = client.trusted && told.ip ? client.ip : exchange.clientIp;
    exchange.trustsPeer = client.trusted !== null;
    exchange.tls = client.tls;
    exchange.forward = client.forward;
    exchange.destination = client.destination;
    return exchange;
  }

  /** Bytes that are no request: answered, closed and shown with what came. */
  #refused(listener: string, error: ProxyError, stream: ClientStream, client: Client, protocol: string): void {
    const answer = errorAnswer(error, undefined);
    addDate(answer.headers, this.#context.clock.epoch());
    const exchange = this.#newExchange(listener, NO_REQUEST, client, protocol);
    exchange.answered = { status: answer.status, reason: answer.reason, headers: answer.headers };
    stream.respond(answer.status, answer.reason, answer.headers, answer.body.length, false);
    stream.body(answer.body);
    stream.end(null);
    this.#recordFailure(exchange, error);
  }

  #recordFailure(exchange: LiveExchange, error: ProxyError): void {
    exchange.error = error;
    exchange.endedAt = this.#context.clock.now();
    this.#context.recorder?.record(exchange);
    this.#context.onFinished(exchange);
  }
}

const NOT_TOLD: Forwarded = { ip: null, scheme: null };

function ownClient({ scheme, forward }: PlannedRequest): Client {
  return { ip: '127.0.0.1', port: 0, trusted: null, scheme, tls: null, forward, destination: null };
}

/** What a SOCKS5 client asks for, as the CONNECT that says the same. */
function connectRequest({ host, port }: TunnelRequest): ParsedRequest {
  return { head: headOf('CONNECT', authorityText({ host, port }, '')), target: NO_TARGET, authority: { host, port } };
}

/** Where a request of HTTP/1.0 that names no host goes: to the end of its tunnel, by the name that its TLS has. */
function tunnelEnd({ destination, tls }: Client): Authority | null {
  return destination && { ...destination, host: tls?.serverName?.toLowerCase() ?? destination.host };
}

function defaultPort(scheme: string): number {
  return scheme === 'https' ? 443 : 80;
}

/** `host[:port]`; without the port when it is that of `scheme`. */
function authorityText({ host, port }: Authority, scheme: string): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return scheme !== '' && port === defaultPort(scheme) ? name : `${name}:${port}`;
}

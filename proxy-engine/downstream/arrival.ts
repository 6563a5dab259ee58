import type { Socket } from 'node:net';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { Client } from './client.ts';
import { type FirstBytes, protocolOf } from './first-bytes.ts';
import { type Endpoint, parseProxyHeader } from './proxy-protocol.ts';

export interface ArrivalEvents {
  /** The protocol is known. `bytes` have been read from the socket; whoever goes on takes them first. */
  onKnown(protocol: Exclude<FirstBytes, 'incomplete'>, bytes: Buffer, client: Client): void;
  /** It is closed. null: it left, or said nothing in time, which browsers do with connections that they open ahead. */
  onLost(error: ProxyError | null): void;
}

/** A connection of which it is not known yet what it speaks. */
export class Arrival implements Deadline {
  deadlineAt: number;
  readonly #socket: Socket;
  readonly #events: ArrivalEvents;
  #client: Client;
  #awaitsProxyHeader: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #over = false;

  /** `proxyHeader`: the client must first send one (PROXY protocol). */
  constructor(
    socket: Socket,
    client: Client,
    options: { proxyHeader: boolean; deadlineAt: number },
    events: ArrivalEvents,
  ) {
    this.#socket = socket;
    this.#client = client;
    this.#events = events;
    this.#awaitsProxyHeader = options.proxyHeader;
    this.deadlineAt = options.deadlineAt;
    socket.on('data', this.#data);
    socket.on('end', this.#ended);
    socket.on('close', this.#ended);
    socket.on('error', ignore);
  }

  get socket(): Socket {
    return this.#socket;
  }

  onDeadline(): void {
    this.#lose(null);
  }

  readonly #data = (chunk: Buffer): void => {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#awaitsProxyHeader) this.#readProxyHeader();
    if (this.#awaitsProxyHeader || this.#over) return;
    const protocol = protocolOf(this.#bytes);
    if (protocol === 'incomplete') return;
    this.#leave();
    this.#events.onKnown(protocol, this.#bytes, this.#client);
  };

  readonly #ended = (): void => this.#lose(null);

  #readProxyHeader(): void {
    const header = parseProxyHeader(this.#bytes);
    switch (header.kind) {
      case 'incomplete':
        return;
      case 'invalid':
        this.#lose(new ProxyError('BAD_REQUEST', header.reason));
        return;
      case 'proxied':
        this.#client = behindBalancer(this.#client, header.source);
        break;
      case 'local':
        break;
    }
    this.#awaitsProxyHeader = false;
    this.#bytes = this.#bytes.subarray(header.length);
  }

  #lose(error: ProxyError | null): void {
    if (this.#over) return;
    this.#leave();
    this.#socket.on('error', ignore);
    this.#socket.destroy();
    this.#events.onLost(error);
  }

  #leave(): void {
    this.#over = true;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.#socket.off('data', this.#data);
    this.#socket.off('end', this.#ended);
    this.#socket.off('close', this.#ended);
    this.#socket.off('error', ignore);
  }
}

/** The balancer is trusted; whether its client is, another proxy perhaps, is a question of its own. */
function behindBalancer(client: Client, { ip, port }: Endpoint): Client {
  return { ...client, ip, port, trusted: client.trusted?.has(ip) ? client.trusted : null };
}

function ignore(): void {}

import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { ListenerConfig } from '../contract/config.ts';
import type { Deadlines } from '../deadlines.ts';
import { ClientConnection, type ConnectionDeps } from './client-connection.ts';

export interface ListenerDeps {
  clock: Clock;
  deadlines: Deadlines;
  begin: ConnectionDeps['begin'];
  refused: ConnectionDeps['refused'];
}

/** A bound address that accepts clients. */
export class Listener {
  readonly name: string;
  readonly config: ListenerConfig;
  readonly #server: Server;
  readonly #connections = new Set<ClientConnection>();
  readonly #deps: ListenerDeps;
  address = '';

  private constructor(name: string, config: ListenerConfig, deps: ListenerDeps) {
    this.name = name;
    this.config = config;
    this.#deps = deps;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static async open(name: string, config: ListenerConfig, deps: ListenerDeps): Promise<Listener> {
    const listener = new Listener(name, config, deps);
    const { host, port } = splitAddress(config.address);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject);
      listener.#server.listen({ host, port, backlog: 4096 }, resolve);
    });
    const bound = listener.#server.address();
    listener.address =
      typeof bound === 'object' && bound ? `${config.address.replace(/:\d+$/, '')}:${bound.port}` : config.address;
    return listener;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Stops accepting; idle connections close, busy ones after their exchange. */
  drain(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.closeGracefully();
  }

  destroy(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.socket.destroy();
  }

  #accept(socket: Socket): void {
    const { deadlines, clock, begin, refused } = this.#deps;
    if (this.#connections.size >= this.config.limits.connections) {
      socket.destroy();
      return;
    }
    const connection = new ClientConnection(socket, {
      clock,
      limits: this.config.limits,
      begin,
      refused,
      onClosed: (gone) => {
        this.#connections.delete(gone);
        deadlines.delete(gone);
      },
    });
    this.#connections.add(connection);
    deadlines.add(connection);
  }
}

/** `127.0.0.1:8080`, `[::1]:8080` → host and port. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

/** Whether only this machine can reach it. */
export function isLoopback(address: string): boolean {
  const { host } = splitAddress(address);
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

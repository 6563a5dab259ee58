import { createServer, type Server } from 'node:net';
import { Entrance, type EntranceDeps, type ListenerSetup } from './entrance.ts';

/** A bound address that accepts clients. */
export class Listener {
  readonly name: string;
  readonly #server: Server;
  readonly #entrance: Entrance;
  /** Host and the port that was really bound. */
  address = '';

  private constructor(name: string, setup: ListenerSetup, deps: EntranceDeps) {
    this.name = name;
    this.#entrance = new Entrance(setup, deps);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#entrance.admit(socket));
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static async open(name: string, setup: ListenerSetup, deps: EntranceDeps): Promise<Listener> {
    const listener = new Listener(name, setup, deps);
    const { address } = setup.config;
    const { host, port } = splitAddress(address);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject);
      listener.#server.listen({ host, port, backlog: 4096 }, resolve);
    });
    const bound = listener.#server.address();
    listener.address = typeof bound === 'object' && bound ? `${address.replace(/:\d+$/, '')}:${bound.port}` : address;
    return listener;
  }

  get setup(): ListenerSetup {
    return this.#entrance.setup;
  }

  get connections(): number {
    return this.#entrance.connections;
  }

  get unsent(): boolean {
    return this.#entrance.unsent;
  }

  /** The same address goes on under another config: connections that come from now on go by it. */
  update(setup: ListenerSetup): void {
    this.#entrance.setup = setup;
  }

  /** Stops accepting; idle connections close, busy ones after their exchange. */
  drain(): void {
    // What the system has accepted already comes in before: a connection in its queue would be reset by the close.
    setImmediate(() => {
      this.#server.close();
      this.#entrance.drain();
    });
  }

  destroy(): void {
    this.#server.close();
    this.#entrance.destroy();
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

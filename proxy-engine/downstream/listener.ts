import { createServer, type Server } from 'node:net';
import { Entrance, type EntranceDeps, type ListenerSetup } from './entrance.ts';

/** A bound address that accepts clients. */
export class Listener {
  /** As the running config calls it. */
  name: string;
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
    await listener.#listen(setup.config.address);
    return listener;
  }

  async #listen(address: string): Promise<void> {
    const { host, port } = splitAddress(address);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4096 }, resolve);
    });
    const bound = this.#server.address();
    this.address = typeof bound === 'object' && bound ? `${address.replace(/:\d+$/, '')}:${bound.port}` : address;
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

  /** The same address goes on under another config, or name: connections that come from now on go by it. */
  update(name: string, setup: ListenerSetup, deps: EntranceDeps): void {
    this.name = name;
    this.#entrance.update(setup, deps);
  }

  /** Leaves its port to another listener; those who came before stay. */
  async release(): Promise<void> {
    await this.#acceptWaiting();
    this.#server.close();
  }

  /** Takes the port again that it has released. */
  async reopen(): Promise<void> {
    await this.#listen(this.address);
  }

  /** Stops accepting; idle connections close, busy ones after their exchange. */
  async drain(): Promise<void> {
    await this.#acceptWaiting();
    this.#server.close();
    this.#entrance.drain();
  }

  /** What the system has accepted already comes in: a connection in its queue would be reset by the close. */
  #acceptWaiting(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
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

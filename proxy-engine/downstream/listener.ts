import { createServer, type ListenOptions, type Server } from 'node:net';
import { SharedCounter } from '../shared-counter.ts';
import { Entrance, type EntranceDeps, type ListenerSetup } from './entrance.ts';

/** How the threads of the engine accept at one address. */
export interface ListenerSharing {
  /** `no`: this is the only one. `first`: others follow (SO_REUSEPORT), but no other program. `following`: another was first. */
  reusePort: 'no' | 'first' | 'following';
  /** What all threads count the clients of that listener in. */
  clients(this: void, listener: string): SharedCounter;
}

export const NOT_SHARED: ListenerSharing = { reusePort: 'no', clients: () => new SharedCounter() };

/** A bound address that accepts clients. */
export class Listener {
  /** As the running config calls it. */
  name: string;
  /** Connections of all threads that accept here. */
  readonly clients: SharedCounter;
  readonly #reusePort: boolean;
  readonly #server: Server;
  readonly #entrance: Entrance;
  /** Host and the port that was really bound. */
  address = '';

  private constructor(name: string, setup: ListenerSetup, deps: EntranceDeps, { reusePort, clients }: ListenerSharing) {
    this.name = name;
    this.clients = clients(name);
    this.#reusePort = reusePort !== 'no';
    this.#entrance = new Entrance(setup, deps, this.clients);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#entrance.admit(socket));
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static async open(
    name: string,
    setup: ListenerSetup,
    deps: EntranceDeps,
    sharing: ListenerSharing,
  ): Promise<Listener> {
    const listener = new Listener(name, setup, deps, sharing);
    await listener.#listen(setup.config.address);
    return listener;
  }

  async #listen(address: string): Promise<void> {
    await listen(this.#server, { ...splitAddress(address), backlog: 4096, reusePort: this.#reusePort });
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

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, resolve);
  });
}

/** Sockets that share their port do so with those of other programs as well; one that does not share tells whether there are any. */
export async function ensureFree(address: string): Promise<void> {
  const probe = createServer();
  await listen(probe, splitAddress(address));
  await new Promise((resolve) => probe.close(resolve));
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

import { createServer, isIPv4, type ListenOptions, type Server, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { splitAddress } from './address.ts';

/** Nobody must have come for so long before it is closed. */
const QUIET_MS = 50;
/** In a flood of connections they never end. */
const HEAR_AT_MOST_MS = 500;
/** What a system lets wait at most; no more turns than that are taken. */
const BACKLOG = 4096;
/** There are always other things to do. */
const ENOUGH_TURNS = 20;
/** Such a turn did nothing but ask the system. */
const QUIET_TURN_MS = 0.05;

/** A socket that listens at one address; whoever it belongs to now gets the connections. */
export class Ear {
  /** Host and the port that was really bound. */
  readonly address: string;
  readonly #server: Server;
  #admit: (socket: Socket) => void = () => {};
  /** When somebody came last, `performance.now()`. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** Who has come since it is to close. */
  #held: Socket[] | null = null;

  private constructor(address: string, server: Server) {
    this.#server = server;
    const bound = server.address();
    this.address = typeof bound === 'object' && bound ? `${address.replace(/:\d+$/, '')}:${bound.port}` : address;
    server.on('connection', (socket) => {
      this.#heardAt = performance.now();
      if (this.#held) this.#hold(this.#held, socket);
      else this.#admit(socket);
    });
  }

  /**
   * Rejects with the system's error when the address cannot be bound. `shared` (SO_REUSEPORT): other sockets that are shared
   * may listen there too, and at all addresses.
   */
  static async open(address: string, shared: boolean): Promise<Ear> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await listen(server, { ...splitAddress(address), backlog: BACKLOG, reusePort: shared });
    return new Ear(address, server);
  }

  /** Who gets the connections from now on. */
  belongsTo(admit: (socket: Socket) => void): void {
    this.#admit = admit;
  }

  /** Whether what comes here would come there, if this one were not. */
  isCoveredBy(address: string): boolean {
    const [own, other] = [splitAddress(this.address), splitAddress(address)];
    if (own.port !== other.port) return false;
    return own.host === other.host || other.host === '::' || (other.host === '0.0.0.0' && isIPv4(own.host));
  }

  /**
   * Stops listening. What the system has accepted by then comes in first: the close would reset it. Those who come now are answered
   * when it is done: a client with a connection for each request does not come again before, so that there is an end of them.
   */
  async close(): Promise<void> {
    const held = (this.#held ??= []);
    await this.#hearAll();
    this.destroy();
    this.#held = null;
    for (const socket of held.splice(0)) {
      socket.off('error', ignore);
      if (!socket.destroyed) this.#admit(socket);
    }
  }

  /** The same, at once. */
  destroy(): void {
    this.#server.close();
  }

  #hold(held: Socket[], socket: Socket): void {
    socket.on('error', ignore);
    held.push(socket);
  }

  async #hearAll(): Promise<void> {
    const latest = performance.now() + HEAR_AT_MOST_MS;
    const leftMs = () => Math.min(this.#heardAt + QUIET_MS, latest) - performance.now();
    for (let ms = leftMs(); ms > 0; ms = leftMs()) await sleep(ms);
    await this.#hearTheLast();
  }

  /**
   * Of the system's queue one connection comes in each turn of the event loop. A turn that brought none, and nothing else to do
   * either, ends right after the system was asked: hardly anything can have come since.
   */
  async #hearTheLast(): Promise<void> {
    // The turn that is under way may have asked the system before the first of them came.
    await turn();
    for (let turns = 0, quiet = 0; turns < BACKLOG && quiet < ENOUGH_TURNS; turns++) {
      const [heardAt, startedAt] = [this.#heardAt, performance.now()];
      await turn();
      quiet = this.#heardAt === heardAt ? quiet + 1 : 0;
      if (quiet > 0 && performance.now() - startedAt < QUIET_TURN_MS) return;
    }
  }
}

function ignore(): void {}

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

import { createServer, isIPv4, type ListenOptions, type Server, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { splitAddress } from './address.ts';

/** The socket is closed when no connection has come for so long. */
const QUIET_MS = 50;
/** It is closed after so long at the latest: in a flood of connections there is no quiet. */
const HEAR_AT_MOST_MS = 500;
/** Longest queue of connections that the system keeps for a socket; emptying it takes no more turns of the event loop than that. */
const BACKLOG = 4096;
/** Turns without a connection after which the queue counts as empty, when a busy event loop leaves no turn that is quiet. */
const ENOUGH_TURNS = 20;
/** A turn that takes less than this did nothing but ask the system. */
const QUIET_TURN_MS = 0.05;
/**
 * Sockets at an address that may have several: the system shares its connections out among them. Each gives one connection for each
 * turn of the event loop (libuv), and the more clients are served, the longer a turn: of a thousand that come at once, the last
 * would wait for seconds.
 */
export const SHARED_SOCKETS = 16;

/** What listens at one address and hands its connections to the `Listener` that has it now: configs come and go, it stays open. */
export class Ear {
  /** Host and the port that was really bound. */
  readonly address: string;
  readonly #servers: readonly Server[];
  /** null: nobody has it yet. */
  #admit: ((socket: Socket) => void) | null = null;
  /** When a connection came last, `performance.now()`. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** Connections that came before somebody had it, or after `close` was called; null: neither. */
  #held: Socket[] | null = [];

  private constructor(address: string, servers: readonly Server[]) {
    this.address = address;
    this.#servers = servers;
    for (const server of servers) server.on('connection', (socket) => this.#hear(socket));
  }

  /**
   * Rejects with the system's error when the address cannot be bound. `shared` (SO_REUSEPORT): other sockets that are shared
   * may listen there too, and at all addresses.
   */
  static async open(address: string, shared: boolean): Promise<Ear> {
    const first = await listening(address, shared);
    const bound = boundAddress(address, first);
    const more = Array.from({ length: shared ? SHARED_SOCKETS - 1 : 0 }, () => listening(bound, true));
    // None where the runtime does not know `reusePort` and takes the address for taken (Node before 22.12), fewer where sockets run out.
    const others = await Promise.allSettled(more);
    return new Ear(bound, [first, ...others.flatMap((other) => (other.status === 'fulfilled' ? other.value : []))]);
  }

  /** `admit` gets the connections from now on, and those that have come while nobody had it. */
  belongsTo(admit: (socket: Socket) => void): void {
    const isFirst = this.#admit === null;
    this.#admit = admit;
    if (isFirst) this.#admitHeld();
  }

  /** Whether a socket that listens at `address` would get these connections if this one were closed. */
  isCoveredBy(address: string): boolean {
    const [own, other] = [splitAddress(this.address), splitAddress(address)];
    if (own.port !== other.port) return false;
    return own.host === other.host || other.host === '::' || (other.host === '0.0.0.0' && isIPv4(own.host));
  }

  /**
   * Stops listening. Closing resets connections that the system has accepted and we have not: so these are taken in first. Connections
   * that come meanwhile are held, and served when the socket is closed: clients that wait for an answer before they open the next
   * connection then open none, and there is an end of them.
   */
  async close(): Promise<void> {
    this.#held ??= [];
    await this.#hearAll();
    this.destroy();
    this.#admitHeld();
  }

  #admitHeld(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const socket of held.splice(0)) {
      socket.off('error', ignore);
      if (!socket.destroyed) this.#admit?.(socket);
    }
  }

  /** Stops listening at once. */
  destroy(): void {
    for (const server of this.#servers) server.close();
    if (this.#admit === null) for (const socket of this.#held ?? []) socket.destroy();
  }

  #hear(socket: Socket): void {
    this.#heardAt = performance.now();
    if (this.#held) this.#hold(this.#held, socket);
    else this.#admit?.(socket);
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
   * Empties the system's queues, each of which gives one connection for each turn of the event loop. A turn that brought none and had nothing
   * else to do ends right after the system was asked: hardly any connection can have come since.
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

async function listening(address: string, shared: boolean): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  await listen(server, { ...splitAddress(address), backlog: BACKLOG, reusePort: shared });
  return server;
}

/** With the port that the system has chosen. */
function boundAddress(address: string, server: Server): string {
  const bound = server.address();
  return typeof bound === 'object' && bound ? `${address.replace(/:\d+$/, '')}:${bound.port}` : address;
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

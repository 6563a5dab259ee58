import { createServer, isIPv4, type ListenOptions, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { splitAddress } from './address.ts';

/** In a flood of connections they never end. */
const HEAR_AT_MOST_MS = 500;
/** There are always other things to do, but nobody comes any more. */
const ENOUGH_SILENT_TURNS = 20;
const QUIET_TURN_MS = 0.05;

/** A socket that listens at one address; whoever it belongs to now gets the connections. */
export class Ear {
  /** Host and the port that was really bound. */
  readonly address: string;
  readonly #server: Server;
  #admit: (socket: Socket) => void = () => {};
  #heard = 0;

  private constructor(address: string, server: Server) {
    this.#server = server;
    const bound = server.address();
    this.address = typeof bound === 'object' && bound ? `${address.replace(/:\d+$/, '')}:${bound.port}` : address;
    server.on('connection', (socket) => {
      this.#heard++;
      this.#admit(socket);
    });
  }

  /**
   * Rejects with the system's error when the address cannot be bound. `shared` (SO_REUSEPORT): other sockets that are shared
   * may listen there too, and at all addresses.
   */
  static async open(address: string, shared: boolean): Promise<Ear> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await listen(server, { ...splitAddress(address), backlog: 4096, reusePort: shared });
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

  /** Stops listening. What the system has accepted by then comes in first: the close would reset it. */
  async close(): Promise<void> {
    await this.#hearAll();
    this.destroy();
  }

  /** The same, at once. */
  destroy(): void {
    this.#server.close();
  }

  /**
   * Of the system's queue one connection comes in each turn of the event loop. A turn that brought none, and nothing else to do
   * either, ends right after the system was asked: hardly anything can have come since.
   */
  async #hearAll(): Promise<void> {
    const latest = performance.now() + HEAR_AT_MOST_MS;
    for (let silentTurns = 0; silentTurns < ENOUGH_SILENT_TURNS && performance.now() < latest; ) {
      const [heard, startedAt] = [this.#heard, performance.now()];
      await turn();
      silentTurns = this.#heard === heard ? silentTurns + 1 : 0;
      if (silentTurns > 0 && performance.now() - startedAt < QUIET_TURN_MS) return;
    }
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

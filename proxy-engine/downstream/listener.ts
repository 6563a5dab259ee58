import { SharedCounter } from '../threads/shared-counter.ts';
import { Ear } from './ear.ts';
import { Entrance, type EntranceDeps, type ListenerSetup } from './entrance.ts';

/** How the threads of the engine accept at one address. */
export interface ListenerSharing {
  /**
   * Whether addresses are bound so that another socket may have them too (SO_REUSEPORT). `first`: of this engine alone, no other
   * program has one. `following`: another thread was first. `no`: the system cannot.
   */
  reusePort: 'no' | 'first' | 'following';
  /** What all threads count the clients of that listener in. */
  clients(this: void, listener: string): SharedCounter;
  /** Those of the thread that was first. */
  ticketKeys?(this: void, listener: string): Uint8Array | undefined;
}

/** For the thread that binds an address first. Of SO_REUSEPORT only Linux is known to share new connections out; without it there are no other threads. */
export function sharingOfFirst(workers: number): ListenerSharing {
  const reusePort = process.platform === 'linux' || workers > 1 ? 'first' : 'no';
  return { reusePort, clients: () => new SharedCounter() };
}

/** A bound address that accepts clients. */
export class Listener {
  /** As the running config calls it. */
  name: string;
  /** Connections of all threads that accept here. */
  readonly clients: SharedCounter;
  readonly #reusePort: boolean;
  readonly #entrance: Entrance;
  /** One; more when it has inherited what is within its address (127.0.0.1:80 of 0.0.0.0:80). */
  readonly #ears = new Set<Ear>();
  /** Host and the port that was really bound. */
  address: string;

  /** Hears nothing before it has opened or inherited an ear. */
  constructor(name: string, setup: ListenerSetup, deps: EntranceDeps, { reusePort, clients }: ListenerSharing) {
    this.name = name;
    this.address = setup.config.address;
    this.clients = clients(name);
    this.#reusePort = reusePort !== 'no';
    this.#entrance = new Entrance(setup, deps, this.clients);
  }

  /** Rejects with the system's error when the address cannot be bound. Who comes there waits until it serves. */
  async open(): Promise<void> {
    const ear = await Ear.open(this.address, this.#reusePort);
    this.address = ear.address;
    this.#ears.add(ear);
  }

  /** Its config runs. */
  serve(): void {
    for (const ear of this.#ears) this.inherit(ear);
  }

  get setup(): ListenerSetup {
    return this.#entrance.setup;
  }

  get ears(): ReadonlySet<Ear> {
    return this.#ears;
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

  /** What comes there from now on comes here; those who came before stay where they are. */
  inherit(ear: Ear): void {
    this.#ears.add(ear);
    ear.belongsTo((socket) => this.#entrance.admit(socket));
  }

  /** Another one has inherited it. */
  leave(ear: Ear): void {
    this.#ears.delete(ear);
  }

  /** Gives its port free; those who came before stay. */
  async release(): Promise<void> {
    await Promise.all([...this.#ears].map((ear) => ear.close()));
    this.#ears.clear();
  }

  /** Stops accepting; idle connections close, busy ones after their exchange. Resolves when its port is free. */
  async drain(): Promise<void> {
    await this.release();
    this.#entrance.drain();
  }

  destroy(): void {
    for (const ear of this.#ears) ear.destroy();
    this.#entrance.destroy();
  }
}

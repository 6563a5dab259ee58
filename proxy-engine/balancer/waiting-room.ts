import type { PoolConfig } from '../contract/config.ts';
import type { Backend } from './backend.ts';
import type { Picker } from './picker.ts';
import type { PoolLoad } from './pool-load.ts';
import type { WaitQueue } from './wait-queue.ts';

export interface WaitingRoomDeps {
  config: Pick<PoolConfig, 'connections' | 'timeouts' | 'sticky'>;
  picker: Picker;
  load: PoolLoad;
  /** Shared with the pools of the same name in earlier configs, as bounds are: room that one makes is room for all. */
  queue: WaitQueue;
}

/** What a pool's config says of waiting for a backend that is full: who may, for how long, and behind whom. */
export class WaitingRoom {
  readonly queue: WaitQueue;
  readonly #config: WaitingRoomDeps['config'];
  readonly #picker: Picker;
  readonly #load: PoolLoad;
  /** `hasRoom` of exchanges that may go to any backend: one function, so that the queue asks it once for all of them. */
  readonly #isOver = () => this.#isOverFor(null);

  constructor({ config, picker, load, queue }: WaitingRoomDeps) {
    this.queue = queue;
    this.#config = config;
    this.#picker = picker;
    this.#load = load;
  }

  /**
   * For an exchange that got no pick because backends are full: waits until one has room that it may go to, at most the connect
   * timeout (HAProxy's `timeout queue`). For a connection any number waits unless `queue` bounds it. Gives the function that leaves,
   * or why there is no waiting.
   */
  enter(
    { only, tried }: { only: Backend | null; tried: readonly Backend[] | null },
    onTurn: () => void,
    onTimeout: () => void,
  ): (() => void) | 'nothing to wait for' | 'queue is full' {
    const { queue } = this.#config.connections;
    if (!this.mayWait(only)) return 'nothing to wait for';
    if (queue > 0 && this.#load.queued.value >= queue) return 'queue is full';
    let hasRoom = this.#isOver;
    if (only) hasRoom = () => !only.full || only.state !== 'ready';
    else if (tried) hasRoom = () => this.#isOverFor(tried);
    const leave = this.queue.join({ onTurn, onTimeout, hasRoom, timeoutMs: this.#config.timeouts.connect });
    // Made by another thread, for which nobody seemed to wait.
    if (hasRoom()) this.queue.madeRoom();
    return leave;
  }

  /** Whether there is room, or no hope of any. */
  #isOverFor(tried: readonly Backend[] | null): boolean {
    return this.#picker.hasRoom(tried) || this.#picker.isHopeless;
  }

  /** Whether waiting may help an exchange that got no pick. `only`: the one backend that it may go to; null: any. */
  mayWait(only: Backend | null): boolean {
    if (!only) return this.#picker.mayWait;
    return only.state === 'ready' && (this.#config.connections.queue > 0 || only.lacksConnections);
  }

  /** Exchanges wait, and one that comes now must go behind them. */
  get isWaitedFor(): boolean {
    const { queue } = this.#config.connections;
    const queued = this.#load.queued.value;
    return queued > 0 && queued < queue && !this.#config.sticky && this.#picker.mayWait;
  }

  /** Somebody has made room, or a backend has come back. */
  wake(): void {
    this.queue.wake();
  }
}

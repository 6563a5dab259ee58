import type { Clock } from '../clock.ts';
import type { PoolLoad } from './pool-load.ts';

/** Longest that room is left to those that wait in other threads. */
const OTHERS_FIRST_MS = 2;

interface Waiting {
  /** Whether what it waits for is there. Those that wait for the same have the same function. */
  hasRoom(): boolean;
  /** Takes what is there and leaves; when another thread was faster it keeps its place and its timeout. */
  onTurn(): void;
  onTimeout(): void;
  /** Longest wait, milliseconds; 0: as long as it takes. */
  timeoutMs: number;
}

export interface WaitQueueDeps {
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** Counts how many wait, here and in the queues of other threads, and has the bells that tell these of room. */
  load: Pick<PoolLoad, 'queued' | 'bells'>;
}

/**
 * Exchanges that wait, in the order in which they came, until a backend of the pool has room (HAProxy's queue). It outlives configs:
 * who waits is told of room after its pool has been changed or removed, too.
 */
export class WaitQueue {
  readonly #deps: WaitQueueDeps;
  readonly #waiting = new Set<Waiting>();
  #isWaking = false;
  /** The running config has its pool. */
  #isInUse = false;
  /** To those in other threads, for a moment. */
  #leavesRoom = false;
  readonly #afterOthers = (): void => {
    this.#leavesRoom = false;
    this.wake();
  };
  readonly #onRing = (): boolean => {
    this.wake();
    return this.#isInUse || this.#waiting.size > 0;
  };

  constructor(deps: WaitQueueDeps) {
    this.#deps = deps;
  }

  /** The running config has, or no longer has, the pool whose queue it is. */
  setInUse(isInUse: boolean): void {
    this.#isInUse = isInUse;
    this.#restWhenOver();
  }

  /** Answers how it leaves. */
  join(waiting: Waiting): () => void {
    const { clock, load } = this.#deps;
    const { timeoutMs } = waiting;
    const expire = () => {
      // Of room that another thread made, or that came while this one was busy, nobody may have been told yet.
      if (waiting.hasRoom()) waiting.onTurn();
      if (!this.#waiting.has(waiting)) return;
      this.#remove(waiting);
      waiting.onTimeout();
    };
    const cancelTimeout = timeoutMs > 0 ? clock.after(timeoutMs, expire) : () => {};
    this.#waiting.add(waiting);
    // Before it is counted: whoever counts it rings.
    load.bells.listen(this.#onRing);
    load.queued.add(1);
    return () => {
      this.#remove(waiting);
      cancelTimeout();
    };
  }

  #remove(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting)) return;
    this.#deps.load.queued.add(-1);
    this.#restWhenOver();
  }

  /** Nobody will wait here again: an end of listening, which keeps this queue in memory. */
  #restWhenOver(): void {
    if (!this.#isInUse && this.#waiting.size === 0) this.#deps.load.bells.ringOwn();
  }

  /**
   * To be told when an attempt has ended. Between threads nobody knows who came first: those of the others have the place as often as
   * they are many.
   */
  madeRoom(): void {
    const { clock, random, load } = this.#deps;
    const own = this.#waiting.size;
    const queued = load.queued.value;
    const others = queued - own;
    if (others > 0) load.bells.ringOthers();
    if (own === 0) return;
    if (others === 0 || random() * queued >= others) this.wake();
    else if (!this.#leavesRoom) {
      this.#leavesRoom = true;
      clock.after(OTHERS_FIRST_MS, this.#afterOthers);
    }
  }

  /** To be told when there may be room. Turns come after what runs now, so that what it frees is there to be used again. */
  wake(): void {
    if (this.#isWaking || this.#waiting.size === 0) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      this.#serve();
    });
  }

  #serve(): void {
    let full: (() => boolean) | null = null; // The last that said no.
    let left = this.#waiting.size; // Who joins in the meantime waits for the next call.
    for (const waiting of this.#waiting) {
      if (left-- === 0) break;
      const { hasRoom } = waiting;
      if (hasRoom === full) continue;
      if (hasRoom()) waiting.onTurn();
      else full = hasRoom;
    }
  }
}

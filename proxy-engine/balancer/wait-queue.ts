import type { Clock } from '../clock.ts';
import type { SharedCounter } from '../shared-counter.ts';

interface Waiting {
  /** Whether what it waits for is there; null: any backend will do. */
  hasRoom: (() => boolean) | null;
  onTurn(): void;
  cancelTimeout(): void;
}

export interface WaitQueueDeps {
  clock: Clock;
  /** How many wait, here and in the queues of other threads. */
  queued: SharedCounter;
  /** How many may wait at a time. */
  limit: number;
  /** Longest wait, milliseconds; 0: as long as it takes. */
  timeoutMs: number;
  /** Whether some backend has room. */
  hasRoom(): boolean;
}

/** Exchanges that wait, in the order in which they came, until a backend of the pool has room (HAProxy's queue). */
export class WaitQueue {
  readonly #deps: WaitQueueDeps;
  readonly #waiting = new Set<Waiting>();
  #isWaking = false;

  constructor(deps: WaitQueueDeps) {
    this.#deps = deps;
  }

  get length(): number {
    return this.#waiting.size;
  }

  get isFull(): boolean {
    return this.#deps.queued.value >= this.#deps.limit;
  }

  /** One of the first two is called once, unless the returned function is called before. `hasRoom`: for who cannot use just any backend. */
  join(onTurn: () => void, onTimeout: () => void, hasRoom: (() => boolean) | null = null): () => void {
    const { clock, timeoutMs } = this.#deps;
    const leave = () => {
      this.#remove(waiting);
      waiting.cancelTimeout();
    };
    const expire = () => {
      this.#remove(waiting);
      onTimeout();
    };
    const cancelTimeout = timeoutMs > 0 ? clock.after(timeoutMs, expire) : () => {};
    const waiting: Waiting = { hasRoom, onTurn, cancelTimeout };
    this.#waiting.add(waiting);
    this.#deps.queued.add(1);
    return leave;
  }

  #remove(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) this.#deps.queued.add(-1);
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
    let hasRoom = true;
    let left = this.#waiting.size; // Who joins in the meantime waits for the next call.
    for (const waiting of this.#waiting) {
      if (left-- === 0) break;
      if (waiting.hasRoom === null) hasRoom &&= this.#deps.hasRoom();
      if (waiting.hasRoom === null ? !hasRoom : !waiting.hasRoom()) continue;
      this.#remove(waiting);
      waiting.cancelTimeout();
      waiting.onTurn();
    }
  }
}

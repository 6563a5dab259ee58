import type { Clock } from '../clock.ts';
import type { SharedCounter } from '../shared-counter.ts';
import type { Backend } from './backend.ts';

interface Waiting {
  /** The backend that it waits for; null: any. */
  only: Backend | null;
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

  /** One of the two is called once, unless the returned function is called before. */
  join(onTurn: () => void, onTimeout: () => void, only: Backend | null = null): () => void {
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
    const waiting: Waiting = { only, onTurn, cancelTimeout };
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
    for (const waiting of this.#waiting) {
      const { only } = waiting;
      if (only === null) hasRoom &&= this.#deps.hasRoom();
      if (only === null ? !hasRoom : only.full) continue;
      this.#remove(waiting);
      waiting.cancelTimeout();
      waiting.onTurn();
    }
  }
}

import type { Clock } from '../clock.ts';
import type { SharedCounter } from '../shared-counter.ts';

interface Waiting {
  /** Whether what it waits for is there. Those that wait for the same have the same function. */
  hasRoom(): boolean;
  /** Takes what is there and leaves; when another thread was faster it keeps its place and its timeout. */
  onTurn(): void;
  onTimeout(): void;
  /** Longest wait, milliseconds; 0: as long as it takes. */
  timeoutMs: number;
}

/** Exchanges that wait, in the order in which they came, until a backend of the pool has room (HAProxy's queue). */
export class WaitQueue {
  readonly #clock: Clock;
  readonly #queued: SharedCounter;
  readonly #waiting = new Set<Waiting>();
  #isWaking = false;

  /** `queued`: how many wait, here and in the queues of other threads. */
  constructor(clock: Clock, queued: SharedCounter) {
    this.#clock = clock;
    this.#queued = queued;
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** Answers how it leaves. */
  join(waiting: Waiting): () => void {
    const { timeoutMs } = waiting;
    const expire = () => {
      this.#remove(waiting);
      waiting.onTimeout();
    };
    const cancelTimeout = timeoutMs > 0 ? this.#clock.after(timeoutMs, expire) : () => {};
    this.#waiting.add(waiting);
    this.#queued.add(1);
    return () => {
      this.#remove(waiting);
      cancelTimeout();
    };
  }

  #remove(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) this.#queued.add(-1);
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

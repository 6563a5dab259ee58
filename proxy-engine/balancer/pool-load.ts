import { SharedCounter } from '../shared-counter.ts';

/** What is under way in a pool, counted by all engine threads in the same memory. */
export class PoolLoad {
  readonly memory: SharedArrayBuffer;
  readonly exchanges: SharedCounter;
  /** Whose answer has not begun. */
  readonly retries: SharedCounter;
  /** Exchanges that wait until a backend has room. */
  readonly queued: SharedCounter;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(12)) {
    this.memory = memory;
    this.exchanges = new SharedCounter(memory, 0);
    this.retries = new SharedCounter(memory, 1);
    this.queued = new SharedCounter(memory, 2);
  }
}

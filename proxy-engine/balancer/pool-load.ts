import { ONLY_THREAD, SharedBells, type ThreadPlace } from '../threads/shared-bells.ts';
import { SharedCounter } from '../threads/shared-counter.ts';

const COUNTERS_BYTES = 12;

/** What is under way in a pool, counted by all engine threads in the same memory. */
export class PoolLoad {
  readonly memory: SharedArrayBuffer;
  readonly exchanges: SharedCounter;
  /** Whose answer has not begun. */
  readonly retries: SharedCounter;
  /** Exchanges that wait until a backend has room. */
  readonly queued: SharedCounter;
  /** For threads where some of them wait: there may be room. */
  readonly bells: SharedBells;

  /** `memory`: of another thread's. */
  constructor(thread: ThreadPlace = ONLY_THREAD, memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(COUNTERS_BYTES + SharedBells.sizeBytes(thread));
    this.exchanges = new SharedCounter(this.memory, 0);
    this.retries = new SharedCounter(this.memory, 1);
    this.queued = new SharedCounter(this.memory, 2);
    this.bells = new SharedBells(this.memory, COUNTERS_BYTES, thread);
  }
}

import type { Clock } from './clock.ts';

/** Something that must be over by a time. */
export interface Deadline {
  /** `Clock.now()`; Infinity: none. Setting it is all that moving a deadline costs. */
  deadlineAt: number;
  /** `deadlineAt` has passed, and was set to Infinity. */
  onDeadline(): void;
}

const SWEEP_MS = 100;

/** One timer for all deadlines of the process: no timer per request. Deadlines are met within 100 ms. */
export class Deadlines {
  readonly #watched = new Set<Deadline>();
  readonly #stop: () => void;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#stop = clock.every(SWEEP_MS, () => this.#sweep());
  }

  add(deadline: Deadline): void {
    this.#watched.add(deadline);
  }

  delete(deadline: Deadline): void {
    this.#watched.delete(deadline);
  }

  stop(): void {
    this.#stop();
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const deadline of this.#watched) {
      if (deadline.deadlineAt > now) continue;
      deadline.deadlineAt = Number.POSITIVE_INFINITY;
      deadline.onDeadline();
    }
  }
}

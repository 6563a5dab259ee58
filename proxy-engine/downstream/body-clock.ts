import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadlines.ts';

/** Bytes a second; a request body that comes more slowly than that runs out of `requestTimeout` (Apache's mod_reqtimeout). */
const SLOWEST_BODY = 500;

/** The time that a client has for its request body, whatever its protocol: moves the deadline of what carries the body. */
export class BodyClock {
  readonly #timed: Deadline;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  /** `timeoutMs` 0: the body may take as long as it likes. */
  constructor(timed: Deadline, clock: Clock, timeoutMs: number) {
    this.#timed = timed;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** The body is awaited from now on: it begins, or goes on after it was not wanted for a while. */
  start(): void {
    this.#timed.deadlineAt = this.#timeoutMs === 0 ? Number.POSITIVE_INFINITY : this.#clock.now() + this.#timeoutMs;
  }

  /** A body that keeps coming gets more time, but never more than the whole of it from now. */
  gain(bytes: number): void {
    if (this.#timed.deadlineAt === Number.POSITIVE_INFINITY) return;
    const latest = this.#clock.now() + this.#timeoutMs;
    this.#timed.deadlineAt = Math.min(latest, this.#timed.deadlineAt + (bytes * 1000) / SLOWEST_BODY);
  }

  /** It is whole, or not wanted for now: then it is not the client who is slow. */
  stop(): void {
    this.#timed.deadlineAt = Number.POSITIVE_INFINITY;
  }
}

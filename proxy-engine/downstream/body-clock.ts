import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadlines.ts';

/** Bytes per second. A request body that comes more slowly uses up its `requestTimeout` (as in Apache's mod_reqtimeout). */
const SLOWEST_BODY = 500;

/** Keeps the time that a client has for its request body, by moving the deadline of its connection (HTTP/1) or stream (HTTP/2). */
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

  /** The time runs from now: the body begins, or is read again after a pause. */
  start(): void {
    this.#timed.deadlineAt = this.#timeoutMs === 0 ? Number.POSITIVE_INFINITY : this.#clock.now() + this.#timeoutMs;
  }

  /** So many bytes have come: they give more time, up to the whole `requestTimeout` from now. */
  gain(bytes: number): void {
    if (this.#timed.deadlineAt === Number.POSITIVE_INFINITY) return;
    const latest = this.#clock.now() + this.#timeoutMs;
    this.#timed.deadlineAt = Math.min(latest, this.#timed.deadlineAt + (bytes * 1000) / SLOWEST_BODY);
  }

  /** The time stops: the body is whole, or is not read for now, which is not the client's doing. */
  stop(): void {
    this.#timed.deadlineAt = Number.POSITIVE_INFINITY;
  }
}

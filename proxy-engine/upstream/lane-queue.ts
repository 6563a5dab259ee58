import type { Clock } from '../clock.ts';
import type { Deadline, Deadlines } from '../deadlines.ts';
import type { ProxyError } from '../errors.ts';
import type { BackendEvents } from './backend-stream.ts';

interface Waiting extends Deadline {
  events: BackendEvents;
}

/**
 * Attempts that wait until a connection to their backend has room, in the order in which they came. Few do: those whose backend ran
 * out after it was picked. Others wait in the queue of the pool, because a backend without room is full.
 */
export class LaneQueue {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #waiting: Waiting[] = [];

  constructor(clock: Clock, deadlines: Deadlines) {
    this.#clock = clock;
    this.#deadlines = deadlines;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** For at most `waitMs`; then it fails with `late()`. */
  join(events: BackendEvents, waitMs: number, late: () => ProxyError): void {
    const waiting: Waiting = {
      events,
      deadlineAt: this.#clock.now() + waitMs,
      onDeadline: () => {
        this.leave(events);
        events.onFailed(late());
      },
    };
    this.#waiting.push(waiting);
    this.#deadlines.add(waiting);
  }

  leave(events: BackendEvents): void {
    const at = this.#waiting.findIndex((waiting) => waiting.events === events);
    if (at >= 0) this.#deadlines.delete(this.#waiting.splice(at, 1)[0] as Waiting);
  }

  /** Who has waited longest; it waits no more. null: nobody waits. */
  next(): BackendEvents | null {
    const waiting = this.#waiting.shift();
    if (!waiting) return null;
    this.#deadlines.delete(waiting);
    return waiting.events;
  }

  /** All of them; none waits any more. */
  takeAll(): BackendEvents[] {
    for (const waiting of this.#waiting) this.#deadlines.delete(waiting);
    return this.#waiting.splice(0).map(({ events }) => events);
  }
}

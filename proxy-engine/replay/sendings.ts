/** Every sending of the engine: those under way, and the last ones, so that their answers can be asked for. */
import type { Clock } from '../clock.ts';
import { type BeginExchange, Sending, type SendPlan } from './sending.ts';

const MAX_REMEMBERED = 16;

export class Sendings {
  readonly #clock: Clock;
  readonly #begin: BeginExchange;
  #sendings: Sending[] = [];
  #nextId = 1;

  constructor(clock: Clock, begin: BeginExchange) {
    this.#clock = clock;
    this.#begin = begin;
  }

  start(plan: SendPlan): Sending {
    const sending = new Sending(this.#nextId++, plan, this.#clock, this.#begin);
    this.#sendings.push(sending);
    // Of those that go on none is forgotten: somebody may want to end it.
    while (this.#sendings.length > MAX_REMEMBERED && this.#sendings[0]?.state !== 'running') this.#sendings.shift();
    return sending;
  }

  find(id: number): Sending | undefined {
    return this.#sendings.find((sending) => sending.id === id);
  }

  cancelAll(): void {
    for (const sending of this.#sendings) sending.cancel();
  }
}

/** Reads into columns what an earlier process recorded: all of it takes a second for a million exchanges, so it is done in steps. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** Between two steps of some milliseconds while nobody needs columns yet: some percent of a core, half a minute for a million exchanges. */
const REST_MS = 100;

export class ColumnFilling {
  readonly #steps: () => Generator<void, void>;
  readonly #rest: () => Promise<unknown>;
  #isRunning = false;
  #isUrgent = false;
  #isOver = false;

  /** `steps`: reads what is not there yet, as far as it can be read. `rest`: between two of them. */
  constructor(steps: () => Generator<void, void>, rest: () => Promise<unknown> = restAWhile) {
    this.#steps = steps;
    this.#rest = rest;
  }

  /** Someone looks at the recordings. `isUrgent`: and asks for what columns have, as they will again. */
  begin(isUrgent: boolean): void {
    this.#isUrgent ||= isUrgent;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const steps = this.#steps();
    try {
      while (!this.#isOver && !steps.next().done) await (this.#isUrgent ? setImmediate() : this.#rest());
    } catch {
      // What could not be read is asked of the index, which says so.
    }
    this.#isRunning = false;
    this.#isUrgent = false;
  }

  stop(): void {
    this.#isOver = true;
  }
}

function restAWhile(): Promise<unknown> {
  return setTimeout(REST_MS, undefined, { ref: false });
}

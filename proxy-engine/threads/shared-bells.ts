/** Which of the threads that carry exchanges this is, and how many there are. */
export interface ThreadPlace {
  /** The engine's own is 0. */
  worker: number;
  workers: number;
}

export const ONLY_THREAD: ThreadPlace = { worker: 0, workers: 1 };

/**
 * A bell for each engine thread in the same memory. It is heard by who has the memory, whatever config its thread goes by and
 * whatever other threads know of it.
 */
export class SharedBells {
  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #own: number;
  #isListening = false;

  static sizeBytes({ workers }: ThreadPlace): number {
    return 4 * workers;
  }

  constructor(memory: SharedArrayBuffer, offsetBytes: number, { worker, workers }: ThreadPlace) {
    this.#cells = new Int32Array(memory, offsetBytes, workers);
    this.#own = worker;
  }

  ringOthers(): void {
    for (let worker = 0; worker < this.#cells.length; worker++) if (worker !== this.#own) this.#ring(worker);
  }

  ringOwn(): void {
    if (this.#isListening) this.#ring(this.#own);
  }

  #ring(worker: number): void {
    Atomics.add(this.#cells, worker, 1);
    Atomics.notify(this.#cells, worker);
  }

  /** Calls `onRing` once for all rings that a turn brings, from now on and until it answers false. */
  listen(onRing: () => boolean): void {
    const isAlone = this.#cells.length === 1;
    if (isAlone || this.#isListening) return;
    this.#isListening = true;
    void this.#hear(onRing);
  }

  async #hear(onRing: () => boolean): Promise<void> {
    const [cells, own] = [this.#cells, this.#own];
    let heard = Atomics.load(cells, own);
    do {
      // What has rung since ends the wait, also when it has not begun.
      await Atomics.waitAsync(cells, own, heard).value;
      heard = Atomics.load(cells, own);
    } while (onRing());
    this.#isListening = false;
  }
}

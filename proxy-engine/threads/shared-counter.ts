/** A whole number (32 bits) that all threads which have its memory count in: what one adds, the others see at once. */
export class SharedCounter {
  readonly memory: SharedArrayBuffer;
  readonly #cell: Int32Array;

  /** `memory`: of another thread's counter, to count in the same one. `index`: of several in one memory. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4), index = 0) {
    this.memory = memory;
    this.#cell = new Int32Array(memory, 4 * index, 1);
  }

  get value(): number {
    return Atomics.load(this.#cell, 0);
  }

  set value(value: number) {
    Atomics.store(this.#cell, 0, value);
  }

  /** Whether it was `expected`, and is `value` now: of several threads that ask, one is told so. */
  replace(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#cell, 0, expected, value) === expected;
  }

  /** Counts one more unless that makes more than `bound`, whoever else counts in the same moment. */
  addWithin(bound: number): boolean {
    for (let value = this.value; value < bound; value = this.value) if (this.replace(value, value + 1)) return true;
    return false;
  }

  /** Answers what it was before. */
  add(count: number): number {
    return Atomics.add(this.#cell, 0, count);
  }
}

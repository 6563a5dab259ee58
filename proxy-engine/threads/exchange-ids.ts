/** Ids of exchanges: each larger than those before it, and never the same in two threads. */
export class ExchangeIds {
  readonly memory: SharedArrayBuffer;
  readonly #next: BigInt64Array;

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#next = new BigInt64Array(memory);
  }

  static from(first: number): ExchangeIds {
    const ids = new ExchangeIds(new SharedArrayBuffer(8));
    ids.#next[0] = BigInt(first);
    return ids;
  }

  /** Goes on in the memory of another thread's. */
  static sharing(memory: SharedArrayBuffer): ExchangeIds {
    return new ExchangeIds(memory);
  }

  next(): number {
    return Number(Atomics.add(this.#next, 0, 1n));
  }
}

/** The same where there is one thread. */
export function countFrom(first: number): () => number {
  let next = first;
  return () => next++;
}

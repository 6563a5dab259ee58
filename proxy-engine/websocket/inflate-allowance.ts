const MIB = 1024 ** 2;
/** Messages may grow so many times; JSON grows by less. */
const FREE_GROWTH = 32;
/** What may grow beyond that at once, and each second. Inflating it takes about 150 ms, and 40 ms. */
const AT_ONCE_BYTES = 32 * MIB;
const BYTES_PER_SECOND = 8 * MIB;

/**
 * How much the compressed messages of all WebSockets may grow while they are looked at. That is done beside the traffic, in the
 * same thread, and deflate makes a thousand bytes of one.
 */
export class InflateAllowance {
  readonly #clock: { now(): number };
  #left = AT_ONCE_BYTES;
  #at: number;

  constructor(clock: { now(): number }) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** The most that may come out of so many compressed bytes now. */
  most(compressedBytes: number): number {
    const now = this.#clock.now();
    this.#left = Math.min(AT_ONCE_BYTES, this.#left + ((now - this.#at) / 1000) * BYTES_PER_SECOND);
    this.#at = now;
    return Math.floor(compressedBytes * FREE_GROWTH + this.#left);
  }

  /** So much came out. */
  spend(compressedBytes: number, inflatedBytes: number): void {
    this.#left -= Math.max(0, inflatedBytes - compressedBytes * FREE_GROWTH);
  }
}

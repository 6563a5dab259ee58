/** What a limit keeps of its keys: in this thread, or in memory that all threads of the engine count in. */
import { remainder, xxHash64 } from '../balancer/xxhash64.ts';
import type { Config } from '../contract/config.ts';
import { type LimitDecision, type LimitRate, type LimitState, takeLimit } from './limit.ts';

/** Keys remembered per rule; the one that was quiet for longest goes first. */
const MAX_KEYS = 65_536;

export interface LimitStates {
  /** One request of that key at `nowMs` (whole milliseconds). */
  take(key: string, nowMs: number, rate: LimitRate): LimitDecision;
}

export class OwnLimitStates implements LimitStates {
  readonly #states: Map<string, LimitState>;
  readonly #maxKeys: number;

  constructor(previous: OwnLimitStates | null = null, maxKeys = MAX_KEYS) {
    this.#states = new Map(previous === null ? [] : previous.#states);
    this.#maxKeys = maxKeys;
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#states.size;
  }

  take(key: string, nowMs: number, rate: LimitRate): LimitDecision {
    const decision = takeLimit(this.#states.get(key), nowMs, rate);
    if (!decision.allowed) return decision;
    this.#states.delete(key);
    this.#states.set(key, decision.state);
    if (this.#states.size > this.#maxKeys) this.#forgetOldest();
    return decision;
  }

  #forgetOldest(): void {
    for (const key of this.#states.keys()) {
      this.#states.delete(key);
      return;
    }
  }
}

/** Places that a key may have; of those the one that was quiet for longest makes room. */
const PLACES = 8;
const LOCK_BYTES = 8;
const HASH_BYTES = 8;
const STATE_BYTES = 16;

/** A table of hashes: keys are told apart by 64 bits. One thread at a time looks, for less than a microsecond. */
export class SharedLimitStates implements LimitStates {
  readonly #lock: Int32Array;
  /** Two halves a key; both 0: the place is free. */
  readonly #hashes: Int32Array;
  /** `excess` and `last` of a key. */
  readonly #states: Float64Array;
  readonly #slots: number;

  /** Memory for them, to be given to all threads. */
  static memory(slots = MAX_KEYS): SharedArrayBuffer {
    return new SharedArrayBuffer(LOCK_BYTES + slots * (HASH_BYTES + STATE_BYTES));
  }

  constructor(memory: SharedArrayBuffer) {
    this.#slots = (memory.byteLength - LOCK_BYTES) / (HASH_BYTES + STATE_BYTES);
    this.#lock = new Int32Array(memory, 0, 1);
    this.#states = new Float64Array(memory, LOCK_BYTES, 2 * this.#slots);
    this.#hashes = new Int32Array(memory, LOCK_BYTES + this.#slots * STATE_BYTES, 2 * this.#slots);
  }

  take(key: string, nowMs: number, rate: LimitRate): LimitDecision {
    const hash = xxHash64(Buffer.from(key, 'utf8'));
    const first = remainder(hash, this.#slots);
    this.#enter();
    try {
      const [hi, lo] = [hash.hi | 0, hash.lo | 1];
      const slot = this.#find(first, hi, lo);
      const isKnown = this.#hashes[2 * slot] === hi && this.#hashes[2 * slot + 1] === lo;
      const decision = takeLimit(isKnown ? this.#read(slot) : undefined, nowMs, rate);
      if (decision.allowed) this.#write(slot, hi, lo, decision.state);
      return decision;
    } finally {
      this.#leave();
    }
  }

  /** The place of the key, or the one that it may have. */
  #find(first: number, hi: number, lo: number): number {
    let best = first;
    let oldest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < PLACES; i++) {
      const slot = (first + i) % this.#slots;
      if (this.#hashes[2 * slot] === hi && this.#hashes[2 * slot + 1] === lo) return slot;
      const last = this.#hashes[2 * slot + 1] === 0 ? -1 : (this.#states[2 * slot + 1] as number);
      if (last >= oldest) continue;
      oldest = last;
      best = slot;
    }
    return best;
  }

  #read(slot: number): LimitState {
    return { excess: this.#states[2 * slot] as number, last: this.#states[2 * slot + 1] as number };
  }

  #write(slot: number, hi: number, lo: number, { excess, last }: LimitState): void {
    this.#hashes[2 * slot] = hi;
    this.#hashes[2 * slot + 1] = lo;
    this.#states[2 * slot] = excess;
    this.#states[2 * slot + 1] = last;
  }

  #enter(): void {
    while (Atomics.compareExchange(this.#lock, 0, 0, 1) !== 0) Atomics.wait(this.#lock, 0, 1, 1);
  }

  #leave(): void {
    Atomics.store(this.#lock, 0, 0);
    Atomics.notify(this.#lock, 0, 1);
  }
}

/** Memory for each rule of the config that has a limit, by its name; what a rule of that name had goes on. */
export function limitMemories(
  { rules }: Pick<Config, 'rules'>,
  before: ReadonlyMap<string, SharedArrayBuffer>,
): Map<string, SharedArrayBuffer> {
  const limited = rules.filter(({ limit }) => limit !== undefined);
  return new Map(limited.map(({ name }) => [name, before.get(name) ?? SharedLimitStates.memory()]));
}

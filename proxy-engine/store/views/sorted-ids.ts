/** The exchanges of a view in the order of one of their columns; equal ones in the order in which they began. */
import { firstAbove } from '../index/id-list.ts';
import { type EachKey, KeyBuckets, type SortKey } from '../index/key-buckets.ts';
import { takeTurns } from '../turns.ts';

/** What has come is put in its place at most this often. */
const REST_MS = 500;
/** Exchanges whose keys are read at a time. */
const SLICE = 4000;

export class SortedIds {
  readonly #eachKey: EachKey;
  #buckets: KeyBuckets | null = null;
  /** What will take its place. */
  #next: { buckets: KeyBuckets; of: number } | null = null;
  /** Exchanges up to this id are in it. */
  #seen = 0;
  /** Their key may be another one now, or they may have come into the view. */
  #changed = new Set<number>();
  #restUntil = Number.NEGATIVE_INFINITY;
  #working: Promise<void> | null = null;

  constructor(eachKey: EachKey) {
    this.#eachKey = eachKey;
  }

  change(id: number): void {
    if (id <= this.#seen) this.#changed.add(id);
  }

  /** Others have gone. */
  keepOnly(isKept: (id: number) => boolean): void {
    this.#buckets?.keepOnly(isKept);
    this.#next?.buckets.keepOnly(isKept);
  }

  /** The share that was looked at, 0 to 1, as long as there is no order yet; null: there is one, which may be a moment old. */
  get share(): number | null {
    if (this.#buckets !== null) return null;
    return this.#next === null ? 0 : this.#next.buckets.length / Math.max(1, this.#next.of);
  }

  get length(): number {
    return this.#buckets?.length ?? 0;
  }

  slice(from: number, to: number): number[] {
    return this.#buckets?.slice(from, to, this.#eachKey) ?? [];
  }

  /** In turns with everything else. `found`: of the view, in order of id; `isWanted`: false, and it stops. */
  upToDate(found: readonly number[], isWanted: () => boolean): Promise<void> {
    if (this.#working === null && performance.now() < this.#restUntil) return Promise.resolve();
    this.#working ??= this.#work(found, isWanted).finally(() => {
      this.#working = null;
      this.#restUntil = performance.now() + REST_MS;
    });
    return this.#working;
  }

  async #work(found: readonly number[], isWanted: () => boolean): Promise<void> {
    if (this.#buckets === null || this.#buckets.isLopsided()) await this.#begin(found, isWanted);
    else await this.#add(this.#buckets, found, isWanted);
  }

  async #begin(found: readonly number[], isWanted: () => boolean): Promise<void> {
    const ids = found.slice();
    this.#know(ids);
    const buckets = new KeyBuckets(this.#sample(ids));
    this.#next = { buckets, of: ids.length };
    if (await this.#put(buckets, ids, isWanted)) this.#buckets = buckets;
    this.#next = null;
  }

  async #add(buckets: KeyBuckets, found: readonly number[], isWanted: () => boolean): Promise<void> {
    const fresh = found.slice(firstAbove(found, this.#seen));
    const changed = [...this.#changed].filter((id) => found[firstAbove(found, id) - 1] === id);
    const moved = this.#changed;
    this.#know(fresh);
    if (moved.size > 0) {
      buckets.keepOnly((id) => !moved.has(id));
      this.#eachKey(
        changed.sort((a, b) => a - b),
        (id, key) => buckets.put(id, key),
      );
    }
    await this.#put(buckets, fresh, isWanted);
  }

  /** What changes from now on is put in its place the next time. */
  #know(ids: readonly number[]): void {
    this.#seen = ids.at(-1) ?? this.#seen;
    this.#changed = new Set();
  }

  /** False: nobody wanted it any more. */
  #put(buckets: KeyBuckets, ids: readonly number[], isWanted: () => boolean): Promise<boolean> {
    let at = 0;
    return takeTurns(() => {
      if (at >= ids.length) return 'done';
      this.#eachKey(ids.slice(at, (at += SLICE)), (id, key) => buckets.put(id, key));
      return 'more';
    }, isWanted);
  }

  #sample(ids: readonly number[]): SortKey[] {
    const places = Array.from({ length: KeyBuckets.sampleSize(ids.length) }, () =>
      Math.floor(Math.random() * ids.length),
    );
    const keys: SortKey[] = [];
    const some = [...new Set(places)].sort((a, b) => a - b).map((place) => ids[place] as number);
    this.#eachKey(some, (_, key) => keys.push(key));
    return keys;
  }
}

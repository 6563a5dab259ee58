/** Exchanges by a key, put in order only where somebody looks: a key that is frequent has a bucket of its own, all between two of them share one. */

export type SortKey = number | string;

/** Tells those of `ids` that are there with their keys, in order of id. `ids`: in order. */
export type EachKey = (ids: readonly number[], tell: (id: number, key: SortKey) => void) => void;

interface Bucket {
  ids: number[];
  isInOrder: boolean;
}

/** A bucket of so many is put in order while nobody waits long. */
const BUCKET = 8000;
/** What comes later may come all between the same two keys: such buckets are made anew. */
const TOO_MANY = 4 * BUCKET;
/** Keys that are looked at for each bucket before it is known which ones part them. */
const SAMPLES = 32;

export class KeyBuckets {
  /** In order, each once. */
  readonly #parting: readonly SortKey[];
  /** At even places what lies between two parting keys, at odd places what has one. */
  readonly #buckets: readonly Bucket[];
  #length = 0;

  /** `sample`: keys of some that will be put in, in any order. */
  constructor(sample: readonly SortKey[]) {
    this.#parting = everyNth(sample.toSorted(compareKeys), SAMPLES);
    this.#buckets = Array.from({ length: 2 * this.#parting.length + 1 }, () => ({ ids: [], isInOrder: true }));
  }

  /** How many keys it wants to know before so many come. */
  static sampleSize(count: number): number {
    return count <= BUCKET ? 0 : SAMPLES * Math.ceil(count / BUCKET);
  }

  get length(): number {
    return this.#length;
  }

  isLopsided(): boolean {
    return this.#buckets.some(({ ids }, place) => isBetween(place) && ids.length > TOO_MANY);
  }

  put(id: number, key: SortKey): void {
    const place = this.#placeOf(key);
    const bucket = this.#buckets[place] as Bucket;
    const last = bucket.ids.at(-1);
    bucket.isInOrder &&= last === undefined || (!isBetween(place) && last < id);
    bucket.ids.push(id);
    this.#length++;
  }

  #placeOf(key: SortKey): number {
    let low = 0;
    let high = this.#parting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#parting[middle] as SortKey) < key) low = middle + 1;
      else high = middle;
    }
    return this.#parting[low] === key ? 2 * low + 1 : 2 * low;
  }

  keepOnly(isKept: (id: number) => boolean): void {
    this.#length = 0;
    for (const bucket of this.#buckets) {
      bucket.ids = bucket.ids.filter(isKept);
      this.#length += bucket.ids.length;
    }
  }

  /** Those from place `from` up to `to` in the order of their keys; equal ones in order of id. */
  slice(from: number, to: number, eachKey: EachKey): number[] {
    const found: number[] = [];
    let start = 0;
    for (const [place, bucket] of this.#buckets.entries()) {
      const end = start + bucket.ids.length;
      if (start >= to) break;
      if (end > from) {
        if (!bucket.isInOrder) putInOrder(bucket, isBetween(place) ? eachKey : null);
        found.push(...bucket.ids.slice(Math.max(0, from - start), to - start));
      }
      start = end;
    }
    return found;
  }
}

function isBetween(place: number): boolean {
  return place % 2 === 0;
}

/** `eachKey` null: all have the same key. */
function putInOrder(bucket: Bucket, eachKey: EachKey | null): void {
  bucket.ids.sort((a, b) => a - b);
  if (eachKey !== null) {
    const keys = new Map<number, SortKey>();
    eachKey(bucket.ids, (id, key) => keys.set(id, key));
    // Sorting keeps the order of equal ones.
    bucket.ids.sort((a, b) => compareLeft(keys.get(a), keys.get(b)));
  }
  bucket.isInOrder = true;
}

function compareKeys(a: SortKey, b: SortKey): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** undefined: of one that has gone meanwhile; it stands in front. */
function compareLeft(a: SortKey | undefined, b: SortKey | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareKeys(a, b);
}

function everyNth(sorted: readonly SortKey[], n: number): SortKey[] {
  return [...new Set(sorted.filter((_, place) => place % n === n - 1))];
}

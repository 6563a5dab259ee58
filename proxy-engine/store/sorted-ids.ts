/** The exchanges of a view in the order of one of their columns; equal ones in the order in which they began. */
import type { SortField } from '../contract/api.ts';
import type { ExchangeIndex } from './exchange-index.ts';

export type TextField = Extract<SortField, 'host' | 'path'>;
export type NumberField = Exclude<SortField, TextField>;

/** A list in which much happens is put in order at most this often. */
const REST_MS = 500;
/** And takes at most this share of the time. */
const LARGEST_SHARE = 0.1;

export interface SortedIds {
  /** Its number may be another one now. */
  change(id: number): void;
  /** Exchanges have gone. */
  beginAgain(): void;
  /** `found`: of the view, in order of id. May be a moment old. */
  upToDate(found: readonly number[], index: ExchangeIndex): Float64Array;
}

export function sortedBy(field: SortField): SortedIds {
  return field === 'host' || field === 'path' ? new SortedByText(field) : new SortedByNumber(field);
}

/** Sorted anew each time. */
class SortedByText implements SortedIds {
  readonly #field: TextField;
  #ids: Float64Array = new Float64Array();
  #hasNews = true;
  #seen = 0;
  #restUntil = 0;

  constructor(field: TextField) {
    this.#field = field;
  }

  /** Neither host nor path become another one, but the exchange may have come into the view. */
  change(): void {
    this.#hasNews = true;
  }

  beginAgain(): void {
    this.#hasNews = true;
    this.#restUntil = 0;
  }

  upToDate(found: readonly number[], index: ExchangeIndex): Float64Array {
    const began = performance.now();
    const newest = found.at(-1) ?? 0;
    if (began < this.#restUntil || (!this.#hasNews && newest === this.#seen)) return this.#ids;
    this.#ids = index.idsBy(this.#field, found);
    this.#hasNews = false;
    this.#seen = newest;
    const now = performance.now();
    this.#restUntil = now + Math.max(REST_MS, (now - began) / LARGEST_SHARE);
    return this.#ids;
  }
}

interface Sorted {
  ids: Float64Array;
  keys: Float64Array;
}

/** What has come is put between what is in order. */
class SortedByNumber implements SortedIds {
  readonly #field: NumberField;
  #sorted: Sorted = { ids: new Float64Array(), keys: new Float64Array() };
  /** Exchanges up to this id are in it. */
  #seen = 0;
  #sortedAt = Number.NEGATIVE_INFINITY;
  /** Their number may be another one now. */
  readonly #changed = new Set<number>();
  #mustBeginAgain = false;

  constructor(field: NumberField) {
    this.#field = field;
  }

  change(id: number): void {
    if (id <= this.#seen) this.#changed.add(id);
  }

  beginAgain(): void {
    this.#mustBeginAgain = true;
  }

  upToDate(found: readonly number[], index: ExchangeIndex): Float64Array {
    const now = performance.now();
    if (!this.#mustBeginAgain && now - this.#sortedAt < REST_MS) return this.#sorted.ids;
    this.#sorted = this.#mustBeginAgain ? sort(found, index, this.#field) : this.#merged(found, index);
    this.#mustBeginAgain = false;
    this.#changed.clear();
    this.#seen = found.at(-1) ?? 0;
    this.#sortedAt = performance.now();
    return this.#sorted.ids;
  }

  #merged(found: readonly number[], index: ExchangeIndex): Sorted {
    const changed = this.#changed;
    const fresh = found.filter((id) => id > this.#seen || changed.has(id));
    if (fresh.length === 0 && changed.size === 0) return this.#sorted;
    return merge(this.#sorted, sort(fresh, index, this.#field), changed);
  }
}

function sort(ids: readonly number[], index: ExchangeIndex, field: NumberField): Sorted {
  const keys = index.numbersOf(field, ids);
  const order = Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  return {
    ids: Float64Array.from(order, (n) => ids[n] as number),
    keys: Float64Array.from(order, (n) => keys[n] as number),
  };
}

/** Without those of `old` that were changed. */
function merge(old: Sorted, fresh: Sorted, changed: ReadonlySet<number>): Sorted {
  const ids = new Float64Array(old.ids.length + fresh.ids.length);
  const keys = new Float64Array(ids.length);
  let to = 0;
  let next = 0;
  const put = (from: Sorted, n: number) => {
    ids[to] = from.ids[n] as number;
    keys[to++] = from.keys[n] as number;
  };
  for (let n = 0; n < old.ids.length; n++) {
    if (changed.has(old.ids[n] as number)) continue;
    while (next < fresh.ids.length && isBefore(fresh, next, old, n)) put(fresh, next++);
    put(old, n);
  }
  while (next < fresh.ids.length) put(fresh, next++);
  return { ids: ids.subarray(0, to), keys: keys.subarray(0, to) };
}

function isBefore(a: Sorted, at: number, b: Sorted, n: number): boolean {
  const [left, right] = [a.keys[at] as number, b.keys[n] as number];
  return left < right || (left === right && (a.ids[at] as number) < (b.ids[n] as number));
}

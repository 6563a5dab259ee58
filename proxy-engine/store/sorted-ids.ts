/** The exchanges of a view in the order of one of their numbers; equal ones in the order in which they began. */
import type { SortField } from '../contract/api.ts';
import type { ExchangeIndex } from './exchange-index.ts';

/** A list in which much happens is put in order at most this often. */
const REST_MS = 500;

interface Sorted {
  ids: Float64Array;
  keys: Float64Array;
}

export class SortedIds {
  readonly #field: SortField;
  #sorted: Sorted = { ids: new Float64Array(), keys: new Float64Array() };
  /** Exchanges up to this id are in it. */
  #seen = 0;
  #sortedAt = Number.NEGATIVE_INFINITY;
  /** Their number may be another one now. */
  readonly #changed = new Set<number>();
  #mustBeginAgain = false;

  constructor(field: SortField) {
    this.#field = field;
  }

  change(id: number): void {
    if (id <= this.#seen) this.#changed.add(id);
  }

  /** Exchanges have gone. */
  beginAgain(): void {
    this.#mustBeginAgain = true;
  }

  /** `found`: of the view, in order of id. Up to half a second old. */
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

function sort(ids: readonly number[], index: ExchangeIndex, field: SortField): Sorted {
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

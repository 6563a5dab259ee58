/** What several lookups have found, put together once for each combination: when it comes again, it is there. */

/** Combinations that are kept; beyond them they are made anew. */
const MAX_KEPT = 1024;

interface Ordered {
  readonly order: number;
}

interface Found<T extends Ordered> {
  readonly before: Choice<T>;
  readonly more: readonly T[];
}

export class Choice<T extends Ordered> {
  readonly #found: Found<T> | null;
  readonly #kept: { count: number };
  readonly #next = new Map<readonly T[], Choice<T>>();
  #list: readonly T[] | null;

  /** `always`: what needs no lookup. */
  constructor(always: readonly T[], found: Found<T> | null = null, kept = { count: 0 }) {
    this.#found = found;
    this.#kept = kept;
    this.#list = found === null ? always : null;
  }

  /** All that was found, in order. The list is shared: do not change it. */
  get list(): readonly T[] {
    return (this.#list ??= this.#merged());
  }

  /** With what one more lookup found; no lookup finds what another has found. */
  and(more: readonly T[] | null): Choice<T> {
    if (more === null || more.length === 0) return this;
    const known = this.#next.get(more);
    if (known) return known;
    const choice = new Choice<T>([], { before: this, more }, this.#kept);
    if (this.#kept.count >= MAX_KEPT) return choice;
    this.#kept.count++;
    this.#next.set(more, choice);
    return choice;
  }

  #merged(): readonly T[] {
    if (this.#found === null) return [];
    const { before, more } = this.#found;
    if (before.list.length === 0) return more;
    return [...before.list, ...more].sort((one, other) => one.order - other.order);
  }
}

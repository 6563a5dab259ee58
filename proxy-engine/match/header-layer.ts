/**
 * Entries that passed host and the beginning of the path, some of which also need a request header to have a certain value, or the
 * path to have a certain text: found by these.
 */
import { GramIndex } from './gram-index.ts';
import type { Candidate } from './guard.ts';

/** More header names than this are not looked up: their entries are asked one by one. */
const MAX_NAMES = 8;
/** Fewer entries than this that look for a text in the path are asked one by one. */
const FEWEST_NEEDLES = 16;
/** Lists kept for combinations of header values that were seen. */
const MAX_LISTS = 1024;

export type HeaderOf = (lowerName: string) => string | undefined;

export class HeaderLayer<T extends Candidate> {
  /** In their order. */
  readonly all: readonly T[];
  /** By header name, then value; null: nothing is looked up. */
  readonly #byHeader: ReadonlyMap<string, ReadonlySet<string>> | null;
  /** null: nothing is looked for. */
  readonly #needles: GramIndex | null;
  readonly #lists = new Map<string, readonly T[]>();

  constructor(all: readonly T[]) {
    this.all = all;
    const byHeader = new Map<string, Set<string>>();
    for (const { guard } of all) {
      if (guard.header === null || (!byHeader.has(guard.header.name) && byHeader.size === MAX_NAMES)) continue;
      const values = byHeader.get(guard.header.name) ?? new Set();
      for (const value of guard.header.values) values.add(value);
      byHeader.set(guard.header.name, values);
    }
    this.#byHeader = byHeader.size > 0 ? byHeader : null;
    const needles = all.flatMap(({ guard }) => guard.pathNeedles ?? []);
    this.#needles = needles.length < FEWEST_NEEDLES ? null : new GramIndex(needles);
  }

  /** The list is shared: do not change it. */
  find(subject: { path: string; requestHeader: HeaderOf }): readonly T[] {
    if (this.#byHeader === null && this.#needles === null) return this.all;
    let key = this.#needles === null ? '' : this.#needles.find(subject.path);
    if (this.#byHeader !== null)
      for (const [name, values] of this.#byHeader) {
        const value = subject.requestHeader(name);
        // No value has a line break, so that the key tells which header has which.
        key += value !== undefined && values.has(value) ? `\n${value}` : '\n';
      }
    return this.#lists.get(key) ?? this.#select(key);
  }

  #select(key: string): readonly T[] {
    const [texts = '', ...values] = key.split('\n');
    const known = new Map([...(this.#byHeader?.keys() ?? [])].map((name, i) => [name, values[i] ?? '']));
    const list = this.all.filter(({ guard: { header, pathNeedles } }) => {
      if (
        pathNeedles !== null &&
        this.#needles !== null &&
        !pathNeedles.some((one) => this.#needles?.mayHave(texts, one))
      )
        return false;
      const value = header === null ? undefined : known.get(header.name);
      return header === null || value === undefined || (value !== '' && header.values.includes(value));
    });
    if (this.#lists.size < MAX_LISTS) this.#lists.set(key, list);
    return list;
  }
}

/** Entries that passed host and path, some of which also need a request header to have a certain value: found by that value. */
import type { Candidate } from './guard.ts';

/** More header names than this are not looked up: their entries are asked one by one. */
const MAX_NAMES = 8;
/** Lists kept for combinations of header values that were seen. */
const MAX_LISTS = 1024;

export type HeaderOf = (lowerName: string) => string | undefined;

export class HeaderLayer<T extends Candidate> {
  /** In their order. */
  readonly all: readonly T[];
  /** By header name, then value; null: nothing is looked up. */
  readonly #byHeader: ReadonlyMap<string, ReadonlySet<string>> | null;
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
  }

  /** The list is shared: do not change it. */
  find(subject: { requestHeader: HeaderOf }): readonly T[] {
    if (this.#byHeader === null) return this.all;
    let key = '';
    for (const [name, values] of this.#byHeader) {
      const value = subject.requestHeader(name);
      // No value has a line break, so that the key tells which header has which.
      key += value !== undefined && values.has(value) ? `${value}\n` : '\n';
    }
    return this.#lists.get(key) ?? this.#select(key);
  }

  #select(key: string): readonly T[] {
    const values = key.split('\n');
    const known = new Map([...(this.#byHeader?.keys() ?? [])].map((name, i) => [name, values[i] ?? '']));
    const list = this.all.filter(({ guard: { header } }) => {
      const value = header === null ? undefined : known.get(header.name);
      return header === null || value === undefined || (value !== '' && header.values.includes(value));
    });
    if (this.#lists.size < MAX_LISTS) this.#lists.set(key, list);
    return list;
  }
}

/** One way to find entries by a request: by how its path begins, by the value of a field, by texts in its path. */
import type { TextAccess } from './access.ts';
import { GramIndex } from './gram-index.ts';
import type { Candidate } from './guard.ts';
import { PrefixTrie } from './prefix-trie.ts';
import type { RequestSubject } from './subject.ts';

/** Finds the entries that a request may match: shared lists, the same list for the same entries. `null`: none. */
export type Lookup<T> = (subject: RequestSubject) => readonly T[] | null;

export function byPathPrefix<T extends Candidate>(entries: readonly T[]): Lookup<T> {
  const trie = new PrefixTrie<T>();
  for (const entry of entries) for (const prefix of entry.guard.pathPrefixes ?? []) trie.add(prefix, entry);
  return (subject) => trie.find(subject.path);
}

/** Lookups of one field: by its whole values, and by how they begin where an entry asks for that. */
export function byField<T extends Candidate>(id: string, entries: readonly T[]): Lookup<T>[] {
  const lists = new Map<string, T[]>();
  const trie = new PrefixTrie<T>();
  let hasPrefixes = false;
  let read: TextAccess | undefined;
  for (const entry of entries) {
    const field = entry.guard.fields.find((one) => one.id === id);
    if (!field) continue;
    read = field.read;
    hasPrefixes ||= field.prefixes.length > 0;
    // A value begins with itself: an entry stands in one of the two only.
    if (field.prefixes.length > 0) for (const text of [...field.prefixes, ...field.values]) trie.add(text, entry);
    else for (const value of field.values) pushTo(lists, value, entry);
  }
  const valueOf = read as (subject: RequestSubject) => string | undefined;
  const whole: Lookup<T> = (subject) => {
    const value = valueOf(subject);
    return value === undefined ? null : (lists.get(value) ?? null);
  };
  const begun: Lookup<T> = (subject) => {
    const value = valueOf(subject);
    return value === undefined ? null : trie.find(value);
  };
  return [...(lists.size > 0 ? [whole] : []), ...(hasPrefixes ? [begun] : [])];
}

function pushTo<T>(lists: Map<string, T[]>, value: string, entry: T): void {
  const list = lists.get(value);
  if (!list) lists.set(value, [entry]);
  else if (list.at(-1) !== entry) list.push(entry);
}

/** Lists kept for the texts that paths were seen to have. */
const MAX_LISTS = 1024;

export function byPathNeedle<T extends Candidate>(entries: readonly T[]): Lookup<T> {
  const grams = new GramIndex(entries.flatMap(({ guard }) => guard.pathNeedles ?? []));
  const lists = new Map<string, readonly T[]>();
  return ({ path }) => {
    const key = grams.find(path);
    if (key === '') return null;
    const known = lists.get(key);
    if (known) return known;
    const list = entries.filter(({ guard }) => guard.pathNeedles?.some((needle) => grams.mayHave(key, needle)));
    if (lists.size < MAX_LISTS) lists.set(key, list);
    return list;
  };
}

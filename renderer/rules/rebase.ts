/** What is typed in a form while somebody else changes the same entry. */
import type { RawRule } from './document.ts';
import { changedKeys, same } from './edits.ts';

type Raw = Readonly<Record<string, unknown>>;

/** What is typed, and the entry as it was when that was begun. */
export interface Typed<D, R extends Raw = RawRule> {
  draft: D;
  base: R;
}

/** A key that both have changed. */
export interface Conflict {
  key: string;
  mine: unknown;
  theirs: unknown;
}

/** How a form reads and writes an entry. */
export interface FormKind<D, R extends Raw = RawRule> {
  draftOf: (raw: R) => D;
  apply: (raw: R, draft: D) => R;
  /** The parts of the draft that a key of the entry is edited by. */
  partsOf: (key: string) => readonly (keyof D)[];
}

/** The draft over the entry as it is now: what was not touched follows it, what both changed is a conflict and stays as typed. */
export function rebase<D, R extends Raw>(
  { draft, base }: Typed<D, R>,
  now: R,
  kind: FormKind<D, R>,
): Typed<D, R> & { conflicts: Conflict[] } {
  if (same(base, now)) return { draft, base: now, conflicts: [] };
  const mine = kind.apply(base, draft);
  const touched = changedKeys(base, mine);
  const theirs = new Set(changedKeys(base, now));
  const conflicts = touched.flatMap((key) =>
    theirs.has(key) && !same(mine[key], now[key]) ? [{ key, mine: mine[key], theirs: now[key] }] : [],
  );
  const rebased = { ...kind.draftOf(now) };
  for (const part of touched.flatMap((key) => kind.partsOf(key))) rebased[part] = draft[part];
  return { draft: rebased, base: withKeys(now, base, conflicts), conflicts };
}

/** A conflict solved: theirs is what mine replaces from now on, or mine is given up. */
export function settle<D, R extends Raw>(
  typed: Typed<D, R>,
  now: R,
  key: string,
  take: 'mine' | 'theirs',
  kind: FormKind<D, R>,
): Typed<D, R> {
  const base = withKeys(typed.base, now, [{ key }]);
  if (take === 'mine') return { ...typed, base };
  const draft = { ...typed.draft };
  const theirs = kind.draftOf(now);
  for (const part of kind.partsOf(key)) draft[part] = theirs[part];
  return { draft, base };
}

/** `to` with some keys as `from` has them. */
function withKeys<R extends Raw>(to: R, from: R, keys: readonly { key: string }[]): R {
  const names = new Set(keys.map(({ key }) => key));
  const kept = Object.entries(to).filter(([key]) => !names.has(key) || Object.hasOwn(from, key));
  const taken = Object.entries(from).filter(([key]) => names.has(key));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(taken) } as R;
}

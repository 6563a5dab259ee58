import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { withName } from '../../proxy-engine/contract/expression/names.ts';
import type { EntryList, RawRule } from './document.ts';
import { same } from './edits.ts';
import { type Conflict, type FormKind, rebase, settle, type Typed } from './rebase.ts';

/** What is typed, and which route or rule it is typed in. */
export interface Kept extends Typed<unknown> {
  list: EntryList;
  name: string;
}

/** By list and name. */
export const keptDrafts = createStore<Readonly<Record<string, Kept>>>(() => ({}));

/** Whether anything is typed in any form and not saved. */
export function hasKeptDrafts(): boolean {
  return Object.keys(keptDrafts.getState()).length > 0;
}

export function keepDraft(list: EntryList, name: string, typed: Typed<unknown> | null): void {
  const form = `${list} ${name}`;
  const { [form]: _, ...others } = keptDrafts.getState();
  keptDrafts.setState(typed === null ? others : { ...others, [form]: { ...typed, list, name } }, true);
}

/** What is typed in an entry goes with it to its new name. */
export function moveKeptDraft(list: EntryList, from: string, to: string): void {
  const typed = keptDrafts.getState()[`${list} ${from}`];
  if (typed === undefined) return;
  keepDraft(list, from, null);
  keepDraft(list, to, typed);
}

/** What is typed asks for a route or rule by its new name, too, as what it is typed over does by then. */
export function renameInKeptDrafts(field: 'route' | 'rule', from: string, to: string): void {
  const renamed = <T>(value: T): T => {
    const { match } = value as { match?: unknown };
    return typeof match === 'string' ? { ...value, match: withName(match, field, [from], to) } : value;
  };
  const all = Object.entries(keptDrafts.getState());
  keptDrafts.setState(
    Object.fromEntries(
      all.map(([key, kept]) => [key, { ...kept, draft: renamed(kept.draft), base: renamed(kept.base) }]),
    ),
    true,
  );
}

export interface KeptDraft<D> {
  draft: D;
  /** The entry as it was when what is typed was begun, and as it is now where nothing was typed. */
  base: RawRule;
  /** Whether something is typed that is not what the entry has. */
  isTyped: boolean;
  /** What somebody else changed meanwhile to something else than what is typed. */
  conflicts: readonly Conflict[];
  keep: (draft: D) => void;
  settle: (key: string, take: 'mine' | 'theirs') => void;
  forget: () => void;
}

/**
 * What is typed in a form and not saved yet, over the entry as it is now. It is there again when the form was left and comes
 * back, until the window closes.
 */
export function useKeptDraft<D>(list: EntryList, name: string, now: RawRule, kind: FormKind<D>): KeptDraft<D> {
  const typed = useStore(keptDrafts, (all) => all[`${list} ${name}`]) as Typed<D> | undefined;
  const keep = (next: Typed<D> | null): void => keepDraft(list, name, next);
  const shown = typed ? rebase(typed, now, kind) : { draft: kind.draftOf(now), base: now, conflicts: [] };
  return {
    ...shown,
    isTyped: typed !== undefined,
    keep: (draft) => keep(same(draft, kind.draftOf(shown.base)) ? null : { draft, base: shown.base }),
    settle: (key, take) => keep(settle(shown, now, key, take, kind)),
    forget: () => keep(null),
  };
}

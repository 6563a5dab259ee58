import { useState } from 'react';
import type { RawRule } from './document.ts';
import { same } from './edits.ts';
import { type Conflict, type FormKind, rebase, settle, type Typed } from './rebase.ts';

const kept = new Map<string, Typed<unknown>>();

/** Whether anything is typed in any form and not saved. */
export function hasKeptDrafts(): boolean {
  return kept.size > 0;
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
export function useKeptDraft<D>(form: string, now: RawRule, kind: FormKind<D>): KeptDraft<D> {
  const [typed, setTyped] = useState<Typed<D> | null>(() => (kept.get(form) as Typed<D> | undefined) ?? null);
  function keep(next: Typed<D> | null): void {
    if (next === null) kept.delete(form);
    else kept.set(form, next);
    setTyped(next);
  }
  const shown = typed ? rebase(typed, now, kind) : { draft: kind.draftOf(now), base: now, conflicts: [] };
  return {
    ...shown,
    isTyped: typed !== null,
    keep: (draft) => keep(same(draft, kind.draftOf(shown.base)) ? null : { draft, base: shown.base }),
    settle: (key, take) => keep(settle(shown, now, key, take, kind)),
    forget: () => keep(null),
  };
}

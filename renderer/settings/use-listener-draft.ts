import { useState } from 'react';
import { same } from '../rules/edits.ts';
import { type Conflict, rebase, settle, type Typed } from '../rules/rebase.ts';
import { keepTyping, typedForms, useKeptTyping } from '../store/kept-typing.ts';
import { type ListenerDraft, listenerForm, NEW_LISTENER, type RawListener } from './settings-document.ts';

type TypedListener = Typed<ListenerDraft, RawListener>;

const FORM = 'listener ';

/** The listener whose form was left with something typed; '': a new one. null: none was. */
export function typedListener(): string | null {
  return (
    typedForms()
      .findLast((form) => form.startsWith(FORM))
      ?.slice(FORM.length) ?? null
  );
}

export function forgetListener(name: string): void {
  keepTyping(FORM + name, null);
}

export interface KeptListener extends TypedListener {
  conflicts: readonly Conflict[];
  isTyped: boolean;
  change: (part: Partial<ListenerDraft>) => void;
  settle: (key: string, take: 'mine' | 'theirs') => void;
}

/** What is typed in the form of a listener ('': a new one), over the listener as it is now: what somebody else changes meanwhile is not overwritten. */
export function useListenerDraft(name: string, raw: RawListener | undefined): KeptListener {
  const kind = listenerForm(name);
  const [kept, keep] = useKeptTyping<TypedListener>(FORM + name);
  // One that somebody else deletes stays as it was.
  const [begun] = useState(raw);
  const now = raw ?? begun;
  const untyped = now ? { draft: kind.draftOf(now), base: now } : { draft: NEW_LISTENER, base: {} };
  const shown = raw ? rebase(kept ?? untyped, raw, kind) : { ...(kept ?? untyped), conflicts: [] };
  const change = (part: Partial<ListenerDraft>): void => {
    const draft = { ...shown.draft, ...part };
    keep(same(draft, untyped.draft) ? null : { draft, base: shown.base });
  };
  return {
    ...shown,
    isTyped: kept !== null,
    change,
    settle: (key, take) => raw && keep(settle(shown, raw, key, take, kind)),
  };
}

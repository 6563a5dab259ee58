/** What the forms of a route and of a rule do alike: what is typed is kept, given up, or saved as the smallest edits. */
import { type FormEvent, useState } from 'react';
import type { ConfigEdit, EntryList } from '../../proxy-engine/contract/config-edit.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { focusListAfter } from '../commands/walk.ts';
import { showToast } from '../ui/toast.tsx';
import { type Entry, neighbourOf } from './document.ts';
import { editsBetween, expectBefore, issuesByField } from './edits.ts';
import type { FormKind } from './rebase.ts';
import { type KeptDraft, useKeptDraft } from './use-kept-draft.ts';

interface EntryFormKind<D> extends FormKind<D> {
  list: EntryList;
  /** What is wrong with it, by field; nothing is saved while there is anything. */
  problemsOf: (draft: D) => object;
  /** What has to be changed in the document before the entry is. */
  firstOf?: (draft: D) => ConfigEdit[];
}

export interface EntryForm<D> extends Omit<KeptDraft<D>, 'isTyped' | 'base' | 'forget'> {
  entry: Entry;
  list: EntryList;
  /** What the engine said of what was saved last, by field; '' for the whole. */
  issues: Record<string, string>;
  /** Saving was tried: from then on fields tell what is wrong with them. */
  tried: boolean;
  /** Something is typed that is not what the document has. */
  dirty: boolean;
  /** What was saved is on its way: with thousands of rules that takes a while. */
  saving: boolean;
  change: (part: Partial<D>) => void;
  save: (event?: FormEvent) => Promise<void>;
  revert: () => void;
  remove: () => Promise<void>;
}

export function useEntryForm<D extends { name: string }>(entry: Entry, kind: EntryFormKind<D>): EntryForm<D> {
  const app = useApp();
  const { rules: texts } = useMessages();
  const { list } = kind;
  const { base, isTyped: dirty, forget, ...kept } = useKeptDraft(list, entry.name, entry.raw, kind);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const { draft, conflicts } = kept;
  const path = [list, entry.name];
  const after = kind.apply(base, draft);
  const edits = editsBetween(path, base, after);
  const show = (name: string | null) => app.ui.setState(list === 'routes' ? { openRoute: name } : { openRule: name });

  async function save(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    setTried(true);
    if (Object.keys(kind.problemsOf(draft)).length > 0 || conflicts.length > 0) return;
    if (edits.length === 0) return forget();
    if (saving) return;
    // A name with a variable is known by what that stands for.
    const to = draft.name.trim() === entry.raw.name ? entry.name : draft.name.trim();
    app.ui.setState({ renaming: { from: entry.name, to } });
    setSaving(true);
    const outcome = await app.config.edit(
      [...(kind.firstOf?.(draft) ?? []), ...edits],
      expectBefore(path, base, after),
    );
    setSaving(false);
    if (outcome.ok) show(to);
    app.ui.setState({ renaming: null });
    if (!outcome.ok) {
      // What it is now is here already: the form shows both values.
      if (outcome.conflict) return setIssues({});
      const found = issuesByField(outcome.issues, entry, list);
      return setIssues(outcome.issues.length > 0 ? found : { '': outcome.message });
    }
    setIssues({});
    forget();
    showToast('info', texts.saved);
  }

  function revert(): void {
    forget();
    setIssues({});
    setTried(false);
  }

  async function remove(): Promise<void> {
    const { activeElement } = document;
    const next = neighbourOf(app.config.store.getState().entries[list], entry.name);
    const outcome = await app.config.edit([{ path, value: null }], [{ path, value: entry.raw }]);
    if (!outcome.ok) return showToast('error', outcome.message);
    forget();
    show(next);
    focusListAfter(activeElement);
  }

  const change = (part: Partial<D>): void => kept.keep({ ...draft, ...part });
  return { ...kept, entry, list, issues, tried, dirty, saving, change, save, revert, remove };
}

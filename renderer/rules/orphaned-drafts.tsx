import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { entryNamed, type RawRule } from './document.ts';
import { newGroupEdits } from './new-rule.ts';
import type { FormKind } from './rebase.ts';
import { ROUTE_FORM } from './route-draft.ts';
import { RULE_FORM } from './rule-draft.ts';
import { type Kept, keepDraft, keptDrafts } from './use-kept-draft.ts';

const FORMS = { routes: ROUTE_FORM as FormKind<unknown>, rules: RULE_FORM as FormKind<unknown> };

/** What is typed in routes and rules that are gone: to be added anew, or given up. */
export function OrphanedDrafts() {
  const app = useApp();
  const { conflict: texts } = useMessages();
  const entries = useStore(app.config.store, (state) => state.entries);
  const drafts = useStore(keptDrafts);
  const orphans = Object.values(drafts).filter(({ list, name }) => !entryNamed(entries[list], name));
  if (orphans.length === 0) return null;
  return (
    <div className="conflicts orphans" role="alert">
      {orphans.map((orphan) => (
        <div key={`${orphan.list} ${orphan.name}`} className="conflict">
          <strong>{texts.deletedMeanwhile(orphan.name)}</strong>
          <span className="mono orphan-text">{JSON.stringify(rawOf(orphan))}</span>
          <Choice orphan={orphan} />
        </div>
      ))}
    </div>
  );
}

function Choice({ orphan: { list, name, ...typed } }: { orphan: Kept }) {
  const app = useApp();
  const { conflict: texts } = useMessages();
  const giveUp = (): void => keepDraft(list, name, null);
  async function addAgain(): Promise<void> {
    const value = rawOf({ list, name, ...typed });
    const groups = newGroupEdits(value.group ?? '', app.config.store.getState().entries.groups);
    const outcome = await app.config.edit([...groups, { insert: list, value }]);
    if (!outcome.ok) return showToast('error', outcome.message);
    giveUp();
    app.ui.setState(
      list === 'routes' ? { openRoute: value.name ?? null } : { openRule: value.name ?? null, openRoute: null },
    );
  }
  return (
    <div className="conflict-choice">
      <Button size="small" onClick={() => void addAgain()}>
        {texts.addAgain}
      </Button>
      <Button size="small" onClick={giveUp}>
        {texts.giveUp}
      </Button>
    </div>
  );
}

/** Under the name that it had last, unless another one was typed. */
function rawOf({ list, name, base, draft }: Kept): RawRule {
  const raw = FORMS[list].apply(base, draft);
  return raw.name === base.name ? { ...raw, name } : raw;
}

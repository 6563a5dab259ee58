import { Trash2 } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { ConfigEdit } from '../../proxy-engine/contract/config-edit.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { ActionLines } from './action-lines.tsx';
import { ConflictBox } from './conflict-box.tsx';
import type { Entry } from './document.ts';
import type { Doubt } from './doubts.ts';
import { editsBetween, expectBefore, issuesByField } from './edits.ts';
import { type FieldMistake, fieldMistakeText } from './field-mistakes.ts';
import { LimitFields } from './limit-fields.tsx';
import { MatchField } from './match-field.tsx';
import { OriginNote } from './origin-note.tsx';
import {
  applyDraft,
  type DraftProblem,
  draftOf,
  draftProblems,
  matchIssueOf,
  RULE_FORM,
  type RuleDraft,
  scopeOf,
} from './rule-draft.ts';
import { useFocusWhenNew } from './use-focus-when-new.ts';
import { useKeptDraft } from './use-kept-draft.ts';

interface RuleFormProps {
  entry: Entry;
  names: readonly string[];
  doubt: Doubt | undefined;
}

/** One rule as a form. Saving sends only what changed; mistakes come back to the field they were made in. */
export function RuleForm({ entry, names, doubt }: RuleFormProps) {
  const app = useApp();
  const { rules: texts, ruleActions, conflict } = useMessages();
  const kept = useKeptDraft(`rule ${entry.name}`, entry.raw, RULE_FORM);
  const { draft, base, conflicts } = kept;
  const nameInput = useFocusWhenNew(entry.name);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const others = names.filter((name) => name !== entry.name);
  const problems = tried ? draftProblems(draft, others) : {};
  const after = applyDraft(base, draft);
  const edits = editsBetween(['rules', entry.name], base, after);
  const dirty = edits.length > 0 || (kept.isTyped && JSON.stringify(draft) !== JSON.stringify(draftOf(base)));
  const change = (part: Partial<RuleDraft>): void => kept.keep({ ...draft, ...part });
  const matchIssue = matchIssueOf(draft);
  const problem = (field: string): string | undefined =>
    problemText(problems[field]) ?? issues[field] ?? (field === 'match' ? matchIssue?.message : undefined);
  const problemText = (found: DraftProblem | FieldMistake | undefined): string | undefined =>
    typeof found === 'object' ? fieldMistakeText(found, texts) : found && texts[found];

  async function save(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    setTried(true);
    if (Object.keys(draftProblems(draft, others)).length > 0 || conflicts.length > 0) return;
    if (edits.length === 0) return kept.forget();
    app.ui.setState({ openRule: draft.name.trim() });
    const { groups } = app.config.store.getState().entries;
    const outcome = await app.config.edit(
      [...newGroupEdits(draft.group.trim(), groups, entry.source), ...edits],
      expectBefore(['rules', entry.name], base, after),
    );
    if (!outcome.ok) {
      app.ui.setState({ openRule: entry.name });
      // What it is now is here already: the form shows both values.
      if (outcome.conflict) return setIssues({});
      return setIssues(outcome.issues.length > 0 ? issuesByField(outcome.issues, entry) : { '': outcome.message });
    }
    setIssues({});
    kept.forget();
    showToast('info', texts.saved);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save();
  }

  return (
    <form className="rule-form" onSubmit={(event) => void save(event)} onKeyDown={onKeyDown}>
      <OriginNote entry={entry} list="rules" />
      <ConflictBox conflicts={conflicts} onSettle={kept.settle} />
      <div className="rule-form-pair">
        <Field label={texts.name} error={problem('name')}>
          {(props) => (
            <Input
              {...props}
              ref={nameInput}
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={texts.group} error={problem('group')}>
          {(props) => <GroupInput {...props} value={draft.group} onChange={(group) => change({ group })} />}
        </Field>
      </div>
      <MatchField
        value={draft.match}
        scope={scopeOf(draft)}
        mistake={matchIssue}
        error={problem('match')}
        // Found in the document, so it says nothing about what is being typed.
        doubt={dirty ? undefined : doubt}
        told={{ some: ruleActions.actsOn, all: ruleActions.actsAlways }}
        onText={(match) => change({ match })}
      />
      <ActionLines
        phase="request"
        title={texts.requestHeaders}
        lines={draft.request}
        problem={problem}
        onChange={(request) => change({ request })}
      />
      <ActionLines
        phase="response"
        title={texts.responseHeaders}
        lines={draft.response}
        problem={problem}
        onChange={(response) => change({ response })}
      />
      <LimitFields limit={draft.limit} error={problem('limit')} onLimit={(limit) => change({ limit })} />
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      <div className="form-bar">
        <Button type="submit" tone="primary" disabled={!dirty || conflicts.length > 0}>
          {texts.save}
        </Button>
        <Button
          disabled={!dirty}
          onClick={() => {
            kept.forget();
            setIssues({});
            setTried(false);
          }}
        >
          {texts.revert}
        </Button>
        {dirty ? <span className="muted">{conflicts.length > 0 ? conflict.choose : texts.unsaved}</span> : null}
        <span className="pane-space" />
        <DeleteButton entry={entry} onDeleted={kept.forget} />
      </div>
    </form>
  );
}

/** A group is made when its first rule is put into it, where the rule is. */
function newGroupEdits(group: string, groups: Readonly<Record<string, unknown>>, source: string): ConfigEdit[] {
  return group === '' || Object.hasOwn(groups, group) ? [] : [{ path: ['groups', group], value: {}, source }];
}

interface GroupInputProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
}

function GroupInput({ id, value, onChange, ...described }: GroupInputProps) {
  const app = useApp();
  const groups = useStore(app.config.store, (state) => state.entries.groups);
  return (
    <>
      <Input
        {...described}
        id={id}
        list={`${id}-groups`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`${id}-groups`}>
        {Object.keys(groups).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function DeleteButton({ entry: { name, raw }, onDeleted }: { entry: Entry; onDeleted: () => void }) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const remove = async (): Promise<void> => {
    const path = ['rules', name];
    const outcome = await app.config.edit([{ path, value: null }], [{ path, value: raw }]);
    if (!outcome.ok) return showToast('error', outcome.message);
    onDeleted();
    app.ui.setState({ openRule: null });
  };
  return (
    <Button tone="danger" onClick={() => void remove()}>
      <Trash2 size={13} aria-hidden />
      {texts.deleteRule}
    </Button>
  );
}

import { Trash2 } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { ActionLines } from './action-lines.tsx';
import { entriesOf, type RawRule } from './document.ts';
import type { Doubt } from './doubts.ts';
import { editsBetween, issuesByField } from './edits.ts';
import { LimitFields } from './limit-fields.tsx';
import { MatchField } from './match-field.tsx';
import {
  applyDraft,
  type DraftProblem,
  draftOf,
  draftProblems,
  matchIssueOf,
  type RuleDraft,
  scopeOf,
} from './rule-draft.ts';
import { useFocusWhenNew } from './use-focus-when-new.ts';
import { useKeptDraft } from './use-kept-draft.ts';

interface RuleFormProps {
  index: number;
  rule: RawRule;
  names: readonly string[];
  doubt: Doubt | undefined;
}

/** One rule as a form. Saving sends only what changed; mistakes come back to the field they were made in. */
export function RuleForm({ index, rule, names, doubt }: RuleFormProps) {
  const app = useApp();
  const { rules: texts, ruleActions } = useMessages();
  const [edited, setEdited] = useKeptDraft<RuleDraft>(`rule ${rule.name}`);
  const nameInput = useFocusWhenNew(rule.name);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const draft = edited ?? draftOf(rule);
  const others = names.filter((_, at) => at !== index);
  const problems = tried ? draftProblems(draft, others) : {};
  const edits = editsBetween(['rules', index], rule, applyDraft(rule, draft));
  const dirty = edits.length > 0 || (edited !== null && JSON.stringify(edited) !== JSON.stringify(draftOf(rule)));
  const change = (part: Partial<RuleDraft>): void => setEdited({ ...draft, ...part });
  const matchIssue = matchIssueOf(draft);
  const problem = (field: string): string | undefined =>
    problemText(problems[field]) ?? issues[field] ?? (field === 'match' ? matchIssue?.message : undefined);
  const problemText = (found: DraftProblem | undefined): string | undefined => found && texts[found];

  async function save(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    setTried(true);
    if (Object.keys(draftProblems(draft, others)).length > 0) return;
    if (edits.length === 0) return setEdited(null);
    app.ui.setState({ openRule: draft.name.trim() });
    const { groups } = entriesOf(app.config.store.getState().text);
    const outcome = await app.config.edit([...newGroupEdits(draft.group.trim(), groups), ...edits]);
    if (!outcome.ok) {
      app.ui.setState({ openRule: rule.name ?? null });
      return setIssues(outcome.issues.length > 0 ? issuesByField(outcome.issues, index) : { '': outcome.message });
    }
    setIssues({});
    setEdited(null);
    showToast('info', texts.saved);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save();
  }

  return (
    <form className="rule-form" onSubmit={(event) => void save(event)} onKeyDown={onKeyDown}>
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
      <LimitFields limit={draft.limit} error={issues.limit} onLimit={(limit) => change({ limit })} />
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      <div className="form-bar">
        <Button type="submit" tone="primary" disabled={!dirty}>
          {texts.save}
        </Button>
        <Button
          disabled={!dirty}
          onClick={() => {
            setEdited(null);
            setIssues({});
            setTried(false);
          }}
        >
          {texts.revert}
        </Button>
        {dirty ? <span className="muted">{texts.unsaved}</span> : null}
        <span className="pane-space" />
        <DeleteButton index={index} onDeleted={() => setEdited(null)} />
      </div>
    </form>
  );
}

/** A group is made when its first rule is put into it. */
function newGroupEdits(group: string, groups: Readonly<Record<string, unknown>>) {
  return group === '' || Object.hasOwn(groups, group) ? [] : [{ path: ['groups', group], value: {} }];
}

interface GroupInputProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
}

function GroupInput({ id, value, onChange, ...described }: GroupInputProps) {
  const app = useApp();
  const text = useStore(app.config.store, (state) => state.text);
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
        {Object.keys(entriesOf(text).groups).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function DeleteButton({ index, onDeleted }: { index: number; onDeleted: () => void }) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const remove = async (): Promise<void> => {
    const outcome = await app.config.edit([{ path: ['rules', index], value: null }]);
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

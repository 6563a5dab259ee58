import { Trash2 } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ExpressionInput } from '../ui/expression-input.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { ActionLines } from './action-lines.tsx';
import type { RawRule } from './document.ts';
import { editsBetween, issuesByField } from './edits.ts';
import { applyDraft, type DraftProblem, draftOf, draftProblems, matchIssueOf, type RuleDraft } from './rule-draft.ts';

interface RuleFormProps {
  index: number;
  rule: RawRule;
  names: readonly string[];
}

/** One rule as a form. Saving sends only what changed; mistakes come back to the field they were made in. */
export function RuleForm({ index, rule, names }: RuleFormProps) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const original = JSON.stringify(rule);
  // The draft belongs to one text of the rule: when that changes elsewhere, an untouched form follows.
  const [edited, setEdited] = useState<{ of: string; draft: RuleDraft } | null>(null);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const draft = edited?.draft ?? draftOf(rule);
  const others = names.filter((_, at) => at !== index);
  const problems = tried ? draftProblems(draft, others) : {};
  const edits = editsBetween(['rules', index], rule, applyDraft(rule, draft));
  const dirty = edits.length > 0 || (edited !== null && JSON.stringify(edited.draft) !== JSON.stringify(draftOf(rule)));
  const change = (part: Partial<RuleDraft>): void => setEdited({ of: original, draft: { ...draft, ...part } });
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
    const outcome = await app.config.edit(edits);
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
            <Input {...props} value={draft.name} onChange={(event) => change({ name: event.target.value })} />
          )}
        </Field>
        <Field label={texts.group} error={problem('group')}>
          {(props) => (
            <Input {...props} value={draft.group} onChange={(event) => change({ group: event.target.value })} />
          )}
        </Field>
      </div>
      <Field label={texts.match} hint={texts.matchHint} error={problem('match')}>
        {(props) => (
          <ExpressionInput
            {...props}
            mistake={matchIssue}
            placeholder={texts.always}
            value={draft.match}
            onChange={(event) => change({ match: event.target.value })}
          />
        )}
      </Field>
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
        <DeleteButton index={index} />
      </div>
    </form>
  );
}

function DeleteButton({ index }: { index: number }) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const remove = async (): Promise<void> => {
    const outcome = await app.config.edit([{ path: ['rules', index], value: null }]);
    if (outcome.ok) app.ui.setState({ openRule: null });
    else showToast('error', outcome.message);
  };
  return (
    <Button tone="danger" onClick={() => void remove()}>
      <Trash2 size={13} aria-hidden />
      {texts.deleteRule}
    </Button>
  );
}

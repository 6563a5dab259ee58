import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { Field, Input } from '../ui/field.tsx';
import { ActionLines } from './action-lines.tsx';
import type { Entry } from './document.ts';
import type { Doubt } from './doubts.ts';
import { EntryFormFrame, NameField } from './entry-form.tsx';
import { type FieldMistake, fieldMistakeText } from './field-mistakes.ts';
import { LimitFields } from './limit-fields.tsx';
import { MatchField } from './match-field.tsx';
import { newGroupEdits } from './new-rule.ts';
import { type DraftProblem, draftProblems, matchIssueOf, RULE_FORM, type RuleDraft, scopeOf } from './rule-draft.ts';
import { useEntryForm } from './use-entry-form.ts';

interface RuleFormProps {
  entry: Entry;
  names: readonly string[];
  doubt: Doubt | undefined;
}

/** One rule as a form. Saving sends only what changed; mistakes come back to the field they were made in. */
export function RuleForm({ entry, names, doubt }: RuleFormProps) {
  const app = useApp();
  const { rules: texts, ruleActions } = useMessages();
  const others = names.filter((name) => name !== entry.name);
  const form = useEntryForm<RuleDraft>(entry, {
    ...RULE_FORM,
    list: 'rules',
    problemsOf: (draft) => draftProblems(draft, others),
    firstOf: ({ group }) => newGroupEdits(group.trim(), app.config.store.getState().entries.groups, entry.source),
  });
  const { draft, issues, change } = form;
  const problems = form.tried ? draftProblems(draft, others) : {};
  const matchIssue = matchIssueOf(draft);
  const problem = (field: string): string | undefined =>
    problemText(problems[field]) ?? issues[field] ?? (field === 'match' ? matchIssue?.message : undefined);
  const problemText = (found: DraftProblem | FieldMistake | undefined): string | undefined =>
    typeof found === 'object' ? fieldMistakeText(found, texts) : found && texts[found];
  return (
    <EntryFormFrame form={form} texts={{ save: texts.save, remove: texts.deleteRule }}>
      <div className="rule-form-pair">
        <NameField saved={entry.name} value={draft.name} error={problem('name')} onName={(name) => change({ name })} />
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
        doubt={form.dirty ? undefined : doubt}
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
    </EntryFormFrame>
  );
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

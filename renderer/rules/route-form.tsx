import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { KindFields } from './action-card.tsx';
import { ConflictBox } from './conflict-box.tsx';
import type { Entry } from './document.ts';
import type { Doubt } from './doubts.ts';
import { editsBetween, expectBefore, issuesByField } from './edits.ts';
import { fieldMistakeText } from './field-mistakes.ts';
import { MatchField } from './match-field.tsx';
import { OriginNote } from './origin-note.tsx';
import {
  applyRouteDraft,
  DESTINATION_KINDS,
  DESTINATIONS,
  type DestinationKind,
  leadTo,
  MIRROR,
  ROUTE_FORM,
  type RouteDraft,
  routeMatchIssue,
  routeProblems,
} from './route-draft.ts';
import { useFocusWhenNew } from './use-focus-when-new.ts';
import { useKeptDraft } from './use-kept-draft.ts';

interface RouteFormProps {
  entry: Entry;
  doubt: Doubt | undefined;
}

/** One route as a form. Mistakes come back to the field they were made in. */
export function RouteForm({ entry, doubt }: RouteFormProps) {
  const app = useApp();
  const { rules: texts, routeForm, conflict } = useMessages();
  const kept = useKeptDraft(`route ${entry.name}`, entry.raw, ROUTE_FORM);
  const { draft, base, conflicts } = kept;
  const nameInput = useFocusWhenNew(entry.name);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const problems = routeProblems(draft);
  const after = applyRouteDraft(base, draft);
  const path = ['routes', entry.name];
  const edits = editsBetween(path, base, after);
  const hasProblems = Object.keys(problems).length > 0;
  const dirty = edits.length > 0 || hasProblems;
  const mistake = routeMatchIssue(draft);
  const change = (part: Partial<RouteDraft>): void => kept.keep({ ...draft, ...part });

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (conflicts.length > 0 || hasProblems) return;
    if (edits.length === 0) return kept.forget();
    app.ui.setState({ openRoute: draft.name.trim() });
    const outcome = await app.config.edit(edits, expectBefore(path, base, after));
    if (!outcome.ok) {
      app.ui.setState({ openRoute: entry.name });
      // What it is now is here already: the form shows both values.
      if (outcome.conflict) return setIssues({});
      const found = issuesByField(outcome.issues, entry, 'routes');
      return setIssues(outcome.issues.length > 0 ? found : { '': outcome.message });
    }
    setIssues({});
    kept.forget();
    showToast('info', texts.saved);
  }

  async function remove(): Promise<void> {
    const outcome = await app.config.edit([{ path, value: null }], [{ path, value: entry.raw }]);
    if (!outcome.ok) return showToast('error', outcome.message);
    kept.forget();
    app.ui.setState({ openRoute: null });
  }

  return (
    <form className="rule-form" onSubmit={(event) => void save(event)}>
      <OriginNote entry={entry} list="routes" />
      <ConflictBox conflicts={conflicts} onSettle={kept.settle} />
      <div className="rule-form-pair">
        <Field label={texts.name} error={issues.name}>
          {(props) => (
            <Input
              {...props}
              ref={nameInput}
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={routeForm.listeners} error={issues.listeners}>
          {(props) => (
            <Input
              {...props}
              mono
              placeholder={routeForm.allListeners}
              value={draft.listeners}
              onChange={(event) => change({ listeners: event.target.value })}
            />
          )}
        </Field>
      </div>
      <MatchField
        value={draft.match}
        scope="request"
        mistake={mistake}
        error={issues.match ?? mistake?.message}
        doubt={kept.isTyped ? undefined : doubt}
        told={{ some: routeForm.takes, all: routeForm.takesAll }}
        onText={(match) => change({ match })}
      />
      <Destination draft={draft} problems={tried ? problems : {}} onDraft={kept.keep} />
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      <div className="form-bar">
        <Button type="submit" tone="primary" disabled={!dirty || conflicts.length > 0}>
          {routeForm.save}
        </Button>
        <Button disabled={!kept.isTyped} onClick={() => (kept.forget(), setIssues({}), setTried(false))}>
          {texts.revert}
        </Button>
        {dirty ? <span className="muted">{conflicts.length > 0 ? conflict.choose : texts.unsaved}</span> : null}
        <span className="pane-space" />
        <Button tone="danger" onClick={() => void remove()}>
          <Trash2 size={13} aria-hidden />
          {routeForm.remove}
        </Button>
      </div>
    </form>
  );
}

interface DestinationProps {
  draft: RouteDraft;
  problems: ReturnType<typeof routeProblems>;
  onDraft: (draft: RouteDraft) => void;
}

function Destination({ draft, problems, onDraft }: DestinationProps) {
  const { routeForm, rules } = useMessages();
  const problem = (field: string): string | undefined => {
    const found = problems[field];
    return typeof found === 'object' ? fieldMistakeText(found, rules) : found && routeForm[found];
  };
  return (
    <>
      <fieldset className="actions">
        <legend className="field-label">{routeForm.leadsTo}</legend>
        <div className="action-fields">
          <select
            className="input select-native"
            aria-label={routeForm.leadsTo}
            value={draft.to}
            onChange={(event) => onDraft(leadTo(draft, event.target.value as DestinationKind))}
          >
            {DESTINATION_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {routeForm.kind[kind]}
              </option>
            ))}
          </select>
          <KindFields
            id={draft.to}
            kind={DESTINATIONS[draft.to]}
            fields={draft.fields}
            problem={(field) => problem(`fields.${field}`)}
            onFields={(fields) => onDraft({ ...draft, fields })}
          />
        </div>
      </fieldset>
      <fieldset className="actions">
        <legend className="field-label">{routeForm.mirror}</legend>
        <div className="action-fields">
          <KindFields
            id="mirror"
            kind={MIRROR}
            fields={draft.mirror}
            problem={(field) => problem(`mirror.${field}`)}
            onFields={(mirror) => onDraft({ ...draft, mirror })}
          />
        </div>
      </fieldset>
    </>
  );
}

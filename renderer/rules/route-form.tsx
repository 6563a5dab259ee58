import { useMessages } from '../app-context.tsx';
import { Field, Input } from '../ui/field.tsx';
import { KindFields } from './action-card.tsx';
import type { Entry } from './document.ts';
import type { Doubt } from './doubts.ts';
import { EntryFormFrame, NameField } from './entry-form.tsx';
import { fieldMistakeText } from './field-mistakes.ts';
import { MatchField } from './match-field.tsx';
import {
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
import { useEntryForm } from './use-entry-form.ts';

interface RouteFormProps {
  entry: Entry;
  doubt: Doubt | undefined;
}

/** One route as a form. Mistakes come back to the field they were made in. */
export function RouteForm({ entry, doubt }: RouteFormProps) {
  const { routeForm } = useMessages();
  const form = useEntryForm(entry, { ...ROUTE_FORM, list: 'routes', problemsOf: routeProblems });
  const { draft, issues, change } = form;
  const mistake = routeMatchIssue(draft);
  return (
    <EntryFormFrame form={form} texts={routeForm}>
      <div className="rule-form-pair">
        <NameField saved={entry.name} value={draft.name} error={issues.name} onName={(name) => change({ name })} />
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
        // Found in the document, so it says nothing about what is being typed.
        doubt={form.dirty ? undefined : doubt}
        told={{ some: routeForm.takes, all: routeForm.takesAll }}
        onText={(match) => change({ match })}
      />
      <Destination draft={draft} problems={form.tried ? routeProblems(draft) : {}} onDraft={form.keep} />
    </EntryFormFrame>
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

import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { KindFields } from './action-card.tsx';
import type { RawRule } from './document.ts';
import type { Doubt } from './doubts.ts';
import { editsBetween, issuesByField } from './edits.ts';
import { MatchField } from './match-field.tsx';
import {
  applyRouteDraft,
  DESTINATION_KINDS,
  DESTINATIONS,
  type DestinationKind,
  leadTo,
  MIRROR,
  type RouteDraft,
  routeDraftOf,
  routeMatchIssue,
} from './route-draft.ts';
import { useFocusWhenNew } from './use-focus-when-new.ts';
import { useKeptDraft } from './use-kept-draft.ts';

interface RouteFormProps {
  index: number;
  route: RawRule;
  doubt: Doubt | undefined;
}

/** One route as a form. Mistakes come back to the field they were made in. */
export function RouteForm({ index, route, doubt }: RouteFormProps) {
  const app = useApp();
  const { rules: texts, routeForm } = useMessages();
  const [edited, setEdited] = useKeptDraft<RouteDraft>(`route ${route.name}`);
  const nameInput = useFocusWhenNew(route.name);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const draft = edited ?? routeDraftOf(route);
  const edits = editsBetween(['routes', index], route, applyRouteDraft(route, draft));
  const mistake = routeMatchIssue(draft);
  const change = (part: Partial<RouteDraft>): void => setEdited({ ...draft, ...part });

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (edits.length === 0) return setEdited(null);
    app.ui.setState({ openRoute: draft.name.trim() });
    const outcome = await app.config.edit(edits);
    if (!outcome.ok) {
      app.ui.setState({ openRoute: route.name ?? null });
      const found = issuesByField(outcome.issues, index, 'routes');
      return setIssues(outcome.issues.length > 0 ? found : { '': outcome.message });
    }
    setIssues({});
    setEdited(null);
    showToast('info', texts.saved);
  }

  async function remove(): Promise<void> {
    const outcome = await app.config.edit([{ path: ['routes', index], value: null }]);
    if (!outcome.ok) return showToast('error', outcome.message);
    setEdited(null);
    app.ui.setState({ openRoute: null });
  }

  return (
    <form className="rule-form" onSubmit={(event) => void save(event)}>
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
        doubt={edited ? undefined : doubt}
        told={{ some: routeForm.takes, all: routeForm.takesAll }}
        onText={(match) => change({ match })}
      />
      <Destination draft={draft} onDraft={setEdited} />
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      <div className="form-bar">
        <Button type="submit" tone="primary" disabled={edits.length === 0}>
          {routeForm.save}
        </Button>
        <Button disabled={edited === null} onClick={() => (setEdited(null), setIssues({}))}>
          {texts.revert}
        </Button>
        {edits.length > 0 ? <span className="muted">{texts.unsaved}</span> : null}
        <span className="pane-space" />
        <Button tone="danger" onClick={() => void remove()}>
          <Trash2 size={13} aria-hidden />
          {routeForm.remove}
        </Button>
      </div>
    </form>
  );
}

function Destination({ draft, onDraft }: { draft: RouteDraft; onDraft: (draft: RouteDraft) => void }) {
  const { routeForm } = useMessages();
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
            onFields={(mirror) => onDraft({ ...draft, mirror })}
          />
        </div>
      </fieldset>
    </>
  );
}

import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { ConflictBox } from '../rules/conflict-box.tsx';
import { editsBetween, expectBefore } from '../rules/edits.ts';
import { Button } from '../ui/button.tsx';
import { CheckField, ErrorBox, Field, Input } from '../ui/field.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { SuggestingInput } from '../ui/suggesting-input.tsx';
import { showToast } from '../ui/toast.tsx';
import { applyListenerDraft, issuesBelow, type RawListener } from './settings-document.ts';
import { forgetListener, useListenerDraft } from './use-listener-draft.ts';

interface ListenerFormProps {
  /** '': a new one. */
  name: string;
  /** As it stands in the document now; undefined: a new one, or one that is gone. */
  raw: RawListener | undefined;
  /** Names of all. */
  names: readonly string[];
  onDone: () => void;
  onRemoved: () => void;
}

/** One listener as a form; it listens as soon as it is saved. */
export function ListenerForm({ name: saved, raw, names, onDone, onRemoved }: ListenerFormProps) {
  const app = useApp();
  const { listenerForm: texts, common, conflict } = useMessages();
  const { draft, base, conflicts, isTyped, change, settle } = useListenerDraft(saved, raw);
  const [issues, setIssues] = useState<Readonly<Record<string, string>>>({});
  const [removing, setRemoving] = useState(false);
  const name = draft.name.trim();

  function close(done = onDone): void {
    forgetListener(saved);
    done();
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (name === '') return setIssues({ name: texts.nameMissing });
    if (!raw && names.includes(name)) return setIssues({ name: texts.nameTaken });
    if (conflicts.length > 0) return;
    const after = applyListenerDraft(base, draft);
    const path = ['listeners', name];
    const edits = editsBetween(path, raw && base, after);
    if (edits.length === 0) return close();
    const outcome = await app.config.edit(edits, expectBefore(path, raw && base, after));
    if (outcome.ok) return close();
    // What it is now is here already: the form shows both values.
    if (outcome.conflict) return setIssues({});
    setIssues(outcome.issues.length > 0 ? issuesBelow(outcome.issues, `listeners.${name}`) : { '': outcome.message });
  }

  async function remove(): Promise<void> {
    setRemoving(true);
    const outcome = await app.config.edit([{ path: ['listeners', name], value: null }]);
    if (outcome.ok) close(onRemoved);
    else showToast('error', outcome.message);
    setRemoving(false);
  }

  return (
    <form
      className="listener-form"
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      {saved !== '' && !raw && !removing ? (
        <p className="note" role="alert">
          {conflict.deletedMeanwhile(saved)}
        </p>
      ) : null}
      <ConflictBox conflicts={conflicts} onSettle={settle} />
      <div className="listener-form-line">
        <Field label={texts.name} error={issues.name}>
          {(props) => (
            <Input
              {...props}
              autoFocus={saved === '' && !isTyped}
              readOnly={raw !== undefined}
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={texts.address} error={issues.address}>
          {(props) => (
            <Input
              {...props}
              mono
              autoFocus={saved !== '' && !isTyped}
              value={draft.address}
              onChange={(event) => change({ address: event.target.value })}
            />
          )}
        </Field>
        <div className="field">
          <span className="field-label">{texts.mode}</span>
          <SegmentedControl
            label={texts.mode}
            value={draft.mode}
            options={[
              { value: 'reverse', label: texts.reverse, title: texts.reverseHint },
              { value: 'forward', label: texts.forward, title: texts.forwardHint },
            ]}
            onChange={(mode) => change({ mode })}
          />
        </div>
      </div>
      {draft.mode === 'forward' ? (
        <InterceptField
          value={draft.intercept}
          error={issues.intercept}
          onText={(intercept) => change({ intercept })}
        />
      ) : null}
      <div className="listener-form-checks">
        <CheckField label={texts.localTls} checked={draft.localTls} onChange={(localTls) => change({ localTls })} />
        <CheckField
          label={texts.remote}
          checked={draft.allowRemote}
          onChange={(allowRemote) => change({ allowRemote })}
        />
      </div>
      {issues[''] || issues.tls ? <ErrorBox>{issues[''] ?? issues.tls}</ErrorBox> : null}
      <div className="form-bar">
        <Button type="submit" tone="primary" disabled={conflicts.length > 0}>
          {common.save}
        </Button>
        <Button onClick={() => close()}>{texts.cancel}</Button>
        <span className="pane-space" />
        {raw ? (
          <Button tone="danger" onClick={() => void remove()}>
            <Trash2 size={13} aria-hidden />
            {texts.remove}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

interface InterceptFieldProps {
  value: string;
  error: string | undefined;
  onText: (text: string) => void;
}

function InterceptField({ value, error, onText }: InterceptFieldProps) {
  const { listenerForm: texts } = useMessages();
  const parsed = value.trim() === '' ? null : parseExpression(value, 'request');
  const mistake = parsed && !parsed.ok ? parsed.issues[0] : undefined;
  return (
    <Field label={texts.intercept} hint={texts.interceptHint} error={error ?? mistake?.message}>
      {(props) => (
        <SuggestingInput
          {...props}
          scope="request"
          mistake={mistake}
          placeholder="host $= .example.test"
          value={value}
          onText={onText}
        />
      )}
    </Field>
  );
}

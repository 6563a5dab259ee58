import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { editsBetween, expectBefore } from '../rules/edits.ts';
import { Button } from '../ui/button.tsx';
import { CheckField, ErrorBox, Field, Input } from '../ui/field.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { SuggestingInput } from '../ui/suggesting-input.tsx';
import { showToast } from '../ui/toast.tsx';
import {
  applyListenerDraft,
  issuesBelow,
  type ListenerDraft,
  listenerDraftOf,
  NEW_LISTENER,
  type RawListener,
} from './settings-document.ts';

interface ListenerFormProps {
  /** Absent: a new one. */
  listener?: { name: string; raw: RawListener };
  onDone: () => void;
}

/** One listener as a form; it listens as soon as it is saved. */
export function ListenerForm({ listener, onDone }: ListenerFormProps) {
  const app = useApp();
  const { listenerForm: texts, common } = useMessages();
  const [draft, setDraft] = useState(() =>
    listener ? listenerDraftOf(listener.name, listener.raw) : { ...NEW_LISTENER },
  );
  // As it was when the form was opened: what somebody else changes meanwhile is not overwritten.
  const [begun] = useState(listener?.raw);
  const [issues, setIssues] = useState<Readonly<Record<string, string>>>({});
  const name = draft.name.trim();
  const change = (part: Partial<ListenerDraft>): void => setDraft({ ...draft, ...part });

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (name === '') return setIssues({ name: texts.nameMissing });
    const after = applyListenerDraft(begun ?? {}, draft);
    const path = ['listeners', name];
    const edits = editsBetween(path, begun, after);
    if (edits.length === 0) return onDone();
    const outcome = await app.config.edit(edits, expectBefore(path, begun, after));
    if (outcome.ok) return onDone();
    setIssues(outcome.issues.length > 0 ? issuesBelow(outcome.issues, `listeners.${name}`) : { '': outcome.message });
  }

  async function remove(): Promise<void> {
    const outcome = await app.config.edit([{ path: ['listeners', name], value: null }]);
    if (outcome.ok) onDone();
    else showToast('error', outcome.message);
  }

  return (
    <form
      className="listener-form"
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onDone();
      }}
    >
      <div className="listener-form-line">
        <Field label={texts.name} error={issues.name}>
          {(props) => (
            <Input
              {...props}
              autoFocus={listener === undefined}
              readOnly={listener !== undefined}
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
              autoFocus={listener !== undefined}
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
        <Button type="submit" tone="primary">
          {common.save}
        </Button>
        <Button onClick={onDone}>{texts.cancel}</Button>
        <span className="pane-space" />
        {listener ? (
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

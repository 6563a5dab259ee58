import { type FormEvent, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { editsBetween } from '../rules/edits.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import {
  applyCaptureDraft,
  CAPTURE_FIELDS,
  type CaptureDraft,
  type CaptureField,
  captureDraftOf,
  issuesBelow,
  settingsOf,
} from './settings-document.ts';

/** How much is kept, and what leaves the desk without its value. */
export function CaptureLimits() {
  const app = useApp();
  const { captureForm: texts, common } = useMessages();
  const text = useStore(app.config.store, (state) => state.text);
  const raw = useMemo(() => settingsOf(text).capture, [text]);
  const [typed, setTyped] = useState<CaptureDraft | null>(null);
  const [issues, setIssues] = useState<Readonly<Record<string, string>>>({});
  const draft = typed ?? captureDraftOf(raw);
  const edits = editsBetween(['capture'], raw, applyCaptureDraft(raw, draft));

  function reset(): void {
    setTyped(null);
    setIssues({});
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const outcome = await app.config.edit(edits);
    if (outcome.ok) return reset();
    setIssues(outcome.issues.length > 0 ? issuesBelow(outcome.issues, 'capture') : { '': outcome.message });
  }

  return (
    <form className="capture-form" onSubmit={(event) => void save(event)}>
      {(Object.keys(CAPTURE_FIELDS) as CaptureField[]).map((field) => (
        <Field key={field} label={texts.field[field]} hint={texts.hint[field]} error={issues[field]}>
          {(props) => (
            <Input
              {...props}
              mono
              placeholder={CAPTURE_FIELDS[field]}
              value={draft[field]}
              onChange={(event) => setTyped({ ...draft, [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      {edits.length > 0 ? (
        <div className="form-bar">
          <Button type="submit" tone="primary">
            {common.save}
          </Button>
          <Button onClick={reset}>{texts.revert}</Button>
        </div>
      ) : null}
    </form>
  );
}

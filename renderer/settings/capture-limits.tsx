import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { ConflictBox } from '../rules/conflict-box.tsx';
import { editsBetween, expectBefore, same } from '../rules/edits.ts';
import { rebase, settle, type Typed } from '../rules/rebase.ts';
import { useKeptTyping } from '../store/kept-typing.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import {
  applyCaptureDraft,
  CAPTURE_FIELDS,
  CAPTURE_FORM,
  type CaptureDraft,
  type CaptureField,
  captureDraftOf,
  issuesBelow,
  type RawSettings,
  settingsOf,
} from './settings-document.ts';

/** How much is kept, and what leaves the desk without its value. */
export function CaptureLimits() {
  const app = useApp();
  const { captureForm: texts, common } = useMessages();
  const raw = settingsOf(useStore(app.config.store, ({ sources }) => sources[0]?.value)).capture;
  // With what is typed goes what it was typed over: what somebody else changes meanwhile is not overwritten.
  const [typed, setTyped] = useKeptTyping<Typed<CaptureDraft, RawSettings['capture']>>('capture');
  const [issues, setIssues] = useState<Readonly<Record<string, string>>>({});
  const shown = rebase(typed ?? { draft: captureDraftOf(raw), base: raw }, raw, CAPTURE_FORM);
  const { draft, base, conflicts } = shown;
  const after = applyCaptureDraft(base, draft);
  const edits = editsBetween(['capture'], base, after);

  const keep = (next: CaptureDraft): void => setTyped(same(next, captureDraftOf(raw)) ? null : { draft: next, base });

  function reset(): void {
    setTyped(null);
    setIssues({});
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (conflicts.length > 0) return;
    const outcome = await app.config.edit(edits, expectBefore(['capture'], base, after));
    if (outcome.ok) return reset();
    // What it is now is here already: the form shows both values.
    if (outcome.conflict) return setIssues({});
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
              onChange={(event) => keep({ ...draft, [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <ConflictBox
        conflicts={conflicts}
        onSettle={(key, take) => setTyped(settle(shown, raw, key, take, CAPTURE_FORM))}
      />
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      {edits.length > 0 || conflicts.length > 0 ? (
        <div className="form-bar">
          <Button type="submit" tone="primary" disabled={conflicts.length > 0}>
            {common.save}
          </Button>
          <Button onClick={reset}>{texts.revert}</Button>
        </div>
      ) : null}
    </form>
  );
}

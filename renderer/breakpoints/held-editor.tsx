import { type FormEvent, type KeyboardEvent, type MouseEvent, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { HeldDetail, HeldRow } from '../../proxy-engine/contract/breakpoint.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { HeldBodyField } from './held-body-field.tsx';
import { type HeldDraft, type HeldMode, heldMistake } from './held-draft.ts';
import { heldKey, resumeInput, untouched } from './held-store.ts';

/** One held message with all that can be edited. */
export function HeldEditor({ row }: { row: HeldRow }) {
  const app = useApp();
  const [detail, setDetail] = useState<HeldDetail | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let shown = true;
    app.breakpoints.get(row.id).then(
      (got) => shown && setDetail(got),
      (reason: unknown) => shown && setError(errorText(reason)),
    );
    return () => {
      shown = false;
    };
  }, [app, row.id]);
  if (error) return <ErrorBox>{error}</ErrorBox>;
  return detail ? <HeldForm detail={detail} /> : null;
}

function HeldForm({ detail }: { detail: HeldDetail }) {
  const app = useApp();
  const { breakpoints: texts, rules } = useMessages();
  const begun = useMemo(() => untouched(detail), [detail]);
  // Which half of the form is open is of no use to anybody once nothing is typed.
  const [opened, setOpened] = useState<HeldMode>('continue');
  const kept = useStore(app.breakpoints.typed, (typed) => typed[heldKey(detail)]);
  const form = { ...(kept ?? begun), mode: kept?.mode ?? opened };
  const [error, setError] = useState<string | null>(null);
  const { mode } = form;
  const draft = form.drafts[mode];
  const change = (part: Partial<HeldDraft>): void => {
    setError(null);
    app.breakpoints.keep({ ...form, drafts: { ...form.drafts, [mode]: { ...draft, ...part } } });
  };
  const open = (next: HeldMode): void => {
    setError(null);
    setOpened(next);
    app.breakpoints.keep({ ...form, mode: next });
  };

  async function finish(input: CommandInput<'breakpoint.resume'>): Promise<void> {
    try {
      await app.breakpoints.resume(input);
    } catch (reason) {
      setError(errorText(reason));
    }
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const mistake = heldMistake(draft, form.begun[mode]);
    if (mistake) setError(mistake.kind === 'header' ? rules.badHeaderLine(mistake.line) : texts.mistake[mistake.kind]);
    else void finish(resumeInput(form));
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  }

  return (
    <form
      className="held-form"
      onSubmit={onSubmit}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => app.breakpoints.editing(target.matches('input, textarea') ? detail : null)}
      onBlur={() => app.breakpoints.editing(null)}
    >
      <div className="held-bar">
        <SegmentedControl
          size="small"
          label={texts.what}
          value={mode}
          options={[
            { value: 'continue', label: detail.phase === 'request' ? texts.editRequest : texts.editResponse },
            { value: 'respond', label: texts.answer },
          ]}
          onChange={open}
        />
        <span className="breakpoints-space" />
        <AbortMenu onAbort={(how) => void finish({ id: detail.id, action: 'abort', mode: how })} />
        <Button type="submit" size="small" tone="primary" onClick={onlyOnce}>
          {mode === 'continue' ? texts.continue : texts.sendAnswer}
        </Button>
      </div>
      {error ? <ErrorBox>{error}</ErrorBox> : null}
      <StartLine detail={detail} mode={mode} draft={draft} onChange={change} />
      <div className="held-texts">
        <Field label={texts.headers}>
          {(props) => (
            <textarea
              {...props}
              className="input input-mono"
              spellCheck={false}
              value={draft.headers}
              onChange={(event) => change({ headers: event.target.value })}
            />
          )}
        </Field>
        <HeldBodyField detail={detail} mode={mode} draft={draft} onChange={change} onError={setError} />
      </div>
    </form>
  );
}

/** The second click of a double click would be for the message that has come into its place. */
function onlyOnce(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}

interface PartProps {
  detail: HeldDetail;
  draft: HeldDraft;
  onChange: (part: Partial<HeldDraft>) => void;
}

function StartLine({ detail, mode, draft, onChange }: PartProps & { mode: HeldMode }) {
  const { breakpoints: texts } = useMessages();
  if (mode === 'respond' || detail.phase === 'response')
    return (
      <div className="held-line">
        <Input
          mono
          aria-label={texts.status}
          inputMode="numeric"
          value={draft.status}
          onChange={(event) => onChange({ status: event.target.value })}
        />
        <span className="mono truncate muted">{`${detail.request.method} ${detail.url}`}</span>
      </div>
    );
  return (
    <div className="held-line">
      <Input
        mono
        aria-label={texts.method}
        value={draft.method}
        onChange={(event) => onChange({ method: event.target.value.toUpperCase() })}
      />
      <Input
        mono
        aria-label={texts.target}
        value={draft.target}
        onChange={(event) => onChange({ target: event.target.value })}
      />
    </div>
  );
}

function AbortMenu({ onAbort }: { onAbort: (how: 'reset' | 'close') => void }) {
  const { breakpoints: texts } = useMessages();
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" tone="danger">
          {texts.abort}
        </Button>
      }
    >
      <MenuItem onSelect={() => onAbort('reset')}>{texts.abortReset}</MenuItem>
      <MenuItem onSelect={() => onAbort('close')}>{texts.abortClose}</MenuItem>
    </Menu>
  );
}

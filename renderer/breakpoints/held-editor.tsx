import { type FormEvent, type KeyboardEvent, useEffect, useState } from 'react';
import type { HeldDetail, HeldRow } from '../../proxy-engine/contract/breakpoint.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { HeldBodyField } from './held-body-field.tsx';
import { base64OfHex } from './held-bytes.ts';
import { draftOfHeld, editsOf, emptyAnswer, type HeldDraft, type HeldMode } from './held-draft.ts';

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
  const { breakpoints: texts } = useMessages();
  const [mode, setMode] = useState<HeldMode>('continue');
  const [drafts, setDrafts] = useState(() => ({ continue: draftOfHeld(detail), respond: emptyAnswer() }));
  const [error, setError] = useState<string | null>(null);
  const draft = drafts[mode];
  const change = (part: Partial<HeldDraft>): void => {
    setError(null);
    setDrafts((now) => ({ ...now, [mode]: { ...now[mode], ...part } }));
  };

  async function finish(input: { action: HeldMode | 'abort'; mode?: 'reset' | 'close' }): Promise<void> {
    const edits = input.action === 'abort' ? {} : editsOf(detail, input.action, draft);
    try {
      await app.breakpoints.resume({ id: detail.id, ...input, edits });
    } catch (reason) {
      setError(errorText(reason));
    }
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (draft.file === null && draft.hex !== null && base64OfHex(draft.hex) === null) setError(texts.badHex);
    else void finish({ action: mode });
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  }

  return (
    <form className="held-form" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <div className="held-bar">
        <SegmentedControl
          size="small"
          label={texts.what}
          value={mode}
          options={[
            { value: 'continue', label: detail.phase === 'request' ? texts.editRequest : texts.editResponse },
            { value: 'respond', label: texts.answer },
          ]}
          onChange={setMode}
        />
        <span className="breakpoints-space" />
        <AbortMenu onAbort={(how) => void finish({ action: 'abort', mode: how })} />
        <Button type="submit" size="small" tone="primary">
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

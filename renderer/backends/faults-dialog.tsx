import { type FormEvent, useState } from 'react';
import type { Fault } from '../../proxy-engine/contract/state.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, ErrorBox, Field, Input } from '../ui/field.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import {
  badFields,
  draftOf,
  type FaultDraft,
  faultOf,
  NUMBERS,
  type NumberField,
  PRESETS,
  type Preset,
  RESETS,
} from './fault-draft.ts';

/** Failures on purpose of the backend that `ui.faultsOf` names; open on every page. */
export function FaultsDialog() {
  const app = useApp();
  const { pools } = useMessages();
  const target = useUi((state) => state.faultsOf);
  const backend = useEngine((view) =>
    view.state?.pools.find((pool) => pool.name === target?.pool)?.backends.find((one) => one.name === target?.backend),
  );
  const close = (): void => app.ui.setState({ faultsOf: null });
  if (!target || !backend) return null;
  return (
    <Dialog open onClose={close} title={pools.faultsOf(`${target.pool}/${target.backend}`)}>
      <p className="muted">{pools.faultsText}</p>
      <FaultForm
        fault={backend.fault}
        onClose={close}
        onSet={(fault) => app.pools.setFault(target.pool, target.backend, fault)}
      />
    </Dialog>
  );
}

interface FaultFormProps {
  fault: Fault | undefined;
  onClose: () => void;
  onSet: (fault: ReturnType<typeof faultOf>) => Promise<unknown>;
}

/** A fault, or what to do about one that there is. */
export function FaultForm({ fault, onClose, onSet }: FaultFormProps) {
  const { pools } = useMessages();
  const [draft, setDraft] = useState(() => draftOf(fault));
  const [error, setError] = useState<string | null>(null);

  async function send(next: ReturnType<typeof faultOf>): Promise<void> {
    try {
      await onSet(next);
      onClose();
    } catch (failure) {
      setError(errorText(failure));
    }
  }

  function apply(event: FormEvent): void {
    event.preventDefault();
    const next = faultOf(draft);
    if (badFields(draft).length > 0) setError(pools.badNumber);
    else if (next === null) setError(pools.noFault);
    else void send(next);
  }

  return (
    <form className="faults-form" onSubmit={apply} noValidate>
      <Presets onPick={(preset) => setDraft(PRESETS[preset])} />
      <NumberFields draft={draft} onChange={setDraft} />
      <KindFields draft={draft} onChange={setDraft} />
      {error === null ? null : <ErrorBox>{error}</ErrorBox>}
      <div className="dialog-actions">
        {fault ? (
          <Button tone="danger" onClick={() => void send(null)}>
            {pools.endFault}
          </Button>
        ) : null}
        <span className="dialog-space" />
        <Button onClick={onClose}>{pools.cancel}</Button>
        <Button type="submit" tone="primary">
          {pools.apply}
        </Button>
      </div>
    </form>
  );
}

function Presets({ onPick }: { onPick: (preset: Preset) => void }) {
  const { pools } = useMessages();
  return (
    <div className="presets" role="group" aria-label={pools.presets}>
      <span className="field-label">{pools.presets}</span>
      {(Object.keys(PRESETS) as Preset[]).map((preset) => (
        <Button key={preset} size="small" onClick={() => onPick(preset)}>
          {pools.preset[preset]}
        </Button>
      ))}
    </div>
  );
}

interface DraftProps {
  draft: FaultDraft;
  onChange: (draft: FaultDraft) => void;
}

function NumberFields({ draft, onChange }: DraftProps) {
  const { pools } = useMessages();
  const bad = badFields(draft);
  const example: Record<NumberField, string> = {
    latency: '0',
    jitter: '0',
    errorPercent: '0',
    status: '503',
    bandwidth: '∞',
    percent: '100',
  };
  return (
    <div className="fault-numbers">
      {NUMBERS.map((field) => (
        <Field key={field} label={pools[field]} error={bad.includes(field) ? pools.badNumber : undefined}>
          {(props) => (
            <Input
              {...props}
              inputMode="decimal"
              placeholder={example[field]}
              value={draft[field]}
              onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

function KindFields({ draft, onChange }: DraftProps) {
  const { pools } = useMessages();
  return (
    <>
      <div className="fault-kinds">
        <span className="field-label">{pools.resets}</span>
        <SegmentedControl
          size="small"
          label={pools.resets}
          value={draft.reset}
          options={RESETS.map((value) => ({ value, label: pools.resetAt[value] }))}
          onChange={(reset) => onChange({ ...draft, reset })}
        />
      </div>
      <div className="fault-kinds">
        <CheckField
          label={pools.blackhole}
          checked={draft.blackhole}
          onChange={(blackhole) => onChange({ ...draft, blackhole })}
        />
        <CheckField
          label={pools.truncate}
          checked={draft.truncate}
          onChange={(truncate) => onChange({ ...draft, truncate })}
        />
      </div>
    </>
  );
}

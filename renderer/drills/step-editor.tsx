import { SlidersHorizontal, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { DRILL_SIGNAL_NAMES } from '../../proxy-engine/contract/drill-signals.ts';
import { useMessages } from '../app-context.tsx';
import { FaultForm } from '../backends/faults-dialog.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Input } from '../ui/field.tsx';
import { Choice } from '../ui/menu.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { type DraftStep, lengthOf, printDuration, readDuration, replaced, withoutSteps } from './drill-draft.ts';
import { faultOfInput, stepWords, targetOf } from './step-words.ts';
import type { DraftUse } from './use-draft.ts';

interface StepProps<S extends DraftStep = DraftStep> {
  step: S;
  onStep(step: DraftStep): void;
}

/** The chosen step, exactly. */
export function StepEditor({ step, draft, onChange }: DraftUse & { step: DraftStep }) {
  const { drills } = useMessages();
  const onStep = (next: DraftStep) => onChange(replaced(draft, next));
  return (
    <div className="step-editor" role="group" aria-label={drills.step}>
      <b className="truncate">{targetOf(step)}</b>
      <TimeInput step={step} length={lengthOf(draft)} onStep={onStep} />
      {step.kind === 'state' ? <StateChoice step={step} onStep={onStep} /> : null}
      {step.kind === 'fault' ? <FaultChoice step={step} onStep={onStep} /> : null}
      {step.kind === 'process' ? <SignalChoice step={step} onStep={onStep} /> : null}
      <span className="drill-space" />
      <IconButton label={drills.removeStep} size="small" onClick={() => onChange(withoutSteps(draft, [step.id]))}>
        <Trash2 size={13} aria-hidden />
      </IconButton>
    </div>
  );
}

function TimeInput({ step, length, onStep }: StepProps & { length: number }) {
  const { drills } = useMessages();
  // Null while nobody types: then it follows the mark.
  const [typed, setTyped] = useState<string | null>(null);
  const read = typed === null ? step.atMs : readDuration(typed);
  const isBad = read === null || read > length;

  function commit(): void {
    if (!isBad && read !== step.atMs) onStep({ ...step, atMs: read });
    setTyped(null);
  }

  return (
    <label className="step-time">
      {drills.at}
      <Input
        mono
        value={typed ?? printDuration(step.atMs)}
        invalid={isBad}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => (event.key === 'Enter' ? commit() : undefined)}
      />
    </label>
  );
}

function StateChoice({ step, onStep }: StepProps<Extract<DraftStep, { kind: 'state' }>>) {
  const { backend, drills } = useMessages();
  return (
    <SegmentedControl
      size="small"
      label={drills.state}
      value={step.state}
      options={(['ready', 'drain', 'maint'] as const).map((value) => ({ value, label: backend.state[value] }))}
      onChange={(state) => onStep({ ...step, state })}
    />
  );
}

function FaultChoice({ step, onStep }: StepProps<Extract<DraftStep, { kind: 'fault' }>>) {
  const messages = useMessages();
  const [open, setOpen] = useState(false);
  return (
    <>
      <span className="truncate">{stepWords(step, messages)}</span>
      <Button size="small" onClick={() => setOpen(true)}>
        <SlidersHorizontal size={12} aria-hidden />
        {messages.drills.editFault}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={messages.drills.faultOf(targetOf(step))}>
        <FaultForm
          fault={step.fault === null ? undefined : faultOfInput(step.fault)}
          onClose={() => setOpen(false)}
          onSet={async (fault) => onStep({ ...step, fault })}
        />
      </Dialog>
    </>
  );
}

function SignalChoice({ step, onStep }: StepProps<Extract<DraftStep, { kind: 'process' }>>) {
  const { drills } = useMessages();
  return (
    <>
      <Choice
        label={drills.signal}
        value={step.signal}
        options={DRILL_SIGNAL_NAMES.map((value) => ({ value, label: value }))}
        onChange={(signal) => onStep({ ...step, signal })}
      />
      <label className="step-time">
        {drills.port}
        <Input
          mono
          inputMode="numeric"
          value={String(step.port)}
          onChange={(event) => onStep({ ...step, port: Number(event.target.value.replace(/\D/g, '')) })}
        />
      </label>
      <span className="muted truncate">{drills.signalHint}</span>
    </>
  );
}

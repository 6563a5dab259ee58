import './transfer.css';
import { Download } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { formatSize } from '../format/quantities.ts';
import { filterOf } from '../traffic/traffic-state.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, ErrorBox } from '../ui/field.tsx';
import type { HarSelection } from './har-calls.ts';
import { saveBlob } from './save-blob.ts';

type Which = 'all' | 'filtered' | 'chosen';

const FILE_NAME = 'switchyard.har';

/** Recorded exchanges as a HAR: all, those of the filter, or those that are chosen. */
export function HarExportDialog({ onClose }: { onClose: () => void }) {
  const { har } = useMessages();
  const { which, setWhich, selection, options } = useWhich();
  const [redact, setRedact] = useState(true);
  return (
    <Dialog open onClose={onClose} title={har.exportTitle}>
      <fieldset className="har-which">
        <legend className="field-label">{har.which}</legend>
        {options.map(({ value, label, count }) => (
          <label key={value} className="target">
            <input type="radio" name="which" value={value} checked={which === value} onChange={() => setWhich(value)} />
            {label} <span className="muted">{count}</span>
          </label>
        ))}
      </fieldset>
      <Redaction redact={redact} onChange={setRedact} />
      <ExportActions selection={{ ...selection, redact }} onClose={onClose} />
    </Dialog>
  );
}

/** What is there to choose from; what somebody has chosen is what they probably mean. */
function useWhich() {
  const app = useApp();
  const { har } = useMessages();
  const state = useStore(app.traffic.store, (current) => current);
  const { total, recorded, chosen } = state;
  const filter = filterOf(state);
  const several = chosen.size > 1;
  const [which, setWhich] = useState<Which>(several ? 'chosen' : filter === '' ? 'all' : 'filtered');
  const options: { value: Which; label: string; count: string }[] = [
    { value: 'all', label: har.all, count: har.count(recorded) },
    ...(filter === '' ? [] : [{ value: 'filtered' as const, label: har.filtered(filter), count: har.count(total) }]),
    ...(chosen.size === 0 ? [] : [{ value: 'chosen' as const, label: har.chosen, count: har.count(chosen.size) }]),
  ];
  const selections: Record<Which, Omit<HarSelection, 'redact'>> = {
    all: {},
    filtered: { filter },
    chosen: { ids: [...chosen].sort((a, b) => a - b) },
  };
  return { which, setWhich, options, selection: selections[which] };
}

function Redaction({ redact, onChange }: { redact: boolean; onChange: (redact: boolean) => void }) {
  const app = useApp();
  const { har } = useMessages();
  const names = useStore(app.config.store, (state) => state.config?.capture?.redact) ?? [];
  if (names.length === 0) return null;
  return (
    <div className="field">
      <CheckField label={har.redact} checked={redact} onChange={onChange} />
      <span className="field-hint">{redact ? har.redacted(names.join(', ')) : har.notRedacted}</span>
    </div>
  );
}

function ExportActions({ selection, onClose }: { selection: HarSelection; onClose: () => void }) {
  const app = useApp();
  const { har, transfer, common } = useMessages();
  const [bytes, setBytes] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const goesOn = useRef(false);

  async function save(): Promise<void> {
    goesOn.current = true;
    setError(null);
    setBytes(0);
    try {
      const file = await app.har.export(selection, (sofar) => {
        setBytes(sofar);
        return goesOn.current;
      });
      if (!file) return;
      saveBlob(file, FILE_NAME);
      onClose();
    } catch (reason) {
      setError(errorText(reason));
    } finally {
      setBytes(null);
    }
  }

  function close(): void {
    goesOn.current = false;
    onClose();
  }

  return (
    <>
      {error === null ? null : <ErrorBox>{error}</ErrorBox>}
      <div className="dialog-actions">
        <span className="dialog-note" role="status">
          {bytes === null ? '' : har.written(formatSize(bytes))}
        </span>
        <Button onClick={close}>{common.close}</Button>
        <Button tone="primary" disabled={bytes !== null} onClick={() => void save()}>
          <Download size={13} aria-hidden />
          {transfer.save(FILE_NAME)}
        </Button>
      </div>
    </>
  );
}

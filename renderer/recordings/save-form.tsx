import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { formatCount } from '../format/quantities.ts';
import { Button } from '../ui/button.tsx';
import { CheckField, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';

/** Gives what is recorded now a name, and keeps it. */
export function SaveForm({ onClose, onError }: { onClose: () => void; onError: (error: unknown) => void }) {
  const app = useApp();
  const { recordings, common, pools } = useMessages();
  const recorded = useEngine((view) => view.state?.capture.exchanges ?? 0);
  const { applied, total } = useStore(app.traffic.store, (state) => state);
  const [name, setName] = useState('');
  const [filtered, setFiltered] = useState(false);
  const [busy, setBusy] = useState(false);
  // While a saved recording is open, the filter is about that one.
  const isOpen = useUi((state) => state.recording !== null);
  const filter = isOpen ? '' : applied.trim();

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      const saved = await app.recordings.save(name.trim(), filtered ? filter : undefined);
      showToast('info', recordings.saved(saved.name, saved.exchanges));
      onClose();
    } catch (error) {
      onError(error);
      setBusy(false);
    }
  }

  return (
    <form className="save-form" onSubmit={(event) => void save(event)}>
      <Field label={recordings.name} hint={recordings.saveHint}>
        {(props) => (
          <Input
            {...props}
            value={name}
            maxLength={200}
            placeholder={recordings.namePlaceholder}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {filter === '' ? null : (
        <CheckField label={recordings.onlyFiltered(total, filter)} checked={filtered} onChange={setFiltered} />
      )}
      <div className="dialog-actions">
        <span className="dialog-space muted">{recordings.willSave(formatCount(filtered ? total : recorded))}</span>
        <Button onClick={onClose}>{pools.cancel}</Button>
        <Button type="submit" tone="primary" disabled={busy || name.trim() === '' || recorded === 0}>
          {busy ? common.saving : common.save}
        </Button>
      </div>
    </form>
  );
}

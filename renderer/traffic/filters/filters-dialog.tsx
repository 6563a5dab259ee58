import { X } from 'lucide-react';
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { sentence } from '../../../proxy-engine/contract/expression/sentence.ts';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import type { SavedFilter } from '../../store/preferences.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';

/** The filter that is in force gets a name and is kept; others are removed. */
export function FiltersDialog() {
  const app = useApp();
  const { filters, common } = useMessages();
  const open = useUi((state) => state.trafficDialog === 'filters');
  const filter = useStore(app.traffic.store, (state) => state.applied.trim());
  const close = (): void => app.ui.setState({ trafficDialog: null });
  return (
    <Dialog open={open} onClose={close} title={filters.title}>
      {filter === '' ? <p className="muted">{filters.noFilter}</p> : <SaveForm filter={filter} onSaved={close} />}
      <SavedFilters />
      <div className="dialog-actions">
        <Button onClick={close}>{common.close}</Button>
      </div>
    </Dialog>
  );
}

function SaveForm({ filter, onSaved }: { filter: string; onSaved: () => void }) {
  const app = useApp();
  const { filters, common } = useMessages();
  const language = useUi((state) => state.language);
  const parsed = parseExpression(filter);
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? (parsed.ok ? sentence(parsed.expression, language) : filter);
  const input = useRef<HTMLInputElement>(null);
  // What is suggested goes with the first letter that is typed; it changes while the dialog is open when the filter does.
  useLayoutEffect(() => (typed === null ? input.current?.select() : undefined), [typed, name]);

  function save(event: FormEvent): void {
    event.preventDefault();
    const saved: SavedFilter = { name: name.trim(), filter };
    if (saved.name === '') return;
    app.ui.setState(({ savedFilters }) => ({
      savedFilters: [...savedFilters.filter((one) => one.name !== saved.name), saved],
    }));
    onSaved();
  }

  return (
    <form className="filters-save" onSubmit={save}>
      <Field label={filters.name} hint={<code>{filter}</code>}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            ref={input}
            maxLength={200}
            value={name}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" tone="primary" disabled={name.trim() === ''}>
        {common.save}
      </Button>
    </form>
  );
}

function SavedFilters() {
  const app = useApp();
  const { filters } = useMessages();
  const saved = useUi((state) => state.savedFilters);
  if (saved.length === 0) return <p className="muted">{filters.none}</p>;
  return (
    <ul className="filters-saved" aria-label={filters.title}>
      {saved.map(({ name, filter }) => (
        <li key={name}>
          <span className="truncate">{name}</span>
          <code className="truncate" title={filter}>
            {filter}
          </code>
          <IconButton
            tone="quiet"
            size="small"
            label={filters.remove(name)}
            onClick={() => app.ui.setState({ savedFilters: saved.filter((one) => one.name !== name) })}
          >
            <X size={13} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

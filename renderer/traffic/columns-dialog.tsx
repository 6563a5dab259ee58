import { ArrowDown, ArrowUp } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, Field, Input } from '../ui/field.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import {
  COLUMNS,
  type ColumnId,
  columnName,
  DEFAULT_COLUMNS,
  FIXED_COLUMNS,
  headerColumn,
  isHeaderColumn,
  MOST_HEADERS,
  moveColumn,
} from './columns.ts';
import { SortChoice } from './sort-choice.tsx';

/** Which columns the list has, where they stand, and by what it is sorted; it changes at once. */
export function ColumnsDialog() {
  const app = useApp();
  const { traffic, columns: texts, common } = useMessages();
  const open = useUi((state) => state.trafficDialog === 'columns');
  const chosen = useUi((state) => state.columns);
  const others = COLUMNS.map(({ id }): ColumnId => id).filter((id) => !chosen.includes(id));
  const close = (): void => app.ui.setState({ trafficDialog: null });
  const set = (columns: readonly ColumnId[]): void => app.ui.setState({ columns });
  return (
    <Dialog open={open} onClose={close} title={traffic.columns}>
      <p className="muted">{texts.hint}</p>
      <ol className="column-choice" aria-label={texts.shown}>
        {chosen.map((id) => (
          <ColumnItem key={id} id={id} chosen={chosen} onChange={set} />
        ))}
      </ol>
      <div className="column-others">
        {others.map((id) => (
          <CheckField
            key={id}
            label={columnName(id, traffic.column)}
            checked={false}
            onChange={() => set([...chosen, id])}
          />
        ))}
      </div>
      <HeaderForm chosen={chosen} onChange={set} />
      <SortChoice />
      <div className="dialog-actions">
        <Button className="dialog-space" onClick={() => set(DEFAULT_COLUMNS)}>
          {texts.reset}
        </Button>
        <Button onClick={close}>{common.close}</Button>
      </div>
    </Dialog>
  );
}

/** A column for a header of requests or of responses. */
function HeaderForm({ chosen, onChange }: Omit<ColumnItemProps, 'id'>) {
  const { columns: texts, detail } = useMessages();
  const [side, setSide] = useState<'request' | 'response'>('response');
  const [name, setName] = useState('');
  const id = headerColumn(side, name);
  const isFull = chosen.filter(isHeaderColumn).length >= MOST_HEADERS;
  const wrong =
    name.trim() === '' ? undefined : id === null ? texts.noHeaderName : isFull ? texts.headersFull : undefined;
  function add(event: FormEvent): void {
    event.preventDefault();
    if (id === null || isFull) return;
    if (!chosen.includes(id)) onChange([...chosen, id]);
    setName('');
  }
  return (
    <form className="column-header" onSubmit={add}>
      <SegmentedControl
        size="small"
        label={texts.headerOf}
        value={side}
        options={[
          { value: 'request', label: detail.tab.request },
          { value: 'response', label: detail.tab.response },
        ]}
        onChange={setSide}
      />
      <Field label={texts.header} error={wrong}>
        {(field) => (
          <Input
            {...field}
            mono
            placeholder="x-request-id"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Button type="submit" disabled={id === null || isFull}>
        {texts.addHeader}
      </Button>
    </form>
  );
}

interface ColumnItemProps {
  id: ColumnId;
  chosen: readonly ColumnId[];
  onChange: (columns: readonly ColumnId[]) => void;
}

function ColumnItem({ id, chosen, onChange }: ColumnItemProps) {
  const { traffic, columns: texts } = useMessages();
  const name = isHeaderColumn(id) ? id.replace(':', ': ') : columnName(id, traffic.column);
  const at = chosen.indexOf(id);
  const move = (step: -1 | 1): void => {
    const target = chosen[at + step];
    if (target) onChange(moveColumn(chosen, id, target));
  };
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (step === null || !event.altKey) return;
    event.preventDefault();
    move(step);
  }
  return (
    <li className="column-item" onKeyDown={onKeyDown}>
      {FIXED_COLUMNS.has(id) ? (
        <span className="column-fixed">{name}</span>
      ) : (
        <CheckField label={name} checked onChange={() => onChange(chosen.filter((one) => one !== id))} />
      )}
      <IconButton tone="quiet" size="small" label={texts.earlier(name)} disabled={at === 0} onClick={() => move(-1)}>
        <ArrowUp size={13} aria-hidden />
      </IconButton>
      <IconButton
        tone="quiet"
        size="small"
        label={texts.later(name)}
        disabled={at === chosen.length - 1}
        onClick={() => move(1)}
      >
        <ArrowDown size={13} aria-hidden />
      </IconButton>
    </li>
  );
}

import './marks.css';
import { Check, Circle } from 'lucide-react';
import { type CSSProperties, type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { type ExchangeMark, MARK_COLORS, type MarkColor } from '../../../proxy-engine/contract/exchange.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, ErrorBox, Field, Input } from '../../ui/field.tsx';
import { isMarkColor, markColor } from './mark-color.ts';

/** Colour, note and pin of everything that is chosen. */
export function MarkDialog() {
  const app = useApp();
  const { marks } = useMessages();
  const open = useUi((state) => state.trafficDialog === 'mark');
  const chosen = useStore(app.traffic.store, (state) => state.chosen);
  const exchange = useStore(app.detail.store, (state) => state.exchange);
  const close = (): void => app.ui.setState({ trafficDialog: null });
  return (
    <Dialog open={open && chosen.size > 0} onClose={close} title={marks.title(chosen.size)}>
      <MarkForm ids={[...chosen]} mark={exchange?.mark ?? {}} close={close} />
    </Dialog>
  );
}

interface MarkFormProps {
  ids: number[];
  /** Of the one that is selected; the others get what is changed here. */
  mark: ExchangeMark;
  close: () => void;
}

function MarkForm({ ids, mark, close }: MarkFormProps) {
  const app = useApp();
  const { marks, common, pools } = useMessages();
  const [color, setColor] = useState<MarkColor | null | undefined>();
  const [note, setNote] = useState<string | undefined>();
  const [pinned, setPinned] = useState<boolean | undefined>();

  const [failure, setFailure] = useState<string | null>(null);

  // What was typed stays until it is written: the disk may be full.
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    try {
      if (color !== undefined || note !== undefined || pinned !== undefined)
        await app.exchanges.mark({ ids, color, note: note === '' ? null : note, pinned });
      close();
    } catch (error) {
      setFailure(errorText(error));
    }
  }

  return (
    <form className="mark-form" onSubmit={(event) => void save(event)}>
      <Field label={marks.note}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            maxLength={2000}
            value={note ?? mark.note ?? ''}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      <ColorChoice
        value={color === undefined ? (isMarkColor(mark.color) ? mark.color : null) : color}
        onChange={setColor}
      />
      <CheckField label={marks.pinned} checked={pinned ?? mark.pinned ?? false} onChange={setPinned} />
      {failure === null ? null : <ErrorBox>{failure}</ErrorBox>}
      <div className="dialog-actions">
        <Button onClick={close}>{pools.cancel}</Button>
        <Button type="submit" tone="primary">
          {common.save}
        </Button>
      </div>
    </form>
  );
}

function ColorChoice({ value, onChange }: { value: MarkColor | null; onChange: (color: MarkColor | null) => void }) {
  const { marks } = useMessages();
  return (
    <fieldset className="mark-colors">
      <legend className="field-label">{marks.color}</legend>
      {[null, ...MARK_COLORS].map((color) => {
        const label = color === null ? marks.noColor : marks.colors[color];
        return (
          <label
            key={color}
            className="mark-color"
            style={color ? ({ '--mark': markColor(color) } as CSSProperties) : {}}
          >
            <input
              type="radio"
              name="mark-color"
              className="visually-hidden"
              checked={value === color}
              onChange={() => onChange(color)}
            />
            <span className="mark-swatch">
              {value === color ? <Check size={12} aria-hidden /> : color ? null : <Circle size={12} aria-hidden />}
            </span>
            {label}
          </label>
        );
      })}
    </fieldset>
  );
}

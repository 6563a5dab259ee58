import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ListenerState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { CutName } from '../ui/cut-name.tsx';
import { ListenerForm } from './listener-form.tsx';
import { settingsOf } from './settings-document.ts';
import { typedListener } from './use-listener-draft.ts';

/** The listeners that run, each with its form; one of an included file is shown and changed there. */
export function Listeners() {
  const app = useApp();
  const { settings, listenerForm: texts } = useMessages();
  const own = settingsOf(useStore(app.config.store, ({ sources }) => sources[0]?.value)).listeners;
  const listeners = useEngine((view) => view.state?.listeners) ?? [];
  /** Name of the one that is edited; '': a new one. What is typed in it waits for it. */
  const [edited, setEdited] = useState(typedListener);
  /** The one whose form was closed: its button has the focus again. */
  const [left, setLeft] = useState<string | null>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  function close(): void {
    setLeft(edited);
    setEdited(null);
  }
  /** Its row, which may stand there for a moment yet, takes the focus no more. */
  function closeRemoved(): void {
    setEdited(null);
    addButton.current?.focus();
  }
  const names = listeners.map(({ name }) => name);
  // What is typed in one that somebody else deletes stays.
  const shown = edited !== null && edited !== '' && !names.includes(edited) ? [...names, edited] : names;
  const form = (name: string) => (
    <ListenerForm
      key={name}
      name={name}
      raw={own[name]}
      names={Object.keys(own)}
      onDone={close}
      onRemoved={closeRemoved}
    />
  );
  return (
    <>
      {listeners.length === 0 ? <p className="muted">{settings.noListeners}</p> : null}
      {shown.map((name) => {
        if (edited === name) return form(name);
        const listener = listeners.find((one) => one.name === name);
        const edit = own[name] ? () => setEdited(name) : undefined;
        return listener && <ListenerRow key={name} listener={listener} takesFocus={left === name} onEdit={edit} />;
      })}
      {edited === '' ? (
        form('')
      ) : (
        <div className="settings-buttons">
          <Button ref={addButton} autoFocus={left === ''} onClick={() => setEdited('')}>
            <Plus size={13} aria-hidden />
            {texts.add}
          </Button>
        </div>
      )}
    </>
  );
}

interface ListenerRowProps {
  listener: ListenerState;
  takesFocus: boolean;
  onEdit: (() => void) | undefined;
}

function ListenerRow({ listener, takesFocus, onEdit }: ListenerRowProps) {
  const { settings, listenerForm: texts, engine } = useMessages();
  const { name, address, mode, secure, error } = listener;
  return (
    <div className="settings-listener">
      <b className="settings-name" title={name}>
        <CutName name={name} />
      </b>
      <span className="mono">{address}</span>
      <span className="muted truncate" title={error && engine(error)}>
        {error ? engine(error) : [settings.listenerMode[mode], secure && 'TLS'].filter(Boolean).join(' · ')}
      </span>
      {error === undefined ? <Chip tone="ok">{settings.listening}</Chip> : <Chip tone="bad">{settings.failed}</Chip>}
      {onEdit ? (
        <Button size="small" autoFocus={takesFocus} aria-label={texts.edit(name)} onClick={onEdit}>
          {texts.editShort}
        </Button>
      ) : (
        <span />
      )}
    </div>
  );
}

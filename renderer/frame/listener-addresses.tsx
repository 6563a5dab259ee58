import { clsx } from 'clsx';
import { ChevronDown, CircleAlert, Copy } from 'lucide-react';
import type { ListenerState } from '../../proxy-engine/contract/state.ts';
import { type App } from '../app.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { copyText } from '../commands/copy-text.ts';
import { type Messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { useWidth } from '../ui/use-width.ts';
import { howManyFit } from './listener-widths.ts';

const NONE: readonly ListenerState[] = [];

/** Where clients connect; a click copies the address. Those that find no room stand in a menu. */
export function ListenerAddresses({ listeners = NONE }: { listeners: readonly ListenerState[] | undefined }) {
  const [bar, width] = useWidth();
  const shown = howManyFit(listeners, width);
  const others = listeners.slice(shown);
  return (
    <div ref={bar} className="top-bar-listeners">
      {listeners.slice(0, shown).map((listener) => (
        <ListenerAddress key={listener.name} listener={listener} />
      ))}
      {others.length > 0 ? <Others listeners={others} all={shown === 0} /> : null}
    </div>
  );
}

function ListenerAddress({ listener }: { listener: ListenerState }) {
  const app = useApp();
  const messages = useMessages();
  const failed = listener.error !== undefined;
  return (
    <Button
      className={clsx('address', failed && 'address-failed')}
      title={hintOf(listener, messages)}
      onClick={() => copy(app, listener, messages)}
    >
      <span className="truncate">{listener.name}</span>
      <span className="mono address-value">{listener.address}</span>
      {failed ? <CircleAlert size={12} aria-hidden /> : <Copy size={12} aria-hidden />}
    </Button>
  );
}

function Others({ listeners, all }: { listeners: readonly ListenerState[]; all: boolean }) {
  const app = useApp();
  const messages = useMessages();
  const { frame } = messages;
  const failed = listeners.some(({ error }) => error !== undefined);
  const trigger = (
    <Button
      className={clsx('address', failed && 'address-failed')}
      aria-label={all ? undefined : frame.otherListeners(listeners.length)}
    >
      <span className="truncate">{all ? frame.listeners(listeners.length) : `+${listeners.length}`}</span>
      {failed ? <CircleAlert size={12} aria-hidden /> : <ChevronDown size={12} aria-hidden />}
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      {listeners.map((listener) => (
        <MenuItem key={listener.name} onSelect={() => copy(app, listener, messages)}>
          <span title={hintOf(listener, messages)}>{listener.name}</span>
          <span className={clsx('mono', listener.error === undefined ? 'muted' : 'tone-bad')}>{listener.address}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}

function hintOf({ name, error }: ListenerState, { frame, engine }: Messages): string {
  return error === undefined ? frame.copyAddress(name) : frame.listenerFailed(name, engine(error));
}

function copy(app: App, { address }: ListenerState, { frame }: Messages): void {
  void copyText(app, address, frame.copiedAddress(address));
}

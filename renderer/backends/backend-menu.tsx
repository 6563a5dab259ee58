import { Ellipsis } from 'lucide-react';
import { memo, useRef } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { passFocusOnOnceGone } from '../commands/pass-focus-on.ts';
import { displayKeys } from '../commands/registry.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { listsBackends } from './pool-calls.ts';

interface BackendMenuProps {
  pool: string;
  backend: string;
  /** The backend's digit, if it has one. */
  shortcut: number | undefined;
}

/** What else can be done with a backend. */
export const BackendMenu = memo(function BackendMenu({ pool, backend, shortcut }: BackendMenuProps) {
  const app = useApp();
  const { pools } = useMessages();
  const canRemove = useStore(app.config.store, ({ config }) => listsBackends(config, pool));

  const trigger = useRef<HTMLButtonElement>(null);

  async function probe(): Promise<void> {
    const { passed, detail } = await app.pools.probeBackend(pool, backend);
    showToast(passed ? 'info' : 'warn', pools.probed(backend, detail));
  }

  async function remove(): Promise<void> {
    if (trigger.current) passFocusOnOnceGone(document, trigger.current);
    const outcome = await app.pools.remove(pool, backend);
    if (outcome.ok) showToast('info', pools.removed(backend));
    else showToast('error', outcome.message);
  }

  return (
    <Menu
      align="end"
      trigger={
        <IconButton ref={trigger} tone="quiet" size="small" label={pools.more(backend)}>
          <Ellipsis size={14} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem
        keys={shortcut === undefined ? undefined : displayKeys(`Alt+${shortcut}`, app.mac)}
        onSelect={() => app.ui.setState({ faultsOf: { pool, backend } })}
      >
        {pools.faults}
      </MenuItem>
      <MenuItem onSelect={() => app.attempt(probe())}>{pools.probeNow}</MenuItem>
      {canRemove ? <MenuItem onSelect={() => void remove()}>{pools.remove}</MenuItem> : null}
    </Menu>
  );
});

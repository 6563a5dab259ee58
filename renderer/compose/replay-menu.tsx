import { Repeat2 } from 'lucide-react';
import { useApp, useMessages } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { replay } from './from-exchange.ts';

/** What is chosen in the list, sent again in its order. */
export function ReplayMenu() {
  const app = useApp();
  const { compose } = useMessages();
  const ids = (): number[] => [...app.traffic.store.getState().chosen].sort((a, b) => a - b);
  const trigger = (
    <Button size="small">
      <Repeat2 size={12} aria-hidden />
      {compose.replay}
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      <MenuItem keys={displayKeys('r', app.mac)} onSelect={() => void replay(app, ids())}>
        {compose.replayAtOnce}
      </MenuItem>
      <MenuItem onSelect={() => void replay(app, ids(), 'original')}>{compose.replayInTime}</MenuItem>
    </Menu>
  );
}

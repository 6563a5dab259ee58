import { Download, GitCompare, Tag, X } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import { ReplayMenu } from '../compose/replay-menu.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { CopyAsMenu } from './copy-as/copy-as-menu.tsx';
import { MOST_CHOSEN } from './selection.ts';

/** What can be done with several exchanges at once; it stands where otherwise the filter is put in words. */
export function SelectionBar() {
  const app = useApp();
  const { selection } = useMessages();
  const chosen = useStore(app.traffic.store, (state) => state.chosen);
  return (
    <div className="selection-bar" role="toolbar" aria-label={selection.label}>
      <b role="status">{selection.count(chosen.size, chosen.size >= MOST_CHOSEN)}</b>
      <Button size="small" title={displayKeys('n', app.mac)} onClick={() => runCommand(app, 'traffic.mark')}>
        <Tag size={12} aria-hidden />
        {selection.mark}
      </Button>
      <Button
        size="small"
        disabled={chosen.size !== 2}
        title={chosen.size === 2 ? displayKeys('d', app.mac) : selection.compareNeeds}
        onClick={() => runCommand(app, 'traffic.compare')}
      >
        <GitCompare size={12} aria-hidden />
        {selection.compare}
      </Button>
      <ReplayMenu />
      <CopyAsMenu />
      <Button size="small" onClick={() => runCommand(app, 'har.export')}>
        <Download size={12} aria-hidden />
        {selection.export}
      </Button>
      <IconButton
        tone="quiet"
        size="small"
        className="selection-clear"
        label={selection.clear}
        onClick={() => app.traffic.select(app.traffic.store.getState().selectedIndex)}
      >
        <X size={13} aria-hidden />
      </IconButton>
    </div>
  );
}

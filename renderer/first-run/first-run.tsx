import { Copy, type LucideIcon } from 'lucide-react';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { copyText } from '../commands/copy-text.ts';
import { IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { firstCurl } from './first-curl.ts';
import { FirstPool } from './first-pool.tsx';

/** Nothing recorded yet: a line to paste, or, without listeners, the form that makes them. */
export function FirstRun({ icon }: { icon: LucideIcon }) {
  const app = useApp();
  const { firstRun } = useMessages();
  const state = useEngine((view) => view.state);
  if (!state) return null;
  const line = firstCurl(state);
  if (line === null) return <FirstPool title={firstRun.noListeners} text={firstRun.noListenersText} />;
  return (
    <EmptyState icon={icon} title={firstRun.title}>
      <p className="empty-text">{firstRun.text}</p>
      <div className="curl-line">
        <code>{line}</code>
        <IconButton tone="quiet" size="small" label={firstRun.copyCommand} onClick={() => void copyText(app, line)}>
          <Copy size={13} aria-hidden />
        </IconButton>
      </div>
    </EmptyState>
  );
}

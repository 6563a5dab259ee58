import { Unplug } from 'lucide-react';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** In place of what only an engine can fill. The banner says why there is none, and what to do. */
export function NoEngine() {
  const app = useApp();
  const { connection } = useMessages();
  const isRefused = useEngine(({ loss }) => loss?.state === 'refused');
  return (
    <EmptyState icon={Unplug} title={isRefused ? connection.refusedTitle : connection.lostTitle}>
      <p className="empty-text">{isRefused ? connection.refusedText : connection.lostText}</p>
      {isRefused || app.desktop ? null : <p className="empty-text">{connection.lostElsewhere}</p>}
    </EmptyState>
  );
}

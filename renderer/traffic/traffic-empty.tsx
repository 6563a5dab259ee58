import { Circle, ListFilter, Radio } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { FirstRun } from '../first-run/first-run.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** Why the list is empty, and what to do about it. */
export function TrafficEmpty() {
  const app = useApp();
  const { traffic } = useMessages();
  const filter = useStore(app.traffic.store, (state) => state.applied.trim());
  const recorded = useStore(app.traffic.store, (state) => state.recorded);
  const capture = useEngine((view) => view.state?.capture);
  return (
    <div className="traffic-empty">
      {filter ? (
        <EmptyState icon={ListFilter} title={traffic.emptyFilterTitle}>
          <p className="empty-text">{traffic.emptyFilterText(recorded)}</p>
          <Button onClick={() => app.traffic.setFilter('')}>{traffic.clearFilter}</Button>
        </EmptyState>
      ) : capture && !capture.recording ? (
        <EmptyState icon={Circle} title={traffic.emptyTitle}>
          <p className="empty-text">{traffic.pausedText}</p>
          <Button tone="primary" onClick={() => app.setRecording(true)}>
            {traffic.startRecording}
          </Button>
        </EmptyState>
      ) : (
        <FirstRun icon={Radio} />
      )}
    </div>
  );
}

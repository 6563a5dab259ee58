import { Circle, ListFilter, Radio } from 'lucide-react';
import { useStore } from 'zustand';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { printValue } from '../../proxy-engine/contract/expression/print.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { FirstRun } from '../first-run/first-run.tsx';
import { NoEngine } from '../frame/no-engine.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** Why the list is empty, and what to do about it. */
export function TrafficEmpty() {
  const app = useApp();
  const { traffic, tree, engine } = useMessages();
  const filterError = useStore(app.traffic.store, (state) => state.filterError);
  const filter = useStore(app.traffic.store, (state) => state.applied.trim());
  const scope = useStore(app.traffic.store, (state) => state.scope);
  const recorded = useStore(app.traffic.store, (state) => state.recorded);
  const capture = useEngine((view) => view.state?.capture);
  const isGone = useEngine((view) => view.loss !== null);
  const emptyText = scope
    ? traffic.emptyScopeText(recorded, scope.host + scope.path, filter !== '')
    : traffic.emptyFilterText(recorded);
  return (
    <div className="traffic-empty">
      {isGone ? (
        <NoEngine />
      ) : filterError ? (
        <EmptyState icon={ListFilter} title={traffic.invalidFilterTitle}>
          <p className="empty-text">{engine(filterError)}</p>
          <Button onClick={() => app.traffic.setFilter('')}>{traffic.clearFilter}</Button>
        </EmptyState>
      ) : filter || scope ? (
        <EmptyState icon={ListFilter} title={filter ? traffic.emptyFilterTitle : traffic.emptyScopeTitle}>
          <p className="empty-text">{emptyText}</p>
          <FindInBodies filter={filter} />
          {filter ? <Button onClick={() => app.traffic.setFilter('')}>{traffic.clearFilter}</Button> : null}
          {scope ? (
            <Button onClick={() => app.traffic.setScope(null)}>{tree.leave(scope.host + scope.path)}</Button>
          ) : null}
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

/** A text alone is looked for in URLs; it may be in a body. */
function FindInBodies({ filter }: { filter: string }) {
  const app = useApp();
  const { filters } = useMessages();
  const parsed = parseExpression(filter);
  if (!parsed.ok || parsed.expression.kind !== 'url-contains') return null;
  const { text } = parsed.expression;
  return (
    <Button tone="primary" onClick={() => app.traffic.setFilter(`body *= ${printValue(text)}`)}>
      {filters.findText(text)}
    </Button>
  );
}

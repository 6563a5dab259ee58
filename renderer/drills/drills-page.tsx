import './drills.css';
import { Siren } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { DrillHead } from './drill-head.tsx';
import { Expectations } from './expectations.tsx';
import { Failures } from './failures.tsx';
import { LoadFields } from './load-fields.tsx';
import { ReportHead } from './report-head.tsx';
import { Runs } from './runs.tsx';
import { Timeline } from './timeline.tsx';
import { useDraft } from './use-draft.ts';
import { useIssues } from './use-issues.ts';

export function DrillsPage() {
  const app = useApp();
  const { drills } = useMessages();
  const pools = useEngine((view) => view.state?.pools);
  useEffect(() => app.attempt(app.drills.loadRuns()), [app]);
  if (!pools) return null;
  return (
    <div className="page-scroll">
      <h1 className="visually-hidden">{drills.title}</h1>
      {pools.some(({ backends }) => backends.length > 0) ? (
        <DrillBench />
      ) : (
        <EmptyState icon={Siren} title={drills.emptyTitle}>
          <p className="empty-text">{drills.emptyText}</p>
          <Button tone="primary" onClick={() => app.ui.setState({ page: 'rules' })}>
            {drills.openConfig}
          </Button>
        </EmptyState>
      )}
    </div>
  );
}

function DrillBench() {
  const app = useApp();
  const { draft, onChange } = useDraft();
  const issues = useIssues(draft);
  const report = useStore(app.drills.store, (view) => view.report);
  const compared = useStore(app.drills.store, (view) => view.compared);
  const props = { draft, onChange, issues };
  return (
    <div className="drill">
      <DrillHead {...props} />
      <LoadFields {...props} />
      <div className="drill-columns">
        <div className="drill-main">
          <Timeline {...props} report={report} compared={compared} />
          {report ? <Failures report={report} /> : null}
        </div>
        <div className="drill-side">
          {report ? <ReportHead report={report} compared={compared} /> : null}
          <Expectations {...props} report={report} compared={compared} />
          <Runs shown={report?.id} compared={compared?.id} />
        </div>
      </div>
    </div>
  );
}

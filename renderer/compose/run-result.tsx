import { Archive, Send, X } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { formatLatency } from '../format/quantities.ts';
import { Detail } from '../traffic/detail/detail.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorBox } from '../ui/field.tsx';
import { AnswerList } from './answer-list.tsx';
import type { Run } from './compose-store.ts';
import { failedCount, latenciesOf } from './distribution.ts';
import { DistributionBars } from './distribution-bars.tsx';

/** What became of the sending that is shown: by backend, one by one, and the exchange that is chosen among them. */
export function RunResult() {
  const app = useApp();
  const { compose } = useMessages();
  const run = useStore(app.compose.store, ({ runs, shown }) => runs.find(({ key }) => key === shown));
  const openId = useStore(app.compose.store, (state) => state.openId) ?? run?.answers[0]?.id ?? null;
  const isElsewhere = useUi((state) => state.recording !== null);
  useEffect(() => {
    if (openId !== null && !isElsewhere) app.traffic.choose(openId);
  }, [app, openId, isElsewhere]);
  if (!run)
    return (
      <div className="pane pane-panel">
        <EmptyState icon={Send} title={compose.sentNothing}>
          <p className="empty-text">{compose.sentNothingText}</p>
        </EmptyState>
      </div>
    );
  return (
    <div className="pane pane-panel">
      <RunHead run={run} />
      {run.error === null ? null : (
        <div className="compose-refused">
          <ErrorBox>{run.error}</ErrorBox>
        </div>
      )}
      {run.total > 1 && run.answers.length > 0 ? (
        <>
          <DistributionBars answers={run.answers} />
          <AnswerList answers={run.answers} openId={openId} />
        </>
      ) : null}
      {openId === null ? null : <div className="compose-detail">{isElsewhere ? <SentElsewhere /> : <Detail />}</div>}
    </div>
  );
}

/** A saved recording has exchanges of its own with these numbers. */
function SentElsewhere() {
  const app = useApp();
  const { compose, recordings } = useMessages();
  return (
    <EmptyState icon={Archive} title={compose.sentElsewhere}>
      <p className="empty-text">{compose.sentElsewhereText}</p>
      <Button onClick={() => app.ui.setState({ recording: null })}>{recordings.backToNow}</Button>
    </EmptyState>
  );
}

function RunHead({ run }: { run: Run }) {
  const app = useApp();
  const { compose } = useMessages();
  const isElsewhere = useUi((state) => state.recording !== null);
  const failed = failedCount(run.answers);
  const { minMs, medianMs, maxMs } = latenciesOf(run.answers);
  const { sending } = run;
  return (
    <header className="pane-head">
      <h2 className="pane-title">
        <span role="status">{run.state === 'refused' ? compose.refused : compose.progress(run.ended, run.total)}</span>
      </h2>
      {failed > 0 ? <span className="tone-bad">{compose.failed(failed)}</span> : null}
      {run.state === 'cancelled' || run.state === 'lost' ? <span className="muted">{compose[run.state]}</span> : null}
      {run.answers.length > 1 ? (
        <span className="muted" title={compose.latency}>
          {formatLatency(minMs)} / {formatLatency(medianMs)} / {formatLatency(maxMs)}
        </span>
      ) : null}
      {run.state === 'running' && sending !== null ? (
        <Button size="small" className="pane-head-end" onClick={() => app.attempt(app.compose.cancel(sending))}>
          <X size={13} aria-hidden />
          {compose.cancel}
        </Button>
      ) : run.answers.length > 0 && !isElsewhere ? (
        <Button
          size="small"
          tone="quiet"
          className="pane-head-end"
          onClick={() => app.ui.setState({ page: 'traffic' })}
        >
          {compose.showInTraffic}
        </Button>
      ) : null}
    </header>
  );
}

import { SquarePen } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { formatClock } from '../format/time.ts';
import { IconButton } from '../ui/button.tsx';
import type { Run } from './compose-store.ts';
import { failedCount } from './distribution.ts';

/** What was sent since the window is open, the newest first. */
export function RunHistory() {
  const app = useApp();
  const { compose } = useMessages();
  const runs = useStore(app.compose.store, (state) => state.runs);
  if (runs.length === 0) return null;
  return (
    <section className="runs" aria-label={compose.sent}>
      <h2 className="runs-title">{compose.sent}</h2>
      <ul className="runs-list">
        {runs.map((run) => (
          <RunRow key={run.key} run={run} />
        ))}
      </ul>
    </section>
  );
}

function RunRow({ run }: { run: Run }) {
  const app = useApp();
  const { compose } = useMessages();
  const isShown = useStore(app.compose.store, (state) => state.shown === run.key);
  const failed = failedCount(run.answers);
  return (
    <li className="run-row" data-selected={isShown || undefined}>
      <button
        type="button"
        className="run-open"
        aria-current={isShown || undefined}
        onClick={() => app.compose.show(run.key)}
      >
        <span className="run-time">{formatClock(run.startedAt)}</span>
        <span className="run-name truncate mono">{runName(run, compose.replayTitle)}</span>
        {run.total > 1 ? <span className="muted">×{run.total}</span> : null}
        {run.state === 'refused' || run.state === 'lost' ? (
          <span className="tone-bad">{compose[run.state]}</span>
        ) : null}
        {failed > 0 ? <span className="tone-bad">{compose.failed(failed)}</span> : null}
      </button>
      {run.draft ? (
        <IconButton
          tone="quiet"
          size="small"
          label={compose.edit}
          onClick={() => app.compose.setDraft(run.draft ?? {})}
        >
          <SquarePen size={13} aria-hidden />
        </IconButton>
      ) : null}
    </li>
  );
}

function runName({ draft, replayOf }: Run, replayTitle: (count: number) => string): string {
  return draft ? `${draft.method} ${draft.url}` : replayTitle(replayOf.length);
}

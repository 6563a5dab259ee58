import { useStore } from 'zustand';
import type { DrillSummary } from '../../proxy-engine/contract/drill.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { formatCount, formatLatency } from '../format/quantities.ts';
import { formatClock, formatDay } from '../format/time.ts';
import { Section } from '../ui/section.tsx';
import { OutcomeMark } from './outcome-mark.tsx';

interface RunsProps {
  /** Ids of the report on view and of the one beside it. */
  shown: string | undefined;
  compared: string | undefined;
}

/** The runs that are kept: one is shown, another can stand beside it. */
export function Runs({ shown, compared }: RunsProps) {
  const app = useApp();
  const { drills } = useMessages();
  const runs = useStore(app.drills.store, (view) => view.runs);
  return (
    <div className="card">
      <Section title={drills.runs} extra={runs.length > 1 ? drills.compare : null}>
        {runs.length === 0 ? (
          <p className="muted">{drills.noRuns}</p>
        ) : (
          <ul className="drill-run-list">
            {runs.map((run) => (
              <Run
                key={run.id}
                run={run}
                isShown={run.id === shown}
                isCompared={run.id === compared}
                comparable={runs.length > 1}
              />
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

interface RunProps {
  run: DrillSummary;
  isShown: boolean;
  isCompared: boolean;
  /** There is another one. */
  comparable: boolean;
}

function Run({ run, isShown, isCompared, comparable }: RunProps) {
  const app = useApp();
  const { drills } = useMessages();
  const time = formatClock(run.startedAt).slice(0, 8);
  const numbers = drills.runNumbers(run.met, run.expected, formatCount(run.failed), formatLatency(run.p99Ms));
  const words = `${drills.outcome[run.outcome]} · ${numbers}`;
  return (
    <li className="run" aria-current={isShown || undefined}>
      <button
        type="button"
        className="run-show"
        title={formatDay(run.startedAt)}
        onClick={() => app.attempt(app.drills.show(run.id))}
      >
        <OutcomeMark outcome={run.outcome} />
        <span className="drill-run-name">
          <span className="truncate">{run.name}</span>
          <small title={words}>{words}</small>
        </span>
        <time>{time}</time>
      </button>
      {comparable ? (
        <input
          type="checkbox"
          aria-label={drills.compareWith(run.name, time)}
          checked={isCompared}
          disabled={isShown}
          onChange={(event) => app.attempt(app.drills.compare(event.target.checked ? run.id : null))}
        />
      ) : null}
    </li>
  );
}

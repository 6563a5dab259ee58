import { type CSSProperties, memo } from 'react';
import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { useMessages } from '../app-context.tsx';
import { formatClock } from '../format/time.ts';
import { runsOf } from './history-runs.ts';

const LENGTH = 60;

/** The last sixty probes and requests, newest at the right, with the latest reasons of failures. */
export const History = memo(function History({
  history,
  recentFailures,
}: Pick<BackendStatus, 'history' | 'recentFailures'>) {
  const { backends, engine } = useMessages();
  const count = (kind: string): number => history.filter((one) => one === kind).length;
  const summary =
    history.length === 0 ? backends.noHistory : backends.historyOf(count('ok'), count('slow'), count('fail'));
  const failures = recentFailures.toReversed().map((failure) => failureLine(failure, engine(failure.reason)));
  const text = [summary, ...failures].join('\n');
  return (
    <span className="history" role="img" aria-label={text} title={text}>
      {runsOf(history, LENGTH).map(({ kind, cells }, index) => (
        <i key={index} className={`history-${kind}`} style={{ '--cells': cells } as CSSProperties} />
      ))}
    </span>
  );
});

/** `14:02:07 connection refused ×3` */
function failureLine({ at, times }: BackendStatus['recentFailures'][number], reason: string): string {
  return `${formatClock(at).slice(0, 8)} ${reason}${times > 1 ? ` ×${times}` : ''}`;
}

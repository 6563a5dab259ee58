import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { useMessages } from '../app-context.tsx';
import { formatClock } from '../format/time.ts';

const LENGTH = 60;

/** The last sixty probes and requests, newest at the right, with the latest reasons of failures. */
export function History({ backend: { history, recentFailures } }: { backend: BackendStatus }) {
  const { backends, engine } = useMessages();
  const count = (kind: string): number => history.filter((one) => one === kind).length;
  const summary =
    history.length === 0 ? backends.noHistory : backends.historyOf(count('ok'), count('slow'), count('fail'));
  const failures = recentFailures.toReversed().map((failure) => failureLine(failure, engine(failure.reason)));
  const text = [summary, ...failures].join('\n');
  const cells = [
    ...Array.from({ length: Math.max(0, LENGTH - history.length) }, () => null),
    ...history.slice(-LENGTH),
  ];
  return (
    <span className="history" role="img" aria-label={text} title={text}>
      {cells.map((cell, index) => (
        <i key={index} className={cell === null ? '' : `history-${cell}`} />
      ))}
    </span>
  );
}

/** `14:02:07 connection refused ×3` */
function failureLine({ at, times }: BackendStatus['recentFailures'][number], reason: string): string {
  return `${formatClock(at).slice(0, 8)} ${reason}${times > 1 ? ` ×${times}` : ''}`;
}

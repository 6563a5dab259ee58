import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { useMessages } from '../app-context.tsx';
import { formatClock } from '../format/time.ts';

const LENGTH = 60;

/** The last sixty probes and requests, newest at the right, with the latest reasons of failures. */
export function History({ backend: { history, recentFailures } }: { backend: BackendStatus }) {
  const { backends } = useMessages();
  const count = (kind: string): number => history.filter((one) => one === kind).length;
  const summary =
    history.length === 0 ? backends.noHistory : backends.historyOf(count('ok'), count('slow'), count('fail'));
  const text = [summary, ...recentFailures.toReversed().map(failureLine)].join('\n');
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
function failureLine({ at, reason, times }: BackendStatus['recentFailures'][number]): string {
  return `${formatClock(at).slice(0, 8)} ${reason}${times > 1 ? ` ×${times}` : ''}`;
}

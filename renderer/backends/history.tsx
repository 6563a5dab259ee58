import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { useMessages } from '../app-context.tsx';

const LENGTH = 60;

/** The last sixty probes and requests, newest at the right. */
export function History({ history }: { history: BackendStatus['history'] }) {
  const { backends } = useMessages();
  const count = (kind: string): number => history.filter((one) => one === kind).length;
  const text =
    history.length === 0 ? backends.noHistory : backends.historyOf(count('ok'), count('slow'), count('fail'));
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

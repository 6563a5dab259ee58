import { Zap } from 'lucide-react';
import { useMessages } from '../app-context.tsx';

/** A failure that was made on purpose, so that nobody looks for its cause; `words`: what it does, said beside the mark. */
export function FaultMark({ words }: { words?: string }) {
  const { pools } = useMessages();
  if (words !== undefined)
    return (
      <span className="fault-mark">
        <Zap size={12} aria-hidden /> {pools.fault(words)}
      </span>
    );
  return (
    <span className="fault-mark" role="img" aria-label={pools.faultHere} title={pools.faultHere}>
      <Zap size={12} aria-hidden />
    </span>
  );
}

import { Repeat2 } from 'lucide-react';
import { useMessages } from '../app-context.tsx';

/** No client sent it: it was composed, or a recorded one was sent again. */
export function ReplayMark() {
  const { compose } = useMessages();
  return (
    <span className="replay-mark" role="img" aria-label={compose.replayedMark} title={compose.replayedMark}>
      <Repeat2 size={12} aria-hidden />
    </span>
  );
}

import { useMessages } from '../../app-context.tsx';
import { NumberForm } from './number-form.tsx';
import { PagerButtons } from './pager-buttons.tsx';

interface MessagePagerProps {
  /** Index of the first one that is shown, and how many are. */
  first: number;
  count: number;
  /** Index of the first there is, and the end of all. */
  from: number;
  to: number;
  step: number;
  /** null: the newest, also as they come. */
  onGo: (first: number | null) => void;
  /** Absent: what is found has no numbers to go to. */
  onNumber?: (number: number) => void;
}

/** Which messages are shown, the newest first, and the ways to the others. */
export function MessagePager({ first, count, from, to, step, onGo, onNumber }: MessagePagerProps) {
  const { detail } = useMessages();
  const isNewest = first + count >= to;
  const isOldest = first <= from;
  const newer = first + 2 * step >= to ? null : first + step;
  return (
    <div className="body-toolbar body-pager">
      {detail.pages.shown(first + count, first + 1, to)}
      <PagerButtons<number | null>
        steps={[
          { label: detail.newestMessages, to: null, disabled: isNewest },
          { label: detail.newerMessages, to: newer, disabled: isNewest },
          { label: detail.olderMessages, to: Math.max(from, first - step), disabled: isOldest },
          { label: detail.oldestMessages, to: from, disabled: isOldest },
        ]}
        onGo={onGo}
      />
      {onNumber ? <NumberForm from={from} to={to} onNumber={onNumber} /> : null}
    </div>
  );
}

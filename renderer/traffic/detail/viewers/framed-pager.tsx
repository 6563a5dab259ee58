import { useMessages } from '../../../app-context.tsx';
import type { MessagePlaces } from '../message-pager.tsx';
import { NumberForm } from '../number-form.tsx';
import { PagerButtons } from '../pager-buttons.tsx';

interface FramedPagerProps extends Omit<MessagePlaces, 'from' | 'to'> {
  total: number;
  step: number;
  /** Negative: from the end. */
  onGo: (first: number) => void;
}

/** Which messages of a body are shown, in their order, and the ways to the others; nothing when they are all there. */
export function FramedPager({ first, count, total, step, onGo }: FramedPagerProps) {
  const { detail } = useMessages();
  if (count >= total) return null;
  const isFirst = first === 0;
  const isLast = first + count >= total;
  return (
    <div className="body-toolbar body-pager">
      {detail.someMessages(first + 1, first + count, total)}
      <PagerButtons
        steps={[
          { label: detail.firstMessages, to: 0, disabled: isFirst },
          { label: detail.previousMessages, to: Math.max(0, first - step), disabled: isFirst },
          { label: detail.nextMessages, to: first + count, disabled: isLast },
          { label: detail.lastMessages, to: -step, disabled: isLast },
        ]}
        onGo={onGo}
      />
      <NumberForm from={0} to={total} onNumber={(number) => onGo(number - 1)} />
    </div>
  );
}

import { useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { PagerButtons } from './pager-buttons.tsx';

interface BodyPagerProps {
  /** Bytes before the part that is shown. */
  offset: number;
  total: number;
  /** Bytes from one part to the next. */
  step: number;
  onGo: (offset: number) => void;
}

/** Which part of a body is shown, and the ways to the others; nothing when it is all there. */
export function BodyPager({ offset, total, step, onGo }: BodyPagerProps) {
  const { detail } = useMessages();
  if (total <= step) return null;
  const last = Math.floor((total - 1) / step) * step;
  const stepTo = (label: string, to: number) => ({ label, to, disabled: to === offset });
  return (
    <div className="body-toolbar body-pager">
      {detail.partShown(offset / step + 1, last / step + 1, formatSize(total))}
      <PagerButtons
        steps={[
          stepTo(detail.firstPart, 0),
          stepTo(detail.previousPart, Math.max(0, offset - step)),
          stepTo(detail.nextPart, Math.min(last, offset + step)),
          stepTo(detail.lastPart, last),
        ]}
        onGo={onGo}
      />
    </div>
  );
}

import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { IconButton } from '../../ui/button.tsx';

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
  const go = (label: string, to: number, icon: typeof ChevronLeft) => {
    const Icon = icon;
    return (
      <IconButton tone="quiet" size="small" label={label} disabled={to === offset} onClick={() => onGo(to)}>
        <Icon size={14} aria-hidden />
      </IconButton>
    );
  };
  return (
    <div className="body-toolbar body-pager">
      {detail.partShown(offset / step + 1, last / step + 1, formatSize(total))}
      <span>
        {go(detail.firstPart, 0, ChevronFirst)}
        {go(detail.previousPart, Math.max(0, offset - step), ChevronLeft)}
        {go(detail.nextPart, Math.min(last, offset + step), ChevronRight)}
        {go(detail.lastPart, last, ChevronLast)}
      </span>
    </div>
  );
}

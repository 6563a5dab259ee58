import type { ReactNode } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { PagerButtons } from '../pager-buttons.tsx';

interface ListPagerProps {
  /** Index of the first one that is shown, and how many are. */
  first: number;
  count: number;
  total: number;
  step: number;
  /** Negative: from the end. */
  onGo: (first: number) => void;
  children?: ReactNode;
}

/** Which part of a list is shown, in its order, and the ways to the others; nothing when it is all there. */
export function ListPager({ first, count, total, step, onGo, children }: ListPagerProps) {
  const { pages } = useMessages().detail;
  if (count >= total) return null;
  const isFirst = first === 0;
  const isLast = first + count >= total;
  return (
    <div className="body-toolbar body-pager">
      {pages.shown(first + 1, first + count, total)}
      <PagerButtons
        steps={[
          { label: pages.first, to: 0, disabled: isFirst },
          { label: pages.previous, to: Math.max(0, first - step), disabled: isFirst },
          { label: pages.next, to: first + count, disabled: isLast },
          { label: pages.last, to: -step, disabled: isLast },
        ]}
        onGo={onGo}
      />
      {children}
    </div>
  );
}

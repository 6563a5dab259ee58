import type { ReactNode } from 'react';
import { VirtualList } from '../../../ui/virtual-list.tsx';

export const LINE_HEIGHT_PX = 20;
const MOST_LINES = 24;

interface BodyLinesProps {
  label: string;
  total: number;
  /** How many there are does not change: few of them need no list, which costs where there are a hundred boxes. */
  isFixed?: boolean;
  children: (index: number) => ReactNode;
}

/** A box of lines, of which only those on screen exist. */
export function BodyLines({ label, total, isFixed = false, children }: BodyLinesProps) {
  if (isFixed && total <= MOST_LINES)
    return (
      <div className="body-box body-few-lines" tabIndex={0} role="group" aria-label={label}>
        {Array.from({ length: total }, (_, index) => children(index))}
      </div>
    );
  return (
    <div className="body-box" style={{ height: Math.min(total, MOST_LINES) * LINE_HEIGHT_PX + 2 }}>
      <VirtualList
        total={total}
        rowHeight={LINE_HEIGHT_PX}
        tabIndex={0}
        role="group"
        aria-label={label}
        renderRow={children}
      />
    </div>
  );
}

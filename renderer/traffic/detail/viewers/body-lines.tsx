import type { ReactNode } from 'react';
import { VirtualList } from '../../../ui/virtual-list.tsx';

export const LINE_HEIGHT_PX = 20;
const MOST_LINES = 24;

interface BodyLinesProps {
  label: string;
  total: number;
  children: (index: number) => ReactNode;
}

/** A box of lines, of which only those on screen exist. */
export function BodyLines({ label, total, children }: BodyLinesProps) {
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

import './marks.css';
import { clsx } from 'clsx';
import { Pin, StickyNote } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { ExchangeMark } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { isMarkColor, markColor } from './mark-color.ts';

/** Colour, pin and note before the path of a row. */
export function RowMark({ mark: { color, note, pinned } }: { mark: ExchangeMark }) {
  const { marks, engine } = useMessages();
  const words = color === undefined ? '' : isMarkColor(color) ? marks.colors[color] : color;
  // All of a file have the same: it takes what the path leaves.
  const isOfFile = !pinned && color === undefined && note?.startsWith('imported from ');
  return (
    <span className={clsx('row-mark', isOfFile && 'row-mark-file')}>
      {color === undefined ? null : (
        <i
          className="mark-dot"
          role="img"
          aria-label={words}
          title={words}
          style={{ '--mark': markColor(color) } as CSSProperties}
        />
      )}
      {pinned ? <Pin size={11} role="img" aria-label={marks.pinned} /> : null}
      {note === undefined ? null : (
        <span className="mark-note" title={engine(note)}>
          <StickyNote size={11} aria-hidden />
          <span className="truncate">{engine(note)}</span>
        </span>
      )}
    </span>
  );
}

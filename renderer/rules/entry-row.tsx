import { clsx } from 'clsx';
import { type DragEvent, type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { useMessages } from '../app-context.tsx';
import { formatCount } from '../format/quantities.ts';
import type { EntryList } from './document.ts';
import { DoubtMark } from './doubt-mark.tsx';
import type { Doubt } from './doubts.ts';

interface EntryRowProps {
  list: EntryList;
  name: string;
  match: string | undefined;
  hits: number;
  doubt: Doubt | undefined;
  selected: boolean;
  off?: boolean;
  /** Stands under the head of its group. */
  grouped?: boolean;
  grip: ReactNode;
  /** Behind the name. */
  to?: ReactNode;
  /** Behind the hits. */
  children?: ReactNode;
  drag: RowDrag;
  onOpen: () => void;
  onStep: (step: -1 | 1) => void;
}

/** What an element needs to be dragged, and to be dropped on. */
export interface RowDrag {
  draggable: boolean;
  'data-dragging': true | undefined;
  'data-drop': 'before' | 'after' | undefined;
  onDragStart: (event: DragEvent) => void;
  onDragOver: (event: DragEvent) => void;
  onDrop: (event: DragEvent) => void;
  onDragEnd: () => void;
}

/** A route or rule in its list: opened with a click, moved by drag or Alt ↑ ↓. */
export function EntryRow({ list, name, match, hits, onStep, drag, ...rest }: EntryRowProps) {
  const { rules: texts } = useMessages();
  const button = useRef<HTMLButtonElement>(null);
  const moved = useRef(false);

  // The browser takes the focus away from an element that changes its place; no key may come in between.
  useLayoutEffect(() => {
    if (moved.current && document.activeElement === document.body) button.current?.focus();
  });

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!event.altKey || step === 0) return;
    event.preventDefault();
    moved.current = true;
    onStep(step);
  }

  return (
    <div
      className={clsx(
        'rule-row',
        list === 'routes' && 'route-row',
        rest.off && 'rule-off',
        rest.grouped && 'rule-grouped',
      )}
      data-selected={rest.selected || undefined}
      {...drag}
    >
      <span className="rule-grip" title={texts.moveHint}>
        {rest.grip}
      </span>
      <button
        type="button"
        className="rule-open"
        aria-current={rest.selected || undefined}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        title={match}
        onClick={rest.onOpen}
        ref={button}
        onKeyDown={onKeyDown}
        onBlur={(event) => {
          if (event.relatedTarget) moved.current = false;
        }}
      >
        <span className="rule-title">
          <span className="rule-name truncate">{name}</span>
          {rest.to}
          <DoubtMark doubt={rest.doubt} />
        </span>
        <span className="rule-match truncate">{match ?? texts.always}</span>
      </button>
      <span className="rule-hits" title={texts.hits(hits)}>
        {formatCount(hits)}
      </span>
      {rest.children}
    </div>
  );
}

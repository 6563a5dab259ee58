import { clsx } from 'clsx';
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
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
  /** Its index in the document; -1 when it comes from an included file. */
  place: number;
  doubt: Doubt | undefined;
  selected: boolean;
  off?: boolean;
  grip: ReactNode;
  /** Behind the name. */
  to?: ReactNode;
  /** Behind the hits. */
  children?: ReactNode;
  onOpen: () => void;
  onMove: (name: string, to: number) => void;
}

/** A route or rule in its list: opened with a click, moved by drag or Alt ↑ ↓. */
export function EntryRow({ list, name, match, hits, place, onMove, ...rest }: EntryRowProps) {
  const { rules: texts } = useMessages();
  const drag = useDrag(`application/x-switchyard-${list}`, name, place, onMove);

  const button = useRef<HTMLButtonElement>(null);
  const moved = useRef(false);

  // The browser takes the focus away from an element that changes its place.
  useEffect(() => {
    if (moved.current && document.activeElement === document.body) button.current?.focus();
  });

  useEffect(() => {
    if (rest.selected) button.current?.scrollIntoView({ block: 'nearest' });
  }, [rest.selected, place]);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!event.altKey || step === 0) return;
    event.preventDefault();
    moved.current = true;
    onMove(name, place + step);
  }

  return (
    <div
      className={clsx('rule-row', list === 'routes' && 'route-row', rest.off && 'rule-off')}
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
          <span className="rule-name truncate">
            {name}
            {rest.to}
          </span>
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

/** What an element needs to be dragged and to be dropped on, before or behind it. */
function useDrag(type: string, name: string, place: number, onMove: (name: string, to: number) => void) {
  const [drop, setDrop] = useState<'before' | 'after' | null>(null);
  return {
    'data-drop': drop ?? undefined,
    draggable: place >= 0,
    onDragStart: (event: DragEvent) => event.dataTransfer.setData(type, `${name}\n${place}`),
    onDragOver(event: DragEvent) {
      if (!event.dataTransfer.types.includes(type)) return;
      event.preventDefault();
      const box = event.currentTarget.getBoundingClientRect();
      setDrop(event.clientY < box.top + box.height / 2 ? 'before' : 'after');
    },
    onDragLeave: () => setDrop(null),
    onDrop(event: DragEvent) {
      event.preventDefault();
      const [dragged = '', from = ''] = event.dataTransfer.getData(type).split('\n');
      setDrop(null);
      const gap = drop === 'after' ? place + 1 : place;
      onMove(dragged, Number(from) < gap ? gap - 1 : gap);
    },
  };
}

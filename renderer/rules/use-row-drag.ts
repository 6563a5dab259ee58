import { type DragEvent, useState } from 'react';
import type { Entry, EntryList } from './document.ts';
import type { RowDrag } from './entry-row.tsx';
import type { Moves } from './use-moves.ts';

interface Dragged {
  list: EntryList;
  name: string;
  source: string;
  /** Where it would be put down now. */
  over?: { name: string; side: 'before' | 'after' };
}

export interface RowDrags {
  /** Name and list of what is dragged; null: nothing is. */
  dragged: { list: EntryList; name: string } | null;
  of: (list: EntryList, entry: Entry | undefined) => RowDrag;
}

/** Dragging of rows: within one list and one document, with a mark where it would be put down. */
export function useRowDrag({ drop }: Moves): RowDrags {
  const [dragged, setDragged] = useState<Dragged | null>(null);

  function over(event: DragEvent, { name }: Entry): void {
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    const side = event.clientY < box.top + box.height / 2 ? 'before' : 'after';
    if (dragged?.over?.name !== name || dragged.over.side !== side)
      setDragged((now) => now && { ...now, over: { name, side } });
  }

  function of(list: EntryList, entry: Entry | undefined): RowDrag {
    const takes = entry !== undefined && dragged?.list === list && dragged.source === entry.source;
    const isOver = takes && dragged.over?.name === entry.name && dragged.name !== entry.name;
    return {
      draggable: entry !== undefined,
      'data-dragging': (takes && dragged.name === entry.name) || undefined,
      'data-drop': isOver ? dragged.over?.side : undefined,
      onDragStart(event) {
        if (!entry) return;
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', entry.name);
        setDragged({ list, name: entry.name, source: entry.source });
      },
      onDragOver: (event) => takes && over(event, entry),
      onDrop(event) {
        if (!takes) return;
        event.preventDefault();
        const { side } = dragged.over ?? {};
        if (side) drop(list, dragged.name, entry.name, side);
        setDragged(null);
      },
      onDragEnd: () => setDragged(null),
    };
  }

  return { dragged, of };
}

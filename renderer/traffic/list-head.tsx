import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { SortField } from '../../proxy-engine/contract/api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { type ColumnId, columnName, isHeaderColumn, moveColumn, SORT_FIELD, type VisibleColumn } from './columns.ts';
import type { TrafficSort } from './traffic-state.ts';

const TEXTS: ReadonlySet<SortField> = new Set(['host', 'path']);

/** The largest number or the first of the alphabet first, then the other way round, then none. */
function nextSort(field: SortField | null | undefined, sort: TrafficSort | null): TrafficSort | null {
  if (!field) return null;
  const first = TEXTS.has(field) ? 'asc' : 'desc';
  if (sort?.field !== field) return { field, order: first };
  return sort.order === first ? { field, order: first === 'asc' ? 'desc' : 'asc' } : null;
}

function SortMark({ order }: Pick<TrafficSort, 'order'>) {
  const Icon = order === 'desc' ? ArrowDown : ArrowUp;
  return <Icon size={10} aria-hidden />;
}

/** Names of the columns: a click sorts where there is something to sort by, and they can be dragged into another order; by keyboard the dialog of columns does both, and the palette sorts. Screen readers hear the order from `SortStatus`. */
export function ListHead({ columns }: { columns: readonly VisibleColumn[] }) {
  const app = useApp();
  const { traffic } = useMessages();
  const sort = useStore(app.traffic.store, (state) => state.sort);
  const [dragged, setDragged] = useState<ColumnId | null>(null);

  function drop(target: ColumnId, event: DragEvent): void {
    event.preventDefault();
    if (dragged) app.ui.setState((state) => ({ columns: moveColumn(state.columns, dragged, target) }));
    setDragged(null);
  }

  return (
    <div className="traffic-head" aria-hidden>
      {columns.map(({ id, align }) => (
        <span
          key={id}
          className={clsx(`cell-${align}`, SORT_FIELD[id] && 'head-sortable')}
          title={SORT_FIELD[id] ? traffic.sortHint : isHeaderColumn(id) ? id : undefined}
          onClick={() => {
            if (id in SORT_FIELD) app.traffic.setSort(nextSort(SORT_FIELD[id], sort));
          }}
          draggable
          onDragStart={() => setDragged(id)}
          onDragEnd={() => setDragged(null)}
          onDragOver={(event) => dragged && event.preventDefault()}
          onDrop={(event) => drop(id, event)}
        >
          {id === 'bar' ? '' : columnName(id, traffic.column)}
          {sort && sort.field === SORT_FIELD[id] ? <SortMark order={sort.order} /> : null}
        </span>
      ))}
    </div>
  );
}

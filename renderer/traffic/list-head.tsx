import { type DragEvent, useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { type ColumnId, moveColumn, type VisibleColumn } from './columns.ts';

/** Names of the columns, which can be dragged into another order; by keyboard the dialog of columns does it. */
export function ListHead({ columns }: { columns: readonly VisibleColumn[] }) {
  const app = useApp();
  const { traffic } = useMessages();
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
          className={`cell-${align}`}
          draggable
          onDragStart={() => setDragged(id)}
          onDragEnd={() => setDragged(null)}
          onDragOver={(event) => dragged && event.preventDefault()}
          onDrop={(event) => drop(id, event)}
        >
          {id === 'bar' ? '' : traffic.column[id]}
        </span>
      ))}
    </div>
  );
}

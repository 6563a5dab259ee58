import { type CSSProperties, type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { focusListIfNothingHasIt } from '../commands/walk.ts';
import { backendColor } from '../store/backend-color.ts';
import { useWidth } from '../ui/use-width.ts';
import { VirtualList, type VirtualListHandle } from '../ui/virtual-list.tsx';
import { gridTemplate, hiddenColumns, type VisibleColumn, visibleColumns } from './columns.ts';
import { ListHead } from './list-head.tsx';
import { rowAfterKey } from './list-keys.ts';
import { RowMenu } from './row-menu.tsx';
import { SortStatus } from './sort-choice.tsx';
import { TrafficEmpty } from './traffic-empty.tsx';
import { ROW_HEIGHT, rowElementId, TrafficRow } from './traffic-row.tsx';

export function TrafficList() {
  const app = useApp();
  const { traffic, filters } = useMessages();
  const list = useRef<VirtualListHandle>(null);
  const chosenColumns = useUi((state) => state.columns);
  const [grid, width] = useWidth();
  const columns = useMemo(() => visibleColumns(chosenColumns, width), [chosenColumns, width]);
  const isThere = useStore(app.traffic.store, ({ total }) => total > 0);
  const isUnread = useStore(app.traffic.store, ({ filterError }) => filterError !== null);
  const isSought = useStore(app.traffic.store, ({ loading, searched }) => loading || searched !== null);
  const hidden = hiddenColumns(chosenColumns, columns);
  useEffect(() => app.ui.setState({ hiddenColumns: hidden }), [app, hidden]);
  useEffect(() => (isThere ? focusListIfNothingHasIt() : undefined), [isThere]);

  // What was let through before says nothing about what is being written.
  if (!isThere && isUnread) return <p className="traffic-unread">{traffic.filterUnread}</p>;
  if (!isThere) return isSought ? <p className="searching">{filters.searching}</p> : <TrafficEmpty />;
  return (
    <div
      ref={grid}
      className="traffic-grid"
      data-has-head
      style={{ '--columns': gridTemplate(columns) } as CSSProperties}
    >
      <ListHead columns={columns} />
      <SortStatus id={SORT_STATUS} />
      <RowMenu>
        <TrafficRows list={list} columns={columns} />
      </RowMenu>
    </div>
  );
}

const SORT_STATUS = 'traffic-sort';

interface TrafficRowsProps {
  list: RefObject<VirtualListHandle | null>;
  columns: readonly VisibleColumn[];
}

/** By itself: what comes in and is scrolled changes nothing around it. */
function TrafficRows({ list, columns }: TrafficRowsProps) {
  const app = useApp();
  const { traffic } = useMessages();
  // `version` is read so that rows which arrive are rendered.
  const { total, follow, sort, selectedIndex, chosen } = useStore(app.traffic.store, (state) => state);
  const state = useEngine((view) => view.state);
  useEffect(
    () => app.traffic.store.subscribe((now, before) => now.sort !== before.sort && list.current?.scrollToRow(0)),
    [app, list],
  );
  const isHeld = useCallback((index: number) => app.traffic.row(index) !== undefined, [app]);
  const onWindow = useCallback((from: number, to: number) => app.traffic.show(from, to), [app]);

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'a') return;
      app.attempt(app.traffic.chooseAll());
    } else if (event.key === 'Enter') focusDetail();
    else if (event.key === 'Escape') app.traffic.select(null);
    else {
      const next = rowAfterKey(event.key, selectedIndex, total, list.current?.pageRows() ?? 10);
      if (next === null) return;
      event.currentTarget.focus();
      app.traffic.setFollow(next === total - 1 && event.key === 'End' && !event.shiftKey);
      list.current?.scrollToRow(next);
      if (event.shiftKey) app.attempt(app.traffic.extendTo(next));
      else app.traffic.select(next);
    }
    event.preventDefault();
  }

  return (
    <VirtualList
      handle={list}
      className="traffic-rows"
      role="listbox"
      aria-label={traffic.list}
      aria-describedby={SORT_STATUS}
      aria-multiselectable
      data-walked
      activeRow={selectedIndex}
      rowId={rowElementId}
      tabIndex={0}
      total={total}
      rowHeight={ROW_HEIGHT}
      follow={follow}
      reuse={isHeld}
      startTop={app.ui.getState().listTop}
      onLeave={(listTop) => app.ui.setState({ listTop })}
      onWindow={onWindow}
      onScrolled={(atEnd) => (sort ? undefined : app.traffic.setFollow(atEnd))}
      onKeyDown={onKeyDown}
      renderRow={(index, isDue) => {
        const row = isDue ? app.traffic.row(index) : undefined;
        return (
          <TrafficRow
            index={index}
            total={total}
            row={row}
            columns={columns}
            color={backendColor(state, row?.pool, row?.backend)}
            chosen={row !== undefined && chosen.has(row.id)}
            isLead={index === selectedIndex}
          />
        );
      }}
    />
  );
}

function focusDetail(): void {
  document.querySelector<HTMLElement>('.detail [role="tab"][aria-selected="true"]')?.focus();
}

import {
  type HTMLAttributes,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useRowTurns } from './row-turns.ts';
import { firstVisibleRow, rowSlots, rowWindow, scrollHeight, scrollTopFor, slotOrder } from './row-window.ts';
import { copySelectedRows, isRowSelected } from './selected-rows.ts';

/** Rows that are reused are placed from the last multiple of it on, so that they stay where they are while others go and come. */
const STEADY_ROWS = 1000;
/** So long nobody scrolls: then the elements of reused rows are put in the order of the rows, unless text of them is selected. */
const REST_MS = 150;

export interface VirtualListHandle {
  scrollToRow(row: number): void;
  pageRows(): number;
}

interface VirtualListProps extends Omit<HTMLAttributes<HTMLDivElement>, 'onScroll' | 'children'> {
  total: number;
  rowHeight: number;
  /** Keeps the newest row in sight while true. */
  follow?: boolean;
  /**
   * Elements of rows that leave become those of rows that come: cheaper, where nothing of a row outlives it. Whether there is
   * something to show of a row.
   */
  reuse?: (index: number) => boolean;
  overscan?: number;
  handle?: Ref<VirtualListHandle>;
  /** The chosen row and the ids of rows, for `aria-activedescendant`: it names the row only while it exists. */
  activeRow?: number | null;
  rowId?: (index: number) => string;
  /** `isDue`: of reused rows, whether its element shows it by now. */
  renderRow: (index: number, isDue: boolean) => ReactNode;
  onWindow?: (from: number, to: number) => void;
  /** Where it was scrolled to when it was shown last, in pixels; it does not matter while it follows. */
  startTop?: number;
  /** Told where it is scrolled to when it goes. */
  onLeave?: (scrollTop: number) => void;
  /** Called when a person scrolls: whether the last row is in sight. */
  onScrolled?: (atEnd: boolean) => void;
}

/** Rows of one height. Only what is on screen exists, and finding it costs the same for ten rows as for a million. */
export function VirtualList(props: VirtualListProps) {
  const {
    total,
    rowHeight,
    follow = false,
    reuse,
    overscan = 8,
    handle,
    activeRow = null,
    rowId,
    renderRow,
    onWindow,
    onScrolled,
    startTop = 0,
    onLeave,
    ...rest
  } = props;
  const viewport = useRef<HTMLDivElement>(null);
  const moved = useRef(-1);
  const [scrollTop, setScrollTop] = useState(0);
  const [viewportHeight, setViewportHeight] = useState(0);
  const bottom = Math.max(0, scrollHeight(total, rowHeight) - viewportHeight);
  // Before anything is drawn: the rows of the new place are the first that are.
  if (follow && scrollTop !== bottom) setScrollTop(bottom);
  const geometry = { scrollTop, viewportHeight, rowHeight, total };
  const { from, to } = rowWindow({ ...geometry, overscan });

  /** At once: were it drawn first, its scrolling would look like a person's. */
  const stayAtEnd = useEffectEvent((element: HTMLDivElement) => {
    if (!follow) return;
    element.scrollTop = element.scrollHeight;
    moved.current = element.scrollTop;
  });

  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const measure = (): void => {
      setViewportHeight(element.clientHeight);
      stayAtEnd(element);
      // For a head above the list, whose columns must end where the rows do: both stand in what is marked so.
      const both = element.closest<HTMLElement>('[data-has-head]');
      both?.style.setProperty('--scrollbar', `${element.offsetWidth - element.clientWidth}px`);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  /** Scrolls without a person having done so. The rows for the new place are there before it is painted. */
  const moveTo = useCallback((top: number): void => {
    const element = viewport.current;
    if (!element) return;
    element.scrollTop = top;
    moved.current = element.scrollTop;
    setScrollTop(element.scrollTop);
  }, []);

  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element || !follow) return;
    element.scrollTop = bottom;
    moved.current = element.scrollTop;
  }, [follow, bottom]);

  const begin = useEffectEvent(() => (follow || startTop === 0 ? undefined : moveTo(startTop)));
  const leave = useEffectEvent((top: number) => onLeave?.(top));
  useLayoutEffect(() => {
    const element = viewport.current;
    begin();
    return () => leave(element?.scrollTop ?? 0);
  }, []);

  useLayoutEffect(() => onWindow?.(from, to), [onWindow, from, to]);

  useImperativeHandle(handle, () => ({
    scrollToRow(row) {
      moveTo(scrollTopFor(row, { ...geometry, scrollTop: viewport.current?.scrollTop ?? 0 }));
    },
    pageRows: () => Math.max(1, Math.floor(viewportHeight / rowHeight) - 1),
  }));

  // Rows hang from the scroll position, not from the top: right even where the height is scaled down.
  const base = reuse ? from - (from % STEADY_ROWS) : from;
  const offset = scrollTop + (base - firstVisibleRow(geometry)) * rowHeight;
  return (
    <div
      onCopy={reuse ? copySelectedRows : undefined}
      {...rest}
      ref={viewport}
      className={`virtual ${rest.className ?? ''}`}
      aria-activedescendant={
        rowId && activeRow !== null && activeRow >= from && activeRow < to ? rowId(activeRow) : undefined
      }
      onScroll={(event) => {
        const element = event.currentTarget;
        const isOwn = element.scrollTop === moved.current;
        if (isOwn && follow) return;
        setScrollTop(element.scrollTop);
        if (isOwn) return;
        moved.current = -1;
        onScrolled?.(element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight);
      }}
    >
      <div className="virtual-space" style={{ height: scrollHeight(total, rowHeight) }}>
        <div className="virtual-rows" style={{ top: offset }}>
          {reuse ? (
            <ReusedRows
              rows={rowSlots({ ...geometry, overscan })}
              {...{ reuse, base, from, to, follow, rowHeight, renderRow }}
            />
          ) : (
            Array.from({ length: Math.max(0, to - from) }, (_, position) => renderRow(from + position, true))
          )}
        </div>
      </div>
    </div>
  );
}

interface ReusedRowsProps extends Required<Pick<VirtualListProps, 'rowHeight' | 'renderRow' | 'follow' | 'reuse'>> {
  /** By slot. */
  rows: readonly (number | null)[];
  /** The row that lies at the top. */
  base: number;
  from: number;
  to: number;
}

/** Where the row of a slot is seen says its place, so that nothing is moved in the document while one scrolls. */
function ReusedRows({ rows, reuse, base, from, to, follow, rowHeight, renderRow }: ReusedRowsProps) {
  const shown = useRowTurns(rows, reuse, follow);
  return useSlotOrder(rows, from, to, follow).map((slot) => {
    const row = rows[slot];
    if (typeof row !== 'number') return null;
    return (
      <div
        key={slot}
        className="virtual-row"
        style={{ transform: `translateY(${(row - base) * rowHeight}px)`, height: rowHeight }}
      >
        {renderRow(row, shown[slot] === row)}
      </div>
    );
  });
}

/**
 * The order in the document is what selected text and screen readers go by: that of the rows, as soon as it is at rest. Rows that
 * come at the end, as they do while it follows, are in order at once: React moves no others for them. Once a person scrolls, each
 * element keeps its place until the next rest, also when there has been none yet: a frame that moves them all costs twice as much.
 */
function useSlotOrder(rows: readonly (number | null)[], from: number, to: number, follow: boolean): readonly number[] {
  const [kept, keep] = useState<readonly number[]>([]);
  const order = follow ? slotOrder(rows) : slotOrder(rows, kept);
  if (order.length !== kept.length || order.some((slot, place) => slot !== kept[place])) keep(order);
  const settle = useEffectEvent(() => keep(slotOrder(rows)));
  useEffect(() => {
    if (follow) return;
    const timer = setInterval(() => {
      if (isRowSelected()) return;
      clearInterval(timer);
      settle();
    }, REST_MS);
    return () => clearInterval(timer);
  }, [from, to, follow, rows.length]);
  return order;
}

/** Which rows of a fixed-height list are on screen. */
export interface RowWindow {
  /** First row to render. */
  from: number;
  /** One past the last row to render. */
  to: number;
}

/** Chromium draws nothing below about 33.5 million pixels; taller lists are scaled to this height. */
export const MAX_SCROLL_HEIGHT = 30_000_000;

interface RowWindowInput {
  scrollTop: number;
  viewportHeight: number;
  rowHeight: number;
  total: number;
  /** Rows rendered beyond each edge. */
  overscan: number;
}

/** Height of the scrolled space for `total` rows, bounded by what a browser can lay out. */
export function scrollHeight(total: number, rowHeight: number): number {
  return Math.min(total * rowHeight, MAX_SCROLL_HEIGHT);
}

/** The first visible row, with its fraction, at a scroll position. Constant time, whatever `total`. */
export function firstVisibleRow({
  scrollTop,
  viewportHeight,
  rowHeight,
  total,
}: Omit<RowWindowInput, 'overscan'>): number {
  const real = total * rowHeight;
  const laidOut = scrollHeight(total, rowHeight);
  if (real <= laidOut) return scrollTop / rowHeight;
  const scrollable = Math.max(1, laidOut - viewportHeight);
  return ((scrollTop / scrollable) * (real - viewportHeight)) / rowHeight;
}

export function rowWindow(input: RowWindowInput): RowWindow {
  const first = Math.floor(firstVisibleRow(input));
  const visible = mostVisible(input);
  return {
    from: Math.max(0, Math.min(first, input.total) - input.overscan),
    to: Math.max(0, Math.min(input.total, first + visible + input.overscan)),
  };
}

/** How many rows can be in sight, the first and the last one in part. */
function mostVisible({ viewportHeight, rowHeight }: Pick<RowWindowInput, 'viewportHeight' | 'rowHeight'>): number {
  return Math.ceil(viewportHeight / rowHeight) + 1;
}

/** The row of each slot, as many slots as a window can have rows: a row keeps its slot while it is in the window. null: none. */
export function rowSlots(input: RowWindowInput): (number | null)[] {
  const { from, to } = rowWindow(input);
  const count = mostVisible(input) + 2 * input.overscan;
  return Array.from({ length: count }, (_, slot) => {
    const row = from + ((slot - (from % count) + count) % count);
    return row < to ? row : null;
  });
}

/** All slots: those of `before` in their order, then others in the order of their rows, last those that have none. */
export function slotOrder(rows: readonly (number | null)[], before: readonly number[] = []): number[] {
  const known = new Set(before);
  const others = [...rows.keys()].filter((slot) => !known.has(slot));
  const placeOf = (slot: number): number => rows[slot] ?? Number.MAX_SAFE_INTEGER;
  return [...before.filter((slot) => slot < rows.length), ...others.sort((a, b) => placeOf(a) - placeOf(b))];
}

/** Where to scroll so that `row` is wholly visible; the position itself when it already is. */
export function scrollTopFor(row: number, input: Omit<RowWindowInput, 'overscan'>): number {
  const { viewportHeight, rowHeight, total, scrollTop } = input;
  const real = total * rowHeight;
  const first = firstVisibleRow(input) * rowHeight;
  const top = row * rowHeight;
  const wanted =
    top < first ? top : top + rowHeight > first + viewportHeight ? top + rowHeight - viewportHeight : first;
  if (wanted === first) return scrollTop;
  const laidOut = scrollHeight(total, rowHeight);
  return real <= laidOut ? wanted : (wanted / (real - viewportHeight)) * (laidOut - viewportHeight);
}

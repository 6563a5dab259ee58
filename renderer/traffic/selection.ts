/** Rows `[from, to)` of a view. */
export interface RowRange {
  from: number;
  to: number;
}

/** As many as the engine takes at once. */
export const MOST_CHOSEN = 1000;

/** The rows between the one where choosing began and another one, both among them; those next to the first when they are too many. */
export function rangeBetween(anchor: number, index: number): RowRange {
  if (index >= anchor) return { from: anchor, to: Math.min(index + 1, anchor + MOST_CHOSEN) };
  return { from: Math.max(index, anchor - MOST_CHOSEN + 1), to: anchor + 1 };
}

/** With `id` when it was not among them, else without; unchanged when there is no room. */
export function toggled(chosen: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(chosen);
  if (!next.delete(id) && next.size < MOST_CHOSEN) next.add(id);
  return next;
}

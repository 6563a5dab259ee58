/** Lists of ids that are in order. */

/** Index of the first id above `id` in a sorted list. */
export function firstAbove(ids: readonly number[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts an id where it belongs, or takes it out. */
export function place(ids: number[], id: number, isIn: boolean): void {
  if ((ids.at(-1) ?? 0) < id) {
    if (isIn) ids.push(id);
    return;
  }
  const at = firstAbove(ids, id);
  const isThere = ids[at - 1] === id;
  if (isIn && !isThere) ids.splice(at, 0, id);
  else if (!isIn && isThere) ids.splice(at - 1, 1);
}

/** Those that are in it; the oldest cost little, for what is newer than all of them is not looked at. `gone`: in order, too. */
export function takeOut(ids: number[], gone: readonly number[]): void {
  const those = new Set(gone);
  const end = firstAbove(ids, gone.at(-1) ?? 0);
  let kept = 0;
  for (let at = 0; at < end; at++) {
    const id = ids[at] as number;
    if (!those.has(id)) ids[kept++] = id;
  }
  ids.splice(kept, end - kept);
}

import type { BackendStatus } from '../../proxy-engine/contract/state.ts';

export interface HistoryRun {
  kind: BackendStatus['history'][number] | 'none';
  /** How many of them in a row. */
  cells: number;
}

/** The last `length` of a history, what is equal and in a row as one; begins with `none` where it is shorter. */
export function runsOf(history: BackendStatus['history'], length: number): HistoryRun[] {
  const missing = length - history.length;
  const runs: HistoryRun[] = missing > 0 ? [{ kind: 'none', cells: missing }] : [];
  for (const kind of history.slice(-length)) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.cells++;
    else runs.push({ kind, cells: 1 });
  }
  return runs;
}

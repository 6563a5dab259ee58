import type { ExchangeWindow } from '../../proxy-engine/contract/api.ts';
import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import { CommandError, type EngineApi, errorText } from '../api/engine-api.ts';
import { BLOCK_ROWS, RowBlocks } from './row-blocks.ts';
import { filterOf, NONE, type TrafficState, type TrafficStateStore } from './traffic-state.ts';

/** A list that follows asks for what is new no more often than that: a flood would keep the engine answering. */
const FOLLOW_GAP_MS = 100;
/** A search that takes longer tells what it has found so far. */
const PATIENCE_MS = 200;
/** Asked for beyond those on screen: it may have grown. */
const SPARE_ROWS = 8;

export interface ListView {
  row(index: number): ExchangeRow | undefined;
  /** How many rows are held. */
  held(): number;
  /** Grows whenever a view is dropped: what was asked of an earlier one is void. */
  epoch(): number;
  /** Drops the view; the next query opens one with the current filter. */
  reopen(): void;
  /** Asks for what is new and what is missing, one question at a time. */
  refresh(): Promise<void>;
  /** What is held is out of date: what is on screen is asked for anew, the rest when it is looked at. */
  reread(): void;
  /** Rows `[from, to)` are on screen. */
  show(from: number, to: number): void;
  /** Headers that rows shall have. */
  setHeaders(headers: readonly string[]): void;
  ask(query: { from: number; limit: number }): Promise<ExchangeWindow>;
}

/** One view of the engine, of which only the windows on screen are fetched. `onRows`: some have come. */
export function createListView(api: EngineApi, store: TrafficStateStore, onRows: () => void): ListView {
  const viewer = `list ${Math.random().toString(36).slice(2)}`;
  let rows = new RowBlocks();
  let view: number | undefined;
  let seen = { from: 0, to: 0 };
  let busy = false;
  let again = false;
  let epoch = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let pause: ReturnType<typeof setTimeout> | null = null;
  let stale = false;
  let headers: string[] = [];

  function reopen(): void {
    epoch++;
    view = undefined;
    busy = false;
    rows = new RowBlocks();
    const { selectedId } = store.getState();
    const chosen = selectedId === null ? NONE : new Set([selectedId]);
    store.setState({ loading: true, searched: null, ordered: null, selectedIndex: null, chosen });
    void refresh();
  }

  /** With its filter, should the engine not know the view any more; as one viewer, so that a new filter ends the search for the last. */
  function ask(query: { from: number; limit: number }): Promise<ExchangeWindow> {
    const { sort } = store.getState();
    const by = sort && { sort: sort.field, order: sort.order };
    const shown = headers.length > 0 ? { headers } : {};
    const filter = filterOf(store.getState());
    return api.call('exchanges.query', { view, viewer, filter, patienceMs: PATIENCE_MS, ...by, ...shown, ...query });
  }

  async function refresh(): Promise<void> {
    if (busy) {
      again = true;
      return;
    }
    if (pauses()) return;
    busy = true;
    again = false;
    askedAt = performance.now();
    const asked = epoch;
    let isLost = false;
    try {
      const answer = await ask(nextQuery());
      keep(answer, asked);
      const open = rows.unfinished(seen.from, seen.to);
      const isOld = open !== null && !isWithin(answer, open);
      if (isOld && store.getState().sort === null && view !== undefined)
        keep(await ask(rows.around(open, open + 1)), asked);
    } catch (error) {
      isLost = error instanceof CommandError && error.code === 'DISCONNECTED';
      if (asked === epoch && !isLost)
        store.setState({ filterError: errorText(error), loading: false, searched: null, ordered: null, total: 0 });
    }
    if (asked !== epoch) return;
    busy = false;
    // Out of reach is not a mistake in the filter; the next snapshot asks again.
    if (!isLost && (again || missing() || isOnTheWay(store.getState()))) void refresh();
  }

  /** Whether the next question has to wait; it is asked by itself when its time has come. */
  function pauses(): boolean {
    const leftMs = askedAt + FOLLOW_GAP_MS - performance.now();
    if (view === undefined || !store.getState().follow || leftMs <= 0) return false;
    pause ??= setTimeout(() => {
      pause = null;
      void refresh();
    }, leftMs);
    return true;
  }

  function nextQuery() {
    const { follow, sort, searched } = store.getState();
    if (view === undefined) return { from: sort ? 0 : -2 * BLOCK_ROWS, limit: 2 * BLOCK_ROWS };
    // In any other order, and while a search goes on, what is new may come anywhere.
    if (stale || sort || (searched !== null && !follow)) return rows.around(seen.from, seen.to);
    const gap = missing();
    if (gap) return gap;
    if (!follow) return { from: 0, limit: 0 };
    // The last ones, as many as there is room for: new rows and the new total in one answer, however many came.
    const limit = seen.to - seen.from + SPARE_ROWS;
    return { from: -limit, limit };
  }

  function missing() {
    return view === undefined ? null : rows.missing(seen.from, seen.to, store.getState().total);
  }

  function keep(window: ExchangeWindow, asked: number): void {
    if (asked !== epoch) return;
    const { total, version, sort, searched } = store.getState();
    if (stale || sort || searched !== null || (view !== undefined && window.total < total)) rows = new RowBlocks();
    stale = false;
    view = window.view;
    rows.store(window.from, window.rows);
    store.setState({
      total: window.total,
      recorded: window.recorded,
      version: version + 1,
      loading: false,
      searched: window.searched ?? null,
      ordered: window.ordered ?? null,
      ...(sort && { selectedIndex: placeOf(window, store.getState().selectedId) }),
    });
    onRows();
  }

  function reread(): void {
    stale = view !== undefined;
    void refresh();
  }

  return {
    row: (index) => rows.row(index),
    held: () => rows.size,
    epoch: () => epoch,
    reopen,
    refresh,
    reread,
    ask,
    show(from, to) {
      seen = { from, to };
      if (missing()) void refresh();
    },
    setHeaders(wanted) {
      if (wanted.join() === headers.join()) return;
      headers = [...wanted];
      if (wanted.length > 0) reread();
    },
  };
}

/** What was read a moment ago is not asked for again: in a flood something is always unfinished. */
function isWithin(answer: ExchangeWindow, row: number): boolean {
  return row >= answer.from && row < answer.from + answer.rows.length;
}

/** More comes of it without anything being recorded. */
function isOnTheWay({ searched, ordered }: Pick<TrafficState, 'searched' | 'ordered'>): boolean {
  return searched !== null || ordered !== null;
}

/** null: it is not among these. */
function placeOf({ from, rows }: ExchangeWindow, selected: number | null): number | null {
  const at = rows.findIndex(({ id }) => id === selected);
  return at < 0 ? null : from + at;
}

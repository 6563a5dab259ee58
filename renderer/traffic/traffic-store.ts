import { createStore } from 'zustand/vanilla';
import type { ExchangeWindow, SortField } from '../../proxy-engine/contract/api.ts';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { CommandError, type EngineApi, errorText } from '../api/engine-api.ts';
import { BLOCK_ROWS, RowBlocks } from './row-blocks.ts';
import { rangeBetween, toggled } from './selection.ts';
import { keyOf, placeExpression, type TreePlace } from './tree/tree-rows.ts';

export interface TrafficState {
  /** As it stands in the filter bar. */
  filter: string;
  /** Why the engine refused the filter; the list shows the last one that it took. */
  filterError: string | null;
  /** Where in the filter the mistake is, when that is known. */
  mistake?: { from: number; to: number };
  /** The filter of the rows that are shown. */
  applied: string;
  /** The place in the tree of hosts and paths beyond which nothing is listed. */
  scope: Scope | null;
  /** Whether the first answer for the current view is still to come. */
  loading: boolean;
  total: number;
  recorded: number;
  /** Grows whenever rows arrived: the list reads them anew. */
  version: number;
  follow: boolean;
  /** null: in the order in which they began. */
  sort: TrafficSort | null;
  selectedIndex: number | null;
  selectedId: number | null;
  /** Ids of all that are chosen, the selected one among them. */
  chosen: ReadonlySet<number>;
}

export interface Scope extends TreePlace {
  /** Also what lies below it. */
  hasMore: boolean;
}

export interface TrafficSort {
  field: SortField;
  order: 'asc' | 'desc';
}

const NONE: ReadonlySet<number> = new Set();
/** A list that follows asks for what is new no more often than that: a flood would keep the engine answering. */
const FOLLOW_GAP_MS = 100;

const initial: TrafficState = {
  filter: '',
  filterError: null,
  applied: '',
  scope: null,
  loading: true,
  total: 0,
  recorded: 0,
  version: 0,
  follow: true,
  sort: null,
  selectedIndex: null,
  selectedId: null,
  chosen: NONE,
};

/** The traffic list: one view of the engine, of which only the windows on screen are fetched, one query at a time. */
export function createTrafficStore(api: EngineApi) {
  const store = createStore<TrafficState>(() => initial);
  const viewer = `list ${Math.random().toString(36).slice(2)}`;
  let rows = new RowBlocks();
  let view: number | undefined;
  let seen = { from: 0, to: 0 };
  let busy = false;
  let again = false;
  let epoch = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let pause: ReturnType<typeof setTimeout> | null = null;
  /** A row to select as soon as it is here. */
  let wanted: number | null = null;
  /** Where choosing several began. */
  let anchor: number | null = null;
  /** What is held of rows is out of date. */
  let stale = false;

  /** Drops the view; the next query opens one with the current filter. */
  function reopen(): void {
    epoch++;
    view = undefined;
    busy = false;
    rows = new RowBlocks();
    anchor = null;
    const { selectedId } = store.getState();
    const chosen = selectedId === null ? NONE : new Set([selectedId]);
    store.setState({ loading: true, selectedIndex: null, chosen });
    void refresh();
  }

  /** With its filter, should the engine not know the view any more; as one viewer, so that a new filter ends the search for the last. */
  function ask(query: { from: number; limit: number }): Promise<ExchangeWindow> {
    const { sort } = store.getState();
    const by = sort && { sort: sort.field, order: sort.order };
    return api.call('exchanges.query', { view, viewer, filter: filterOf(store.getState()), ...by, ...query });
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
    try {
      keep(await ask(nextQuery()), asked);
      const open = rows.unfinished(seen.from, seen.to);
      if (open && store.getState().sort === null && view !== undefined) keep(await ask(open), asked);
    } catch (error) {
      // Out of reach is not a mistake in the filter; the next snapshot asks again.
      const lost = error instanceof CommandError && error.code === 'DISCONNECTED';
      if (asked === epoch && !lost) store.setState({ filterError: errorText(error), loading: false });
    }
    if (asked !== epoch) return;
    busy = false;
    if (again || missing()) void refresh();
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
    const { total, follow, sort } = store.getState();
    if (view === undefined) return { from: sort ? 0 : -2 * BLOCK_ROWS, limit: 2 * BLOCK_ROWS };
    // In any other order what is new may come anywhere.
    if (stale || sort) return rows.around(seen.from, seen.to);
    const gap = missing();
    if (gap) return gap;
    // The tail of the last, unfinished block: new rows and the new total in one answer.
    const from = Math.floor(total / BLOCK_ROWS) * BLOCK_ROWS;
    return follow ? { from, limit: 2 * BLOCK_ROWS } : { from: 0, limit: 0 };
  }

  function missing() {
    return view === undefined ? null : rows.missing(seen.from, seen.to, store.getState().total);
  }

  function keep(window: ExchangeWindow, asked: number): void {
    if (asked !== epoch) return;
    const { total, version, sort } = store.getState();
    if (stale || sort || (view !== undefined && window.total < total)) rows = new RowBlocks();
    stale = false;
    view = window.view;
    rows.store(window.from, window.rows);
    store.setState({
      total: window.total,
      recorded: window.recorded,
      version: version + 1,
      loading: false,
      ...(sort && { selectedIndex: placeOf(window, store.getState().selectedId) }),
    });
    if (wanted !== null && rows.row(wanted)) select(wanted);
  }

  function select(index: number | null): void {
    const row = index === null ? undefined : rows.row(index);
    wanted = row ? null : index;
    if (wanted !== null) return;
    anchor = index;
    store.setState({ selectedIndex: index, selectedId: row?.id ?? null, chosen: row ? new Set([row.id]) : NONE });
  }

  /** Chooses everything from where choosing began to this row, also what is not held here. */
  async function extendTo(index: number): Promise<void> {
    const asked = epoch;
    const { from, to } = rangeBetween((anchor ??= index), index);
    const ids = heldIds(from, to) ?? (await idsOf(from, to));
    const selectedIndex = Math.max(from, Math.min(index, to - 1));
    const selectedId = ids[selectedIndex - from];
    if (asked === epoch && selectedId !== undefined)
      store.setState({ chosen: new Set(ids), selectedIndex, selectedId, follow: false });
  }

  /** null: not all of them are held. */
  function heldIds(from: number, to: number): number[] | null {
    const held = Array.from({ length: to - from }, (_, position) => rows.row(from + position)?.id);
    return held.every((id) => id !== undefined) ? (held as number[]) : null;
  }

  async function idsOf(from: number, to: number): Promise<number[]> {
    const window = await ask({ from, limit: to - from });
    return window.rows.map(({ id }) => id);
  }

  function toggle(index: number): void {
    const row = rows.row(index);
    if (!row) return;
    const chosen = toggled(store.getState().chosen, row.id);
    anchor = index;
    if (chosen.has(row.id)) store.setState({ chosen, selectedIndex: index, selectedId: row.id, follow: false });
    else store.setState({ chosen, follow: false });
  }

  return {
    store,
    row: (index: number) => rows.row(index),
    rowsHeld: () => rows.size,
    reopen,
    refresh: () => void refresh(),
    setFilter(filter: string): void {
      const parsed = filter.trim() === '' ? null : parseExpression(filter);
      if (parsed && !parsed.ok) {
        const [issue] = parsed.issues;
        store.setState({ filter, filterError: issue?.message ?? '', mistake: issue });
        return;
      }
      const { applied } = store.getState();
      store.setState({ filter, applied: filter, filterError: null, mistake: undefined });
      if (filter.trim() === applied.trim()) return;
      store.setState({ follow: store.getState().sort === null });
      reopen();
    },
    /** null: everywhere. */
    setScope(scope: Scope | null): void {
      const before = store.getState().scope;
      if ((before && keyOf(before)) === (scope && keyOf(scope))) return;
      store.setState({ scope, follow: store.getState().sort === null });
      reopen();
    },
    /** Rows `[from, to)` are on screen. */
    show(from: number, to: number): void {
      seen = { from, to };
      if (missing()) void refresh();
    },
    /** Only what began last can be followed, so that any other order ends. */
    setFollow(follow: boolean): void {
      const before = store.getState();
      if (before.follow === follow) return;
      store.setState({ follow, ...(follow && { sort: null }) });
      if (follow && before.sort) reopen();
      else if (follow) void refresh();
    },
    /** null: in the order in which they began. */
    setSort(sort: TrafficSort | null): void {
      store.setState({ sort, follow: sort === null });
      reopen();
    },
    select,
    /** One of which only the number is known: the list shows it when it comes by. */
    choose(id: number): void {
      store.setState({ selectedId: id, selectedIndex: null, chosen: new Set([id]) });
    },
    extendTo,
    /** The newest, as many as can be. */
    chooseAll(): Promise<void> {
      anchor = store.getState().total - 1;
      return anchor < 0 ? Promise.resolve() : extendTo(0);
    },
    toggle,
    /** Marks have changed: what is on screen is asked for anew, the rest when it is looked at. */
    reread(): void {
      stale = view !== undefined;
      void refresh();
    },
    /** Chosen with the pointer: it must not run away under it. */
    pick(index: number): void {
      store.setState({ follow: false });
      select(index);
    },
    async clear(): Promise<void> {
      await api.call('exchanges.clear', {});
      store.setState({ selectedId: null, chosen: NONE });
      reopen();
    },
  };
}

/** What a person typed, within the place that was chosen. */
/** null: it is not among these. */
function placeOf({ from, rows }: ExchangeWindow, selected: number | null): number | null {
  const at = rows.findIndex(({ id }) => id === selected);
  return at < 0 ? null : from + at;
}

export function filterOf({ applied, scope }: Pick<TrafficState, 'applied' | 'scope'>): string {
  const typed = applied.trim();
  if (!scope) return typed;
  const place = placeExpression(scope, scope.hasMore);
  return typed === '' ? place : `(${typed}) and ${place}`;
}

export type Traffic = ReturnType<typeof createTrafficStore>;

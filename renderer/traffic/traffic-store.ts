import { createStore } from 'zustand/vanilla';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import type { EngineApi } from '../api/engine-api.ts';
import { createChoice } from './choice.ts';
import { createListView, type ListView } from './list-view.ts';
import { INITIAL, NONE, type Scope, type TrafficSort, type TrafficState } from './traffic-state.ts';
import { keyOf } from './tree/tree-rows.ts';

/** The traffic list: what is asked for, what has come of it, and what is chosen. */
export function createTrafficStore(api: EngineApi) {
  const store = createStore<TrafficState>(() => INITIAL);
  const choice = createChoice(store, () => view);
  const view: ListView = createListView(api, store, choice.onRows);

  function reopen(): void {
    choice.forgetPlaces();
    view.reopen();
  }

  return {
    store,
    ...choice,
    row: view.row,
    rowsHeld: view.held,
    reopen,
    refresh: () => void view.refresh(),
    show: view.show,
    reread: view.reread,
    setHeaders: view.setHeaders,
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
    /** Only what began last can be followed, so that any other order ends. */
    setFollow(follow: boolean): void {
      const before = store.getState();
      if (before.follow === follow) return;
      store.setState({ follow, ...(follow && { sort: null }) });
      if (follow && before.sort) reopen();
      else if (follow) void view.refresh();
    },
    /** null: in the order in which they began. */
    setSort(sort: TrafficSort | null): void {
      store.setState({ sort, follow: sort === null });
      reopen();
    },
    async clear(): Promise<void> {
      await api.call('exchanges.clear', {});
      store.setState({ selectedId: null, chosen: NONE });
      reopen();
    },
  };
}

export type Traffic = ReturnType<typeof createTrafficStore>;

import { createStore } from 'zustand/vanilla';
import type { ExchangeTree } from '../../../proxy-engine/contract/exchange-commands.ts';
import { type EngineApi, errorText } from '../../api/engine-api.ts';
import { keyOf, type TreePlace } from './tree-rows.ts';

export interface TreeState {
  tree: ExchangeTree | null;
  error: string | null;
  open: ReadonlyMap<string, TreePlace>;
}

/** Counting goes through everything that was recorded: it gets this part of the time at most. */
const IDLE_PER_WORK = 4;
const LEAST_GAP_MS = 400;
const MOST_OPEN = 500;

/** The tree of hosts and paths, counted by the engine while somebody looks at it. */
export function createTreeStore(api: EngineApi, filterOf: () => string) {
  const store = createStore<TreeState>(() => ({ tree: null, error: null, open: new Map() }));
  let watchers = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;
  let again = false;
  let nextAt = 0;

  async function count(): Promise<void> {
    timer = null;
    running = true;
    again = false;
    const start = performance.now();
    try {
      const open = [...store.getState().open.values()];
      const tree = await api.call('exchanges.tree', { filter: filterOf().trim() || undefined, open });
      store.setState({ tree, error: null });
    } catch (error) {
      store.setState({ error: errorText(error) });
    }
    running = false;
    const now = performance.now();
    nextAt = now + Math.max(LEAST_GAP_MS, (now - start) * IDLE_PER_WORK);
    if (again) changed();
  }

  /** What was recorded has changed: counted again when it is time. */
  function changed(): void {
    if (watchers === 0 || timer !== null) return;
    if (running) again = true;
    else timer = setTimeout(() => void count(), Math.max(0, nextAt - performance.now()));
  }

  /** A person asked for it: at once. */
  function now(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    nextAt = 0;
    changed();
  }

  return {
    store,
    changed,
    now,
    /** Counts until the answer is called. */
    watch(): () => void {
      watchers++;
      now();
      return () => {
        watchers--;
      };
    },
    toggle({ host, path }: TreePlace): void {
      const place = { host, path };
      const open = new Map(store.getState().open);
      if (!open.delete(keyOf(place)) && open.size < MOST_OPEN) open.set(keyOf(place), place);
      store.setState({ open });
      now();
    },
  };
}

export type Tree = ReturnType<typeof createTreeStore>;

import { createStore } from 'zustand/vanilla';
import type { EngineApi } from '../api/engine-api.ts';
import type { EngineStore } from './engine-store.ts';
import { addSample, emptySeries, type Series, withHistory } from './series.ts';

/**
 * Samples the engine's state once a second while there is one: charts move evenly, however often states arrive. What went before,
 * also while the engine could not be reached, is asked of the engine.
 */
export function createSeriesStore(api: EngineApi, engine: EngineStore) {
  const store = createStore<Series>(() => emptySeries);
  setInterval(() => {
    const { state, connection } = engine.getState();
    if (state && connection === 'open')
      store.setState(addSample(store.getState(), state, Math.floor(Date.now() / 1000)), true);
  }, 1000);
  engine.subscribe(({ generation }, before) => {
    if (generation === before.generation) return;
    const ask = api.call('pools.history', {});
    // An engine that is lost meanwhile is asked when it is back.
    void ask.then((history) => store.setState(withHistory(store.getState(), history), true)).catch(() => {});
  });
  return store;
}

export type SeriesStore = ReturnType<typeof createSeriesStore>;

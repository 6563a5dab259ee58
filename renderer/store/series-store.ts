import { createStore } from 'zustand/vanilla';
import type { EngineStore } from './engine-store.ts';
import { addSample, emptySeries, type Series } from './series.ts';

/** Samples the engine's state once a second while there is one: charts move evenly, however often states arrive. */
export function createSeriesStore(engine: EngineStore) {
  const store = createStore<Series>(() => emptySeries);
  setInterval(() => {
    const { state, connection } = engine.getState();
    if (state && connection === 'open')
      store.setState(addSample(store.getState(), state, Math.floor(Date.now() / 1000)), true);
  }, 1000);
  return store;
}

export type SeriesStore = ReturnType<typeof createSeriesStore>;

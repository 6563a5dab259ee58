import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app-context.tsx';
import { runInSlices } from '../ui/slices.ts';
import type { DocumentEntries } from './document.ts';
import { type Doubts, findDoubts } from './doubts.ts';

let latest: DocumentEntries | null = null;
let shown: Doubts = { routes: new Map(), rules: new Map() };
const searches = new WeakMap<DocumentEntries, Promise<Doubts | undefined>>();

/** The doubts about what runs, looked for once, whoever asks, while nothing else is to do; until then those about what ran before. */
export function useDoubts(): Doubts {
  const app = useApp();
  const entries = useStore(app.config.store, (state) => state.entries);
  const [doubts, setDoubts] = useState(shown);
  useEffect(() => {
    let isWanted = true;
    void search(entries).then((found) => {
      if (!found) return;
      shown = found;
      if (isWanted) setDoubts(found);
    });
    return () => {
      isWanted = false;
    };
  }, [entries]);
  return doubts;
}

/** undefined: the entries have changed meanwhile. */
function search(entries: DocumentEntries): Promise<Doubts | undefined> {
  latest = entries;
  const begun = searches.get(entries) ?? runInSlices(findDoubts(entries), () => latest === entries);
  searches.set(entries, begun);
  return begun;
}

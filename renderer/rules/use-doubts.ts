import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app-context.tsx';
import type { DocumentEntries } from './document.ts';
import { type Doubts, findDoubts } from './doubts.ts';

const found = new WeakMap<DocumentEntries, Doubts>();

/** The doubts about what runs; looked for once, whoever asks. */
export function useDoubts(): Doubts {
  const app = useApp();
  const entries = useStore(app.config.store, (state) => state.entries);
  return useMemo(() => {
    const doubts = found.get(entries) ?? findDoubts(entries);
    found.set(entries, doubts);
    return doubts;
  }, [entries]);
}

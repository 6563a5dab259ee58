import { useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { showToast } from '../ui/toast.tsx';
import { type EntryList, entriesOf, moveEntry } from './document.ts';

/** Moves the entries of a list in the document; `said` tells the latest move to screen readers. */
export function useMoves(list: EntryList) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const text = useStore(app.config.store, (state) => state.text);
  const [said, setSaid] = useState('');
  const names = entriesOf(text)[list].map(({ name }) => name);

  function move(name: string, to: number): void {
    const from = names.indexOf(name);
    if (from < 0 || to < 0 || to >= names.length || to === from) return;
    void app.config.apply(moveEntry(text, list, from, to)).then((outcome) => {
      if (outcome.ok) setSaid(texts.moved(name, to + 1, names.length));
      else showToast('error', outcome.message);
    });
  }

  return { placeOf: (name: string) => names.indexOf(name), move, said };
}

import { useRef, useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { showToast } from '../ui/toast.tsx';
import { type EntryList, entryNamed } from './document.ts';
import { dropMove, type Move, stepMove } from './moves.ts';

export interface Moves {
  step: (list: EntryList, name: string, step: -1 | 1) => void;
  drop: (list: EntryList, name: string, target: string, side: 'before' | 'after') => void;
  /** The latest move, for screen readers. */
  said: string;
}

/** Moves entries within their documents, one move after the other: each begins where the one before has led. */
export function useMoves(): Moves {
  const app = useApp();
  const { rules: texts } = useMessages();
  const [said, setSaid] = useState('');
  const queue = useRef<Promise<void>>(Promise.resolve());

  async function make(list: EntryList, name: string, find: () => Move | null): Promise<void> {
    const move = find();
    if (!move) return;
    const outcome = await app.config.edit([{ move: list, name, before: move.before }]);
    if (!outcome.ok) return showToast('error', outcome.message);
    const entry = entryNamed(app.config.store.getState().entries[list], name);
    if (entry) setSaid(texts.moved(name, entry.place + 1, entry.count));
  }

  const enqueue = (list: EntryList, name: string, find: () => Move | null): void => {
    queue.current = queue.current.then(() => make(list, name, find));
  };
  const all = (list: EntryList) => app.config.store.getState().entries[list];
  return {
    step: (list, name, step) => enqueue(list, name, () => stepMove(all(list), name, step)),
    drop: (list, name, target, side) => enqueue(list, name, () => dropMove(all(list), name, target, side)),
    said,
  };
}

import './marks.css';
import { Pin } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages, useUi } from '../../app-context.tsx';
import { PRESETS } from '../filters/presets.ts';

/** How many exchanges are pinned, and the way to them and back; nothing while there are none. */
export function PinnedChip() {
  const app = useApp();
  const { marks } = useMessages();
  const changes = useEngine((view) => `${view.generation} ${view.marks}`);
  const shown = useStore(app.traffic.store, (state) => state.applied === PRESETS.pinned);
  const recording = useUi((state) => state.recording?.recording);
  const [count, setCount] = useState(0);

  useEffect(() => {
    let current = true;
    app.exchanges.count(PRESETS.pinned).then(
      (found) => current && setCount(found),
      () => {}, // the connection is gone, which the frame says
    );
    return () => {
      current = false;
    };
  }, [app, changes, recording]);

  if (count === 0) return null;
  return (
    <button
      type="button"
      className="pinned-chip"
      aria-pressed={shown}
      onClick={() => app.traffic.setFilter(shown ? '' : PRESETS.pinned)}
    >
      <Pin size={11} aria-hidden />
      {marks.pinnedCount(count)}
    </button>
  );
}

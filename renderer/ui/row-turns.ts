import { useEffect, useState } from 'react';

/** What a jump brings into sight is filled over a few frames, so that none of them takes long. */
const ROWS_PER_FRAME = 20;

type Slots = readonly (number | null)[];

/**
 * By slot, the row that its element may show; null: it has to wait. Those that are shown stay; of the others that are there,
 * `limit` come, the ones in the middle first: there they are looked at.
 */
export function nextShown(shown: Slots, wanted: Slots, isThere: (row: number) => boolean, limit: number): Slots {
  const rows = wanted.filter((row) => row !== null);
  const middle = rows.length === 0 ? 0 : (Math.min(...rows) + Math.max(...rows)) / 2;
  const late = wanted.filter((row, slot) => row !== null && shown[slot] !== row && isThere(row)) as number[];
  const next = new Set(late.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle)).slice(0, limit));
  return wanted.map((row, slot) => (row !== null && (shown[slot] === row || next.has(row)) ? row : null));
}

/** `atOnce`: nobody scrolls, and what stands still must not flicker. */
export function useRowTurns(wanted: Slots, isThere: (row: number) => boolean, atOnce: boolean): Slots {
  const [frame, setFrame] = useState(0);
  const [turns, setTurns] = useState({ wanted, frame, shown: wanted });
  if (frame !== turns.frame || wanted.some((row, slot) => row !== turns.wanted[slot]))
    setTurns({
      wanted,
      frame,
      shown: nextShown(turns.shown, wanted, isThere, atOnce ? wanted.length : ROWS_PER_FRAME),
    });
  const { shown } = turns;
  const isBehind = wanted.some((row, slot) => row !== null && shown[slot] !== row && isThere(row));
  useEffect(() => {
    if (!isBehind) return;
    const next = requestAnimationFrame(() => setFrame(frame + 1));
    return () => cancelAnimationFrame(next);
  }, [isBehind, frame]);
  return shown;
}

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { BackendStatus, PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { formatShare } from '../format/quantities.ts';
import { weightShare } from '../store/pool-totals.ts';
import { Input } from '../ui/field.tsx';
import { draggedWeight, HEAVIEST, parseWeight, steppedWeight } from './weights.ts';

/** A backend's weight: a bar to drag, a number to type, both by keys, with the share of traffic that it means. */
export function Weight({ pool, backend }: { pool: PoolState; backend: BackendStatus }) {
  const { backends } = useMessages();
  return (
    <span className="weight" title={backends.weightShare(formatShare(weightShare(pool, backend.name), 1))}>
      <WeightBar pool={pool} backend={backend} />
      <WeightInput pool={pool} backend={backend} />
    </span>
  );
}

interface Drag {
  startX: number;
  startWeight: number;
  /** The heaviest of the pool when it began: how much a pixel is. */
  heaviest: number;
  /** The last one told to the engine: each is told once, however many pixels it lasts. */
  sent: number;
}

function WeightBar({ pool, backend }: { pool: PoolState; backend: BackendStatus }) {
  const app = useApp();
  const { backends } = useMessages();
  const drag = useRef<Drag | null>(null);
  const share = weightShare(pool, backend.name);

  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    const heaviest = Math.max(...pool.backends.map(({ weight }) => weight));
    drag.current = { startX: event.clientX, startWeight: backend.weight, heaviest, sent: backend.weight };
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  function onPointerMove(event: PointerEvent): void {
    if (!drag.current) return;
    const { startX, startWeight, heaviest, sent } = drag.current;
    const weight = draggedWeight(startWeight, event.clientX - startX, heaviest);
    if (weight === sent) return;
    drag.current.sent = weight;
    app.setWeight(pool.name, backend.name, weight);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = steppedWeight(backend.weight, event.key);
    if (next === null) return;
    event.preventDefault();
    app.setWeight(pool.name, backend.name, next);
  }

  return (
    <span
      className="weight-bar"
      role="slider"
      tabIndex={0}
      aria-label={backends.weightOf(backend.name)}
      aria-valuemin={0}
      aria-valuemax={HEAVIEST}
      aria-valuenow={backend.weight}
      aria-valuetext={`${backend.weight}, ${formatShare(share, 1)}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onLostPointerCapture={() => (drag.current = null)}
      onKeyDown={onKeyDown}
    >
      <i style={{ width: `${share * 100}%` }} />
    </span>
  );
}

function WeightInput({ pool, backend }: { pool: PoolState; backend: BackendStatus }) {
  const app = useApp();
  const { backends } = useMessages();
  // Null while nobody types: then it shows what the engine says.
  const [draft, setDraft] = useState<string | null>(null);

  function commit(text: string): void {
    const weight = parseWeight(text);
    if (weight !== null && weight !== backend.weight) app.setWeight(pool.name, backend.name, weight);
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const isStep = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    const stepped = isStep ? steppedWeight(backend.weight, event.key) : null;
    if (event.key === 'Enter') commit(event.currentTarget.value);
    else if (event.key === 'Escape') setDraft(null);
    else if (stepped !== null) app.setWeight(pool.name, backend.name, stepped);
    else return;
    event.preventDefault();
  }

  return (
    <Input
      className="weight-input"
      inputMode="numeric"
      aria-label={backends.weightOf(backend.name)}
      value={draft ?? String(backend.weight)}
      invalid={draft !== null && parseWeight(draft) === null}
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={(event) => commit(event.target.value)}
    />
  );
}

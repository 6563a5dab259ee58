import { type KeyboardEvent, memo, type PointerEvent, useRef, useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { formatShare } from '../format/quantities.ts';
import { Input } from '../ui/field.tsx';
import { draggedWeight, HEAVIEST, parseWeight, steppedWeight } from './weights.ts';

interface WeightProps {
  pool: string;
  backend: string;
  weight: number;
  /** Of the traffic that the weight means, 0–1. */
  share: number;
  /** The heaviest of the pool: how much a pixel is. */
  heaviest: number;
}

/** A backend's weight: a bar to drag, a number to type, both by keys, with the share of traffic that it means. */
export const Weight = memo(function Weight(props: WeightProps) {
  const { backends } = useMessages();
  return (
    <span className="weight" title={backends.weightShare(formatShare(props.share, 1))}>
      <WeightBar {...props} />
      <WeightInput {...props} />
    </span>
  );
});

interface Drag {
  startX: number;
  startWeight: number;
  /** When it began. */
  heaviest: number;
  /** The last one told to the engine: each is told once, however many pixels it lasts. */
  sent: number;
}

function WeightBar({ pool, backend, weight, share, heaviest }: WeightProps) {
  const app = useApp();
  const { backends } = useMessages();
  const drag = useRef<Drag | null>(null);

  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    drag.current = { startX: event.clientX, startWeight: weight, heaviest, sent: weight };
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  function onPointerMove(event: PointerEvent): void {
    if (!drag.current) return;
    const { startX, startWeight, sent } = drag.current;
    const dragged = draggedWeight(startWeight, event.clientX - startX, drag.current.heaviest);
    if (dragged === sent) return;
    drag.current.sent = dragged;
    app.setWeight(pool, backend, dragged);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = steppedWeight(weight, event.key);
    if (next === null) return;
    event.preventDefault();
    app.setWeight(pool, backend, next);
  }

  return (
    <span
      className="weight-bar"
      role="slider"
      tabIndex={0}
      aria-label={backends.weightOf(backend)}
      aria-valuemin={0}
      aria-valuemax={HEAVIEST}
      aria-valuenow={weight}
      aria-valuetext={`${weight}, ${formatShare(share, 1)}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onLostPointerCapture={() => (drag.current = null)}
      onKeyDown={onKeyDown}
    >
      <i style={{ width: `${share * 100}%` }} />
    </span>
  );
}

function WeightInput({ pool, backend, weight }: WeightProps) {
  const app = useApp();
  const { backends } = useMessages();
  // Null while nobody types: then it shows what the engine says.
  const [draft, setDraft] = useState<string | null>(null);

  function commit(text: string): void {
    const typed = parseWeight(text);
    if (typed !== null && typed !== weight) app.setWeight(pool, backend, typed);
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const isStep = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    const stepped = isStep ? steppedWeight(weight, event.key) : null;
    if (event.key === 'Enter') commit(event.currentTarget.value);
    else if (event.key === 'Escape') setDraft(null);
    else if (stepped !== null) app.setWeight(pool, backend, stepped);
    else return;
    event.preventDefault();
  }

  return (
    <Input
      className="weight-input"
      inputMode="numeric"
      aria-label={backends.weightOf(backend)}
      value={draft ?? String(weight)}
      invalid={draft !== null && parseWeight(draft) === null}
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={(event) => commit(event.target.value)}
    />
  );
}

import { type ReactNode, useState } from 'react';
import { createPortal } from 'react-dom';
import { useMessages } from '../app-context.tsx';
import { faultOf, PRESETS, type Preset } from '../backends/fault-draft.ts';
import type { Messages } from '../i18n/messages.ts';
import type { StepChange } from './drill-draft.ts';
import { useDrag } from './use-drag.ts';

/** What can be put on a track; whom it happens to is decided there. */
export type StepSeed =
  | { kind: 'state'; state: 'maint' | 'drain' | 'ready' }
  | { kind: 'fault'; preset: Preset | null }
  | { kind: 'process' };

const SEEDS: readonly StepSeed[] = [
  { kind: 'state', state: 'maint' },
  { kind: 'state', state: 'drain' },
  { kind: 'state', state: 'ready' },
  ...(Object.keys(PRESETS) as Preset[]).map((preset) => ({ kind: 'fault', preset }) as const),
  { kind: 'fault', preset: null },
  { kind: 'process' },
];

/** `port`: that the backend listens on. */
export function changeOf(seed: StepSeed, backend: string, port: number): StepChange {
  switch (seed.kind) {
    case 'state':
      return { kind: 'state', backend, state: seed.state };
    case 'fault':
      return { kind: 'fault', backend, fault: seed.preset === null ? null : faultOf(PRESETS[seed.preset]) };
    case 'process':
      return { kind: 'process', port, signal: 'SIGKILL' };
  }
}

function seedWords(seed: StepSeed, { backend, pools, drills }: Messages): string {
  if (seed.kind === 'process') return drills.signal;
  if (seed.kind === 'state') return backend.state[seed.state];
  return seed.preset === null ? drills.faultEnds : pools.preset[seed.preset];
}

interface StepChipsProps {
  /** The backend whose track is chosen. */
  chosen: string;
  /** It was clicked, or chosen by key: it goes on the chosen track. */
  onPick(seed: StepSeed): void;
  /** It was dropped there, in pixels of the window. */
  onDrop(seed: StepSeed, x: number, y: number): void;
}

/** States and faults to drag onto a track; a click, or Enter, puts one on the chosen track. */
export function StepChips({ chosen, onPick, onDrop }: StepChipsProps) {
  const messages = useMessages();
  const { drills } = messages;
  return (
    <div className="step-chips" role="group" aria-label={drills.chips}>
      <span className="muted">{drills.dragHint}</span>
      {SEEDS.map((seed) => {
        const words = seedWords(seed, messages);
        return (
          <Chip
            key={words}
            tone={toneOf(seed)}
            label={drills.addTo(words, chosen)}
            onPick={() => onPick(seed)}
            onDrop={(x, y) => onDrop(seed, x, y)}
          >
            {words}
          </Chip>
        );
      })}
    </div>
  );
}

function toneOf(seed: StepSeed): string {
  if (seed.kind === 'process') return 'process';
  if (seed.kind === 'state') return seed.state;
  return seed.preset === null ? 'ready' : 'fault';
}

interface ChipProps {
  tone: string;
  label: string;
  children: ReactNode;
  onPick(): void;
  onDrop(x: number, y: number): void;
}

function Chip({ tone, label, children, onPick, onDrop }: ChipProps) {
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const drag = useDrag({
    onMove: (_, event) => setAt({ x: event.clientX, y: event.clientY }),
    onEnd(dragged, event) {
      setAt(null);
      if (dragged) onDrop(event.clientX, event.clientY);
      else onPick();
    },
  });
  return (
    <>
      <button
        type="button"
        className={`step-chip tone-${tone}`}
        title={label}
        aria-label={label}
        // A pointer's click is the end of a drag that did not move; this one is of the keyboard.
        onClick={(event) => (event.detail === 0 ? onPick() : undefined)}
        {...drag}
      >
        {children}
      </button>
      {at === null
        ? null
        : createPortal(
            <span className={`step-chip step-ghost tone-${tone}`} style={{ left: at.x, top: at.y }} aria-hidden>
              {children}
            </span>,
            document.body,
          )}
    </>
  );
}

import { clsx } from 'clsx';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useEngine, useMessages } from '../app-context.tsx';
import { BackendName } from './backend-name.tsx';
import { colorOf } from './backend-names.ts';
import {
  type DraftStep,
  type DrillDraft,
  moved,
  SNAP_MS,
  type Span,
  snapped,
  spansOf,
  withoutSteps,
} from './drill-draft.ts';
import { showSeconds, stepWords, targetOf } from './step-words.ts';
import { useDrag } from './use-drag.ts';

export interface LaneProps {
  draft: DrillDraft;
  onChange(draft: DrillDraft): void;
  selected: number | null;
  onSelect(id: number | null): void;
  /** Of the axis, milliseconds. */
  length: number;
}

interface TrackProps extends LaneProps {
  name: string;
  /** New steps go to it. */
  chosen: boolean;
  onChoose(): void;
}

export function Track({ name, chosen, onChoose, ...lane }: TrackProps) {
  const { drills } = useMessages();
  const state = useEngine((view) => view.state);
  const spans = spansOf(lane.draft.steps, name, lane.length);
  return (
    <div className={clsx('timeline-row', chosen && 'track-chosen')}>
      <button
        type="button"
        className="track-name"
        aria-pressed={chosen}
        aria-label={drills.chooseTrack(name)}
        title={name}
        onClick={onChoose}
      >
        <i className="swatch" style={{ '--series': colorOf(state, name) } as CSSProperties} />
        <BackendName name={name} />
      </button>
      <Lane track={name}>
        {spans.map((span) => (
          <SpanBar key={span.begin.id} span={span} {...lane} />
        ))}
        <Marks {...lane} steps={lane.draft.steps.filter((step) => step.kind !== 'process' && step.backend === name)} />
      </Lane>
    </div>
  );
}

/** Signals to processes, whoever listens there; shown when there are some. */
export function ProcessTrack(lane: LaneProps) {
  const { drills } = useMessages();
  const steps = lane.draft.steps.filter((step) => step.kind === 'process');
  if (steps.length === 0) return null;
  return (
    <div className="timeline-row">
      <span className="track-name">{drills.processes}</span>
      <Lane track="">
        <Marks {...lane} steps={steps} labelled />
      </Lane>
    </div>
  );
}

/** `track`: the backend that what is dropped here happens to; empty: the chosen one. */
function Lane({ track, children }: { track: string; children: ReactNode }) {
  return (
    <div className="drill-lane drill-lane-track" data-track={track}>
      {children}
    </div>
  );
}

/** Drags steps by pixels of the lane that the element is in. */
function useStepDrag({ draft, onChange, onSelect, length }: LaneProps, step: DraftStep, ids: readonly number[]) {
  const start = useRef({ draft, atMs: step.atMs, width: 1 });
  const element = useRef<HTMLDivElement>(null);
  const handlers = useDrag({
    onStart() {
      start.current = { draft, atMs: step.atMs, width: element.current?.parentElement?.clientWidth ?? 1 };
      onSelect(step.id);
    },
    onMove(dx) {
      const { draft: before, atMs, width } = start.current;
      onChange(moved(before, ids, snapped(atMs + (dx / width) * length, length) - atMs));
    },
  });
  return { element, handlers };
}

function SpanBar({ span, ...lane }: LaneProps & { span: Span }) {
  const messages = useMessages();
  const { begin, end, toMs } = span;
  const { element, handlers } = useStepDrag(lane, begin, end ? [begin.id, end.id] : [begin.id]);
  const tone = begin.kind === 'state' ? begin.state : 'fault';
  const place = { '--at': begin.atMs / lane.length, '--to': toMs / lane.length } as CSSProperties;
  return (
    <div ref={element} className={`span tone-${tone}`} style={place} aria-hidden {...handlers}>
      <span className="truncate">{stepWords(begin, messages)}</span>
    </div>
  );
}

function Marks({ steps, labelled, ...lane }: LaneProps & { steps: readonly DraftStep[]; labelled?: boolean }) {
  return steps.map((step) => <Mark key={step.id} step={step} labelled={labelled} {...lane} />);
}

const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -SNAP_MS,
  ArrowDown: -SNAP_MS,
  ArrowRight: SNAP_MS,
  ArrowUp: SNAP_MS,
  PageDown: -1000,
  PageUp: 1000,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** One step: dragged, moved by arrows (with Shift by seconds), taken away by Delete. */
function Mark({ step, labelled, ...lane }: LaneProps & { step: DraftStep; labelled?: boolean }) {
  const messages = useMessages();
  const { draft, onChange, selected, onSelect, length } = lane;
  const { element, handlers } = useStepDrag(lane, step, [step.id]);
  const words = `${targetOf(step)}: ${stepWords(step, messages)}`;

  function onKeyDown(event: KeyboardEvent): void {
    const by = KEYS[event.key];
    if (by !== undefined) onChange(moved(draft, [step.id], event.shiftKey ? by * 10 : by));
    else if (event.key === 'Delete' || event.key === 'Backspace') onChange(withoutSteps(draft, [step.id]));
    else return;
    event.preventDefault();
  }

  return (
    <div
      ref={element}
      className={clsx('step-mark', step.id === selected && 'step-mark-selected')}
      style={{ '--at': step.atMs / length } as CSSProperties}
      role="slider"
      tabIndex={0}
      data-step={step.id}
      title={`${words}, ${showSeconds(step.atMs)}`}
      aria-label={words}
      aria-valuemin={0}
      aria-valuemax={length}
      aria-valuenow={step.atMs}
      aria-valuetext={showSeconds(step.atMs)}
      onFocus={() => onSelect(step.id)}
      onKeyDown={onKeyDown}
      {...handlers}
    >
      {labelled ? <span className="step-mark-label">{`${targetOf(step)} ${stepWords(step, messages)}`}</span> : null}
    </div>
  );
}

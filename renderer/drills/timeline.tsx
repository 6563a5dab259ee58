import { clsx } from 'clsx';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useEngine, useMessages } from '../app-context.tsx';
import { FieldError } from '../ui/field.tsx';
import { useWidth } from '../ui/use-width.ts';
import { type DrillDraft, lengthOf, snapped, withStep } from './drill-draft.ts';
import type { DraftProps } from './drill-head.tsx';
import { ReportRows } from './report-rows.tsx';
import { changeOf, StepChips, type StepSeed } from './step-chips.tsx';
import { StepEditor } from './step-editor.tsx';
import { showSeconds } from './step-words.ts';
import { ProcessTrack, Track } from './track.tsx';
import { issueAt } from './use-issues.ts';

interface TimelineProps extends DraftProps {
  report: DrillReport | null;
  compared: DrillReport | null;
}

/** A track a backend with what happens to it, and below, on the same axis, what came of it. */
export function Timeline({ draft, onChange, issues, report, compared }: TimelineProps) {
  const { drills } = useMessages();
  const state = useEngine((view) => view.state);
  const tracks = tracksOf(state, draft);
  const [chosenTrack, setChosen] = useState<string | null>(null);
  const [selected, setSelected] = useState<number | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const fresh = useRef<number | null>(null);
  const chosen = tracks.includes(chosenTrack ?? '') ? (chosenTrack ?? '') : (tracks[0] ?? '');
  // A report of a longer drill fits on the axis, too.
  const length = Math.max(lengthOf(draft), report?.durationMs ?? 0);
  const step = draft.steps.find(({ id }) => id === selected);

  // What was added by key is where the keys are now.
  useEffect(() => {
    if (fresh.current === null) return;
    body.current?.querySelector<HTMLElement>(`[data-step="${fresh.current}"]`)?.focus();
    fresh.current = null;
  }, [draft]);

  function add(seed: StepSeed, backend: string, atMs: number): void {
    const added = withStep(draft, changeOf(seed, backend, portOf(state, backend)), atMs);
    fresh.current = added.id;
    setSelected(added.id);
    setChosen(backend);
    onChange(added.draft);
  }

  function drop(seed: StepSeed, x: number, y: number): void {
    const lane = document.elementsFromPoint(x, y).find((element) => element.hasAttribute('data-track'));
    if (!lane) return;
    const { left, width } = lane.getBoundingClientRect();
    add(seed, lane.getAttribute('data-track') || chosen, ((x - left) / width) * length);
  }

  const lane = { draft, onChange, selected, onSelect: setSelected, length };
  return (
    <section className="card timeline" aria-label={drills.timeline}>
      <h2 className="visually-hidden">{drills.timeline}</h2>
      <StepChips chosen={chosen} onPick={(seed) => add(seed, chosen, nextFree(draft, chosen))} onDrop={drop} />
      <div className="timeline-body" ref={body}>
        <Ruler length={length} />
        {tracks.map((name) => (
          <Track key={name} {...lane} name={name} chosen={name === chosen} onChoose={() => setChosen(name)} />
        ))}
        <ProcessTrack {...lane} />
        {report ? <ReportRows report={report} compared={compared} length={length} /> : null}
      </div>
      <Problem message={issueAt(issues, 'timeline') ?? timelineIssue(issues)} />
      {step ? (
        <StepEditor key={step.id} step={step} draft={draft} onChange={onChange} />
      ) : (
        <p className="muted timeline-hint">{drills.keysHint}</p>
      )}
    </section>
  );
}

function timelineIssue(issues: DraftProps['issues']): string | undefined {
  return issues.find(({ path }) => path.startsWith('timeline['))?.message;
}

function Problem({ message }: { message: string | undefined }) {
  return message === undefined ? null : (
    <div className="timeline-hint" role="alert">
      <FieldError>{message}</FieldError>
    </div>
  );
}

/** All backends there are, and those that the drill names although they are not there. */
function tracksOf(state: EngineState | null, { steps }: DrillDraft): string[] {
  const there = (state?.pools ?? []).flatMap((pool) => pool.backends.map(({ name }) => `${pool.name}/${name}`));
  const named = steps.flatMap((step) => (step.kind === 'process' ? [] : [step.backend]));
  return [...new Set([...there, ...named])];
}

function portOf(state: EngineState | null, name: string): number {
  const backend = state?.pools.flatMap((pool) => pool.backends.filter((one) => `${pool.name}/${one.name}` === name))[0];
  return Number(backend && new URL(backend.url).port) || 80;
}

/** A second after the last step of the track; the first of an empty one at a fifth of the drill. */
function nextFree(draft: DrillDraft, backend: string): number {
  const length = lengthOf(draft);
  const own = draft.steps.filter((step) => step.kind !== 'process' && step.backend === backend);
  const last = own.at(-1)?.atMs;
  return snapped(last === undefined ? length / 5 : last + 1000, length);
}

const STEPS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/** Of a letter, one and a half times: the last mark ends where the others have their middle. */
const LETTER_PX = 9;
const GAP_PX = 6;

function Ruler({ length }: { length: number }) {
  const [measure, widthPx] = useWidth();
  const markPx = LETTER_PX * showSeconds(length).length + GAP_PX;
  const most = Math.min(12, Math.max(1, widthPx / markPx));
  const every = STEPS_MS.find((step) => length / step <= most) ?? 1_200_000;
  const marks = Array.from({ length: Math.floor(length / every) + 1 }, (_, index) => index * every);
  return (
    <div className="timeline-row ruler" aria-hidden>
      <span />
      <div ref={measure} className="drill-lane">
        {marks.map((at) => (
          <span
            key={at}
            className={clsx('ruler-mark', at === length && 'ruler-end')}
            style={{ '--at': at / length } as CSSProperties}
          >
            {showSeconds(at)}
          </span>
        ))}
      </div>
    </div>
  );
}

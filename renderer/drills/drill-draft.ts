/** The drill that is being made: what the form and the timeline edit, and the document that it stands for. Pure. */
import type { BackendState } from '../../proxy-engine/contract/config.ts';
import type { DrillDocument } from '../../proxy-engine/contract/drill.ts';
import type { DrillSignal } from '../../proxy-engine/contract/drill-signals.ts';
import type { FaultInput } from '../../proxy-engine/contract/pool-commands.ts';

export type StepChange =
  | { kind: 'state'; backend: string; state: BackendState }
  | { kind: 'fault'; backend: string; fault: FaultInput | null }
  | { kind: 'process'; port: number; signal: DrillSignal };

export type DraftStep = StepChange & {
  /** Stays the same while it is moved. */
  id: number;
  atMs: number;
};

export interface DrillDraft {
  name: string;
  url: string;
  /** As typed: `200/s`. */
  rate: string;
  connections: string;
  duration: string;
  steps: readonly DraftStep[];
  expect: readonly string[];
  /** What the window has no field for, kept as it was. */
  rest: { load?: object; document?: object };
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `2.5s` → 2500; null: it is no duration. */
export function readDuration(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)(ms|s|m|h)\s*$/.exec(text);
  return match ? Math.round(Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0)) : null;
}

/** 2500 → `2.5s`, 250 → `250ms` */
export function printDuration(ms: number): string {
  return ms === 0 ? '0s' : ms < 1000 ? `${Math.round(ms)}ms` : `${Math.round(ms) / 1000}s`;
}

/** Of the whole drill, for the axis; one that cannot be read counts as ten seconds. */
export function lengthOf({ duration }: Pick<DrillDraft, 'duration'>): number {
  return Math.max(100, readDuration(duration) ?? 10_000);
}

export function documentOf(draft: DrillDraft): DrillDocument {
  const { name, url, rate, connections, duration, steps, expect, rest } = draft;
  const count = Number(connections);
  return {
    version: 1,
    name,
    ...rest.document,
    load: { url, rate, connections: Number.isNaN(count) ? (connections as unknown as number) : count, ...rest.load },
    timeline: steps.map(stepDocument),
    duration,
    expect: [...expect],
  };
}

function stepDocument(step: DraftStep): NonNullable<DrillDocument['timeline']>[number] {
  const at = printDuration(step.atMs);
  switch (step.kind) {
    case 'state':
      return { at, backend: step.backend, state: step.state };
    case 'fault':
      return { at, backend: step.backend, fault: step.fault };
    case 'process':
      return { at, process: { port: step.port, signal: step.signal } };
  }
}

export function draftOfDocument(document: DrillDocument): DrillDraft {
  const { version: _version, name = '', load, timeline = [], duration, expect = [], ...rest } = document;
  const { url = '/', rate, connections = 16, ...restOfLoad } = load;
  return {
    name,
    url,
    rate,
    connections: String(connections),
    duration,
    steps: timeline.map((step, id) => ({ id, atMs: readDuration(step.at) ?? 0, ...changeOf(step) })),
    expect,
    rest: { load: restOfLoad, document: rest },
  };
}

function changeOf(step: NonNullable<DrillDocument['timeline']>[number]): StepChange {
  if ('process' in step) return { kind: 'process', ...step.process };
  if ('state' in step) return { kind: 'state', backend: step.backend, state: step.state };
  return { kind: 'fault', backend: step.backend, fault: step.fault };
}

// ── editing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Times snap to this much. */
export const SNAP_MS = 100;

export function snapped(ms: number, lengthMs: number): number {
  return Math.min(lengthMs, Math.max(0, Math.round(ms / SNAP_MS) * SNAP_MS));
}

/** With another step, and with its end a fifth of the drill later when nothing on that backend ends it yet. */
export function withStep(draft: DrillDraft, change: StepChange, atMs: number): { draft: DrillDraft; id: number } {
  const length = lengthOf(draft);
  const id = nextId(draft.steps);
  const begin: DraftStep = { ...change, id, atMs: snapped(atMs, length) };
  const end = endOf(change);
  const isEnded = draft.steps.some((step) => sameTrack(step, change) && step.atMs > begin.atMs);
  const ends: DraftStep[] =
    end === null || isEnded ? [] : [{ ...end, id: id + 1, atMs: snapped(begin.atMs + length / 5, length) }];
  return { draft: { ...draft, steps: inOrder([...draft.steps, begin, ...ends]) }, id };
}

function nextId(steps: readonly DraftStep[]): number {
  return Math.max(-1, ...steps.map(({ id }) => id)) + 1;
}

/** What ends it; null: nothing has to. */
function endOf(change: StepChange): StepChange | null {
  if (change.kind === 'state' && change.state !== 'ready') return { ...change, state: 'ready' };
  return change.kind === 'fault' && change.fault !== null ? { ...change, fault: null } : null;
}

function sameTrack(a: StepChange, b: StepChange): boolean {
  if (a.kind !== b.kind || a.kind === 'process' || b.kind === 'process') return false;
  return a.backend === b.backend;
}

function inOrder(steps: readonly DraftStep[]): DraftStep[] {
  return steps.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
}

/** Steps moved by so much, all or none: none leaves the drill. */
export function moved(draft: DrillDraft, ids: readonly number[], byMs: number): DrillDraft {
  const length = lengthOf(draft);
  const own = draft.steps.filter(({ id }) => ids.includes(id)).map(({ atMs }) => atMs);
  const by = Math.max(-Math.min(...own), Math.min(length - Math.max(...own), byMs));
  return {
    ...draft,
    steps: inOrder(draft.steps.map((step) => (ids.includes(step.id) ? { ...step, atMs: step.atMs + by } : step))),
  };
}

export function withoutSteps(draft: DrillDraft, ids: readonly number[]): DrillDraft {
  return { ...draft, steps: draft.steps.filter(({ id }) => !ids.includes(id)) };
}

export function replaced(draft: DrillDraft, step: DraftStep): DrillDraft {
  return { ...draft, steps: inOrder(draft.steps.map((one) => (one.id === step.id ? step : one))) };
}

// ── what a track shows ───────────────────────────────────────────────────────────────────────────────────────────────

/** From a step that takes a backend away, or makes it fail, to the one that ends it. */
export interface Span {
  begin: DraftStep;
  /** null: it lasts to the end of the drill. */
  end: DraftStep | null;
  toMs: number;
}

export function spansOf(steps: readonly DraftStep[], backend: string, lengthMs: number): Span[] {
  return steps.flatMap((step, index) => {
    if (step.kind === 'process' || step.backend !== backend || endOf(step) === null) return [];
    const end = steps.slice(index + 1).find((other) => sameTrack(other, step)) ?? null;
    return [{ begin: step, end, toMs: end?.atMs ?? lengthMs }];
  });
}

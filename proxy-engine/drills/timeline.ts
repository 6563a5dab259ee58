/** What a drill does to backends and processes, and when. Pure. */
import { bringsBack, type Drill, type DrillStep, type DrillStepReport } from '../contract/drill.ts';
import { describeFault } from '../faults/fault.ts';
import type { Return } from './verdict.ts';

/** In the order in which they are due; steps of the same time in the order of the document. */
export function inOrder(timeline: readonly DrillStep[]): DrillStep[] {
  return timeline.toSorted((a, b) => a.at - b.at);
}

/** Backends whose state or fault it changes, each once: `api/a`. */
export function touchedBackends(timeline: readonly DrillStep[]): string[] {
  return [...new Set(timeline.flatMap((step) => ('backend' in step ? [step.backend] : [])))];
}

/** `api/a` → `api`, `a`. */
export function splitBackend(name: string): { pool: string; backend: string } {
  const cut = name.indexOf('/');
  return { pool: name.slice(0, cut), backend: name.slice(cut + 1) };
}

export function describeStep(step: DrillStep): DrillStepReport {
  if ('process' in step)
    return { atMs: step.at, target: `:${step.process.port}`, kind: 'process', what: step.process.signal };
  if ('state' in step) return { atMs: step.at, target: step.backend, kind: 'state', what: step.state };
  const what = step.fault === null ? 'no fault' : describeFault(step.fault);
  return { atMs: step.at, target: step.backend, kind: 'fault', what };
}

/** Whether no other step signals the same port within `withinMs` before step `index`; `steps` are in order. */
export function quietBefore(steps: readonly DrillStep[], index: number, withinMs: number): boolean {
  const step = steps[index];
  if (!step || !('process' in step)) return true;
  const { port } = step.process;
  return !steps
    .slice(0, index)
    .some((other) => 'process' in other && other.process.port === port && other.at >= step.at - withinMs);
}

/**
 * When backends were brought back, by the times at which steps were really done; each return lasts until the next step
 * on the same backend that does not bring it back, or to the end.
 */
export function returnsOf(steps: readonly DrillStep[], doneMs: readonly (number | undefined)[]): Return[] {
  return steps.flatMap((step, index) => {
    const fromMs = doneMs[index];
    if (fromMs === undefined || !('backend' in step) || !bringsBack(step)) return [];
    const next = steps.findIndex(
      (other, at) => at > index && 'backend' in other && other.backend === step.backend && !bringsBack(other),
    );
    return [{ backend: step.backend, fromMs, toMs: (next < 0 ? undefined : doneMs[next]) ?? Number.POSITIVE_INFINITY }];
  });
}

/** A backend that a drill names and the engine does not have; empty: none. Paths are of the document. */
export function unknownBackends(
  drill: Pick<Drill, 'timeline' | 'expect'>,
  known: readonly string[],
): { path: (string | number)[]; message: string }[] {
  const message = (name: string) =>
    `no backend is called ${name}; ${known.length === 0 ? 'there is none' : `there are ${known.slice(0, 8).join(', ')}`}`;
  const steps = drill.timeline.flatMap((step, index) =>
    'backend' in step && !known.includes(step.backend)
      ? [{ path: ['timeline', index, 'backend'], message: message(step.backend) }]
      : [],
  );
  const expected = drill.expect.flatMap(({ measure }, index) =>
    'backend' in measure && !known.includes(measure.backend)
      ? [{ path: ['expect', index], message: message(measure.backend) }]
      : [],
  );
  return [...steps, ...expected];
}

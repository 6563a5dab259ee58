/** How much of what comes is recorded: bodies are left out first, then exchanges, so that neither memory nor traffic suffers. */
import type { CaptureState } from '../../contract/state.ts';
import type { DiskState } from '../disk-store.ts';

/** Bytes on their way to the thread, beside one whole body, from which on bodies, then whole exchanges, are left out. */
const BODIES_UP_TO = 32 * 1024 ** 2;
const EXCHANGES_UP_TO = 64 * 1024 ** 2;

/** `underway`: bytes on their way to the thread; `bodies`: `capture.bodies`. */
export function leavesBodiesOut(underway: number, bodies: number): boolean {
  return underway > BODIES_UP_TO + bodies;
}

export function leavesExchangesOut(underway: number, bodies: number): boolean {
  return underway > EXCHANGES_UP_TO + bodies;
}

interface Recorder {
  recording: boolean;
  failure: string | null;
  underway: number;
  bodies: number;
}

/** `failure`: why the thread does not answer any more; null: it does. */
export function captureLevel(
  { recording, failure, underway, bodies }: Recorder,
  disk: Pick<DiskState, 'level' | 'problem'>,
): Pick<CaptureState, 'level' | 'reason'> {
  if (!recording) return { level: 'off', reason: 'recording is paused' };
  if (failure !== null) return { level: 'off', reason: failure };
  if (leavesExchangesOut(underway, bodies))
    return { level: 'sampled', reason: 'the disk cannot keep up: exchanges are left out' };
  if (disk.problem !== null) return { level: disk.level, reason: disk.problem };
  if (leavesBodiesOut(underway, bodies))
    return { level: 'heads', reason: 'the disk cannot keep up: bodies are left out' };
  return { level: 'full' };
}

/** The state of the recording of several threads: what the others left out is counted, and the one that is farthest behind tells. */
export function withRecorders(
  state: CaptureState,
  others: readonly { underway: number; skipped: number; withoutBodies: number }[],
  bodies: number,
): CaptureState {
  const sum = (read: (one: (typeof others)[number]) => number) => others.reduce((total, one) => total + read(one), 0);
  const underway = Math.max(0, ...others.map((one) => one.underway));
  const full = { level: 'full', problem: null } as const;
  const level = captureLevel({ recording: true, failure: null, underway, bodies }, full);
  return {
    ...state,
    ...(state.level === 'full' && level),
    notRecorded: state.notRecorded + sum(({ skipped }) => skipped),
    withoutBodies: state.withoutBodies + sum(({ withoutBodies }) => withoutBodies),
  };
}

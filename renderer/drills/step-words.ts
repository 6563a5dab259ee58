/** Steps of a drill in the words of the window's language. */
import type { FaultInput } from '../../proxy-engine/contract/pool-commands.ts';
import type { Fault } from '../../proxy-engine/contract/state.ts';
import { faultWords } from '../backends/fault-words.ts';
import type { Messages } from '../i18n/messages.ts';
import { type DraftStep, readDuration, type StepChange } from './drill-draft.ts';

const BYTES_PER_SECOND: Readonly<Record<string, number>> = { bps: 1 / 8, kbps: 125, Mbps: 125_000, Gbps: 125_000_000 };

/** As the engine tells of it: without units. */
export function faultOfInput({ latency, jitter, bandwidth, ...rest }: FaultInput): Fault {
  const rate = /^([\d.]+)(\w+)$/.exec(bandwidth ?? '');
  return {
    ...rest,
    ...(latency !== undefined && { latencyMs: readDuration(latency) ?? 0 }),
    ...(jitter !== undefined && { jitterMs: readDuration(jitter) ?? 0 }),
    ...(rate && { bandwidthBytesPerSecond: Number(rate[1]) * (BYTES_PER_SECOND[rate[2] ?? ''] ?? 0) }),
  };
}

/** `maint`, `+500 ± 200 ms`, `fault ends`, `SIGKILL` */
export function stepWords(change: StepChange, { pools, backend, drills }: Messages): string {
  switch (change.kind) {
    case 'state':
      return backend.state[change.state];
    case 'fault':
      return change.fault === null ? drills.faultEnds : faultWords(faultOfInput(change.fault), pools);
    case 'process':
      return change.signal;
  }
}

/** Whom it happens to: `api/a`, `:3003`. */
export function targetOf(step: DraftStep | StepChange): string {
  return step.kind === 'process' ? `:${step.port}` : step.backend;
}

/** `2.5 s` */
export function showSeconds(ms: number): string {
  return `${Math.round(ms / 10) / 100} s`;
}

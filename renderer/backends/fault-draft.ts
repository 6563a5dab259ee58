import type { FaultInput } from '../../proxy-engine/contract/pool-commands.ts';
import type { Fault } from '../../proxy-engine/contract/state.ts';

export const NUMBERS = ['latency', 'jitter', 'errorPercent', 'status', 'bandwidth', 'percent'] as const;
export type NumberField = (typeof NUMBERS)[number];
export const RESETS = ['none', 'connect', 'head', 'body'] as const;

/** A fault as it is typed: milliseconds, percents and kbit/s as text; empty: not a part of it. */
export interface FaultDraft extends Record<NumberField, string> {
  reset: (typeof RESETS)[number];
  blackhole: boolean;
  truncate: boolean;
}

export const NO_FAULT: FaultDraft = {
  latency: '',
  jitter: '',
  errorPercent: '',
  status: '',
  bandwidth: '',
  percent: '',
  reset: 'none',
  blackhole: false,
  truncate: false,
};

export const PRESETS = {
  slow: { ...NO_FAULT, latency: '500', jitter: '200' },
  errors: { ...NO_FAULT, errorPercent: '50', status: '503' },
  reset: { ...NO_FAULT, reset: 'head', percent: '50' },
  hang: { ...NO_FAULT, blackhole: true },
  cut: { ...NO_FAULT, truncate: true },
} as const satisfies Record<string, FaultDraft>;
export type Preset = keyof typeof PRESETS;

export function draftOf(fault: Fault | undefined): FaultDraft {
  if (!fault) return NO_FAULT;
  const text = (value: number | undefined): string => (value === undefined ? '' : String(value));
  const { bandwidthBytesPerSecond: bytes } = fault;
  return {
    latency: text(fault.latencyMs),
    jitter: text(fault.jitterMs),
    errorPercent: text(fault.errorPercent),
    status: text(fault.status),
    bandwidth: bytes === undefined ? '' : String((bytes * 8) / 1000),
    percent: text(fault.percent),
    reset: fault.reset ?? 'none',
    blackhole: fault.blackhole ?? false,
    truncate: fault.truncate ?? false,
  };
}

const HIGHEST: Record<NumberField, number> = {
  latency: 600_000,
  jitter: 600_000,
  errorPercent: 100,
  status: 599,
  bandwidth: 100_000_000,
  percent: 100,
};

/** The fields that hold no number of their range. */
export function badFields(draft: FaultDraft): NumberField[] {
  return NUMBERS.filter((field) => {
    const text = draft[field].trim();
    if (text === '') return false;
    const least = field === 'status' ? 200 : field === 'bandwidth' ? 1 : 0;
    return !/^\d+(\.\d+)?$/.test(text) || Number(text) > HIGHEST[field] || Number(text) < least;
  });
}

/** What the engine is told; null: nothing goes wrong. Every field holds a number or nothing. */
export function faultOf(draft: FaultDraft): FaultInput | null {
  const has = (field: NumberField): boolean => draft[field].trim() !== '';
  const number = (field: NumberField): number => Number(draft[field]);
  const fault: FaultInput = {
    ...(has('latency') && { latency: `${number('latency')}ms` }),
    ...(has('jitter') && { jitter: `${number('jitter')}ms` }),
    ...(has('errorPercent') && { errorPercent: number('errorPercent') }),
    ...(has('status') && { status: Math.round(number('status')) }),
    ...(has('bandwidth') && { bandwidth: `${number('bandwidth')}kbps` }),
    ...(draft.reset !== 'none' && { reset: draft.reset }),
    ...(draft.blackhole && { blackhole: true }),
    ...(draft.truncate && { truncate: true }),
  };
  if (Object.keys(fault).length === 0) return null;
  return { ...fault, ...(has('percent') && { percent: number('percent') }) };
}

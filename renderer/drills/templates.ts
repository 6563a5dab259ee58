/** Drills to begin with, made for a pool as it is. Pure. */
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import type { DraftStep, DrillDraft, StepChange } from './drill-draft.ts';

export const TEMPLATES = ['oneDies', 'rolling', 'slow', 'flapping', 'wholePool'] as const;
export type TemplateName = (typeof TEMPLATES)[number];

interface Plan {
  seconds: number;
  steps: readonly (readonly [atMs: number, change: StepChange])[];
  expect: readonly string[];
}

/** Backends beyond this many are left out of drills that touch every one. */
const MAX_ROLLING = 8;

const PLANS: Record<TemplateName, (backends: readonly string[]) => Plan> = {
  /** As when its process is gone: connections are refused until it is back. */
  oneDies: ([one = '']) => ({
    seconds: 12,
    steps: [
      [2000, { kind: 'fault', backend: one, fault: { reset: 'connect' } }],
      [6000, { kind: 'fault', backend: one, fault: null }],
    ],
    expect: ['failed = 0', 'p99 < 500ms', `share(${one}, 3s..6s) < 10%`, `recovered(${one}) < 5s`],
  }),
  rolling: (all) => {
    const backends = all.slice(0, MAX_ROLLING);
    return {
      seconds: 2 + 3 * backends.length,
      steps: backends.flatMap((backend, index) => {
        const from = 1000 + index * 3000;
        return [
          [from, state(backend, 'drain')],
          [from + 500, state(backend, 'maint')],
          [from + 2500, state(backend, 'ready')],
        ] as const;
      }),
      expect: ['failed = 0', 'retries = 0', 'p99 < 500ms', ...backends.map((backend) => `recovered(${backend}) < 1s`)],
    };
  },
  slow: ([one = '']) => ({
    seconds: 10,
    steps: [
      [2000, { kind: 'fault', backend: one, fault: { latency: '500ms', jitter: '200ms' } }],
      [7000, { kind: 'fault', backend: one, fault: null }],
    ],
    expect: ['failed = 0', 'p50 < 200ms', 'p99 < 1s', 'p99(8s..) < 500ms'],
  }),
  flapping: ([one = '']) => ({
    seconds: 10,
    steps: [1, 3, 5, 7].flatMap((second) => [
      [second * 1000, state(one, 'maint')] as const,
      [second * 1000 + 1000, state(one, 'ready')] as const,
    ]),
    expect: ['failed = 0', 'retries = 0', 'p99 < 500ms', `recovered(${one}) < 1s`],
  }),
  /** Nobody is left: the answer is a quick 503, and all is well as soon as they are back. */
  wholePool: (all) => ({
    seconds: 10,
    steps: [
      ...all.map((backend) => [3000, state(backend, 'maint')] as const),
      ...all.map((backend) => [6000, state(backend, 'ready')] as const),
    ],
    expect: [
      'failed(..3s) = 0',
      'count(error = NO_BACKEND, 3500ms..6s) > 0',
      'max(3500ms..5900ms) < 500ms',
      'failed(6500ms..) = 0',
    ],
  }),
};

function state(backend: string, to: 'ready' | 'drain' | 'maint'): StepChange {
  return { kind: 'state', backend, state: to };
}

export function draftFrom(
  template: TemplateName,
  name: string,
  pool: Pick<PoolState, 'name' | 'backends'>,
): DrillDraft {
  const plan = PLANS[template](pool.backends.map((backend) => `${pool.name}/${backend.name}`));
  const steps = plan.steps.map(([atMs, change], id): DraftStep => ({ ...change, id, atMs }));
  return {
    name,
    url: '/',
    rate: '100/s',
    connections: '16',
    duration: `${plan.seconds}s`,
    steps: steps.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id),
    expect: plan.expect,
    rest: {},
  };
}

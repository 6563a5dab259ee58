import { describe, expect, it } from 'vitest';
import { type DrillStep, drillSchema } from '../../proxy-engine/contract/drill.ts';
import {
  describeStep,
  inOrder,
  quietBefore,
  returnsOf,
  touchedBackends,
  unknownBackends,
} from '../../proxy-engine/drills/timeline.ts';

function drillOf(timeline: unknown[], expected: string[] = []) {
  return drillSchema.parse({ load: { rate: '10/s' }, duration: '10s', timeline, expect: expected });
}

const TIMELINE = [
  { at: '4s', backend: 'api/a', state: 'ready' },
  { at: '1s', backend: 'api/b', fault: { latency: '200ms', percent: 50 } },
  { at: '1s', backend: 'api/a', state: 'drain' },
  { at: '3s', process: { port: 3003, signal: 'SIGKILL' } },
  { at: '5s', backend: 'api/b', fault: null },
];

describe('the timeline', () => {
  it('is in the order of time, and of the document at the same time', () => {
    const told = inOrder(drillOf(TIMELINE).timeline).map(describeStep);
    expect(told).toEqual([
      { atMs: 1000, target: 'api/b', kind: 'fault', what: '+200 ms (50 % of requests)' },
      { atMs: 1000, target: 'api/a', kind: 'state', what: 'drain' },
      { atMs: 3000, target: ':3003', kind: 'process', what: 'SIGKILL' },
      { atMs: 4000, target: 'api/a', kind: 'state', what: 'ready' },
      { atMs: 5000, target: 'api/b', kind: 'fault', what: 'no fault' },
    ]);
  });

  it('names every backend that it touches once', () => {
    expect(touchedBackends(drillOf(TIMELINE).timeline).toSorted()).toEqual(['api/a', 'api/b']);
  });

  const step = (at: string, state: string, backend = 'api/a') =>
    drillOf([{ at, backend, state }]).timeline[0] as DrillStep;
  it.each([
    {
      what: 'to the end',
      steps: [step('1s', 'maint'), step('2s', 'ready')],
      done: [1001, 2001],
      returns: [[2001, Infinity]],
    },
    {
      what: 'until it is taken out again',
      steps: [step('1s', 'ready'), step('2s', 'maint', 'api/b'), step('3s', 'drain'), step('4s', 'ready')],
      done: [1000, 2000, 3000, 4000],
      returns: [
        [1000, 3000],
        [4000, Infinity],
      ],
    },
    {
      what: 'not before it is done',
      steps: [step('1s', 'maint'), step('2s', 'ready')],
      done: [1001, undefined],
      returns: [],
    },
  ])('a backend is back $what', ({ steps, done, returns }) => {
    expect(returnsOf(steps, done).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(returns);
  });

  it('nobody is looked up while an earlier step may put another process in its place', () => {
    const kill = (at: string, port: number) => ({ at, process: { port, signal: 'SIGKILL' } });
    const steps = inOrder(drillOf([kill('1s', 1), kill('1500ms', 2), kill('2s', 1), kill('3001ms', 1)]).timeline);
    expect(steps.map((_, index) => quietBefore(steps, index, 1000))).toEqual([true, true, false, true]);
  });

  it('tells backends that the engine does not have, in steps and in expectations', () => {
    const drill = drillOf(
      [TIMELINE[1], { at: '2s', backend: 'api/x', state: 'maint' }],
      ['failed = 0', 'share(web/a) = 0'],
    );
    expect(unknownBackends(drill, ['api/a', 'api/b'])).toEqual([
      { path: ['timeline', 1, 'backend'], message: 'no backend is called api/x; there are api/a, api/b' },
      { path: ['expect', 1], message: 'no backend is called web/a; there are api/a, api/b' },
    ]);
  });
});

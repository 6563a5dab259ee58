/** The timeline on a fake clock: what happens when, and that the end sets everything back. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPool, type Pool } from '../../proxy-engine/balancer/pool.ts';
import { drillSchema } from '../../proxy-engine/contract/drill.ts';
import { Conductor } from '../../proxy-engine/drills/conductor.ts';
import type { FoundProcess } from '../../proxy-engine/drills/process-signals.ts';
import { poolConfig } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A process that is there no more. */
const GONE = 1;

function setUp(timeline: unknown[], find: (port: number) => Promise<FoundProcess> = async (port) => processAt(port)) {
  const clock = new FakeClock();
  const backends = ['a', 'b'].map((name, index) => ({ name, url: `http://127.0.0.1:${3001 + index}` }));
  const pools = new Map<string, Pool>([
    ['api', createPool('api', poolConfig({ backends }), { clock, onChange: () => {} })],
  ]);
  const asked: number[] = [];
  const sent: string[] = [];
  const broken: string[] = [];
  const conductor = new Conductor({
    timeline: drillSchema.parse({ load: { rate: '1/s' }, duration: '10s', timeline }).timeline,
    poolOf: (name) => pools.get(name),
    clock,
    signals: {
      find(port) {
        asked.push(clock.now());
        return find(port);
      },
      send(pid, signal) {
        sent.push(`${signal} ${pid} at ${clock.now()}`);
        return pid !== GONE;
      },
    },
    onStep: () => {},
    onBroken: (error) => broken.push((error as Error).message),
  });
  const states = () =>
    pools
      .get('api')
      ?.backends.map(({ state, fault }) => (fault ? `${state}!` : state))
      .join(' ');
  /** In small steps, so that what one step leads to happens before the next is due. */
  async function advance(ms: number): Promise<void> {
    for (let done = 0; done < ms; done += 100) {
      clock.advance(Math.min(100, ms - done));
      await turn();
    }
  }
  return { clock, conductor, pools, asked, sent, broken, states, advance };
}

function processAt(port: number): FoundProcess {
  return { pid: port + 1000, told: `node, pid ${port + 1000}` };
}

const kill = (at: string, port: number, signal = 'SIGKILL') => ({ at, process: { port, signal } });
const set = (at: string, backend: string, state: string) => ({ at, backend, state });

test('steps are done when they are due, in their order, whatever the order of the document', async () => {
  const { conductor, states, advance } = setUp([
    set('3s', 'api/a', 'ready'),
    set('1s', 'api/a', 'maint'),
    { at: '1s', backend: 'api/b', fault: { latency: '1ms' } },
  ]);
  conductor.start(0);
  await advance(900);
  expect(states()).toBe('ready ready');
  await advance(200);
  expect(states()).toBe('maint ready!');
  await advance(2000);
  expect(states()).toBe('ready ready!');
  expect(conductor.steps.map(({ doneMs }) => doneMs)).toEqual([1000, 1000, 3000]);
  expect(conductor.returns()).toEqual([{ backend: 'api/a', fromMs: 3000, toMs: Number.POSITIVE_INFINITY }]);
});

test('the end sets back what was changed, once, and nothing happens after it', async () => {
  const { clock, conductor, pools, states, advance } = setUp([
    set('0s', 'api/a', 'maint'),
    { at: '0s', backend: 'api/b', fault: { status: 500 } },
    set('5s', 'api/b', 'maint'),
  ]);
  const [a, b] = pools.get('api')?.backends ?? [];
  if (!a || !b) throw new Error('no backends');
  pools.get('api')?.setState(a, 'drain', 'by you, 14:02');
  conductor.start(0);
  await advance(100);
  expect(states()).toBe('maint ready!');
  expect(conductor.end()).toEqual(['api/a: drain', 'api/b: no fault']);
  expect([a.state, a.stateBy, b.fault]).toEqual(['drain', 'by you, 14:02', null]);
  expect(clock.timers).toBe(0);
  await advance(9000);
  expect(states()).toBe('drain ready');
  expect(conductor.end()).toEqual([]);
});

test('what is as it was before is left alone', async () => {
  const { conductor, advance } = setUp([set('0s', 'api/a', 'maint'), set('1s', 'api/a', 'ready')]);
  conductor.start(0);
  await advance(1200);
  expect(conductor.end()).toEqual([]);
});

test('who gets a signal is looked up a second before; later where another step may put another in its place', async () => {
  const { conductor, asked, sent, advance } = setUp([kill('500ms', 1), kill('3s', 2, 'SIGTERM'), kill('3500ms', 2)]);
  await conductor.prepare();
  expect(asked).toEqual([0]);
  conductor.start(0);
  await advance(4000);
  expect(asked).toEqual([0, 2000, 3500]);
  expect(sent).toEqual(['SIGKILL 1001 at 500', 'SIGTERM 1002 at 3000', 'SIGKILL 1002 at 3500']);
});

test('a step that cannot be done breaks the drill; those after it are not tried', async () => {
  const { conductor, broken, states, advance } = setUp([kill('1s', 7), set('2s', 'api/a', 'maint')], async () => {
    throw new Error('no process listens on port 7');
  });
  await conductor.prepare();
  conductor.start(0);
  await advance(3000);
  expect(broken).toEqual(['no process listens on port 7']);
  expect(states()).toBe('ready ready');
});

test('a receiver that is gone since it was looked up is looked up again', async () => {
  let pid = 0;
  const { conductor, sent, advance } = setUp([kill('2s', 7)], async () => ({ pid: ++pid, told: `pid ${pid}` }));
  conductor.start(0);
  await advance(2500);
  expect(sent).toEqual(['SIGKILL 1 at 2000', 'SIGKILL 2 at 2000']);
  expect(conductor.steps[0]?.note).toBe('pid 2');
});

test('a signal whose receiver is found after the end is not sent', async () => {
  const found = Promise.withResolvers<FoundProcess>();
  const { conductor, sent, advance } = setUp([kill('2s', 7)], () => found.promise);
  conductor.start(0);
  await advance(2500);
  conductor.end();
  found.resolve(processAt(7));
  await advance(100);
  expect(sent).toEqual([]);
  expect(conductor.steps[0]?.doneMs).toBeUndefined();
});

test('a process that stands still at the end goes on', async () => {
  const { conductor, sent, advance } = setUp([
    kill('0s', 7, 'SIGSTOP'),
    kill('0s', 8, 'SIGSTOP'),
    kill('1s', 8, 'SIGCONT'),
  ]);
  await conductor.prepare();
  conductor.start(0);
  await advance(1500);
  expect(conductor.end()).toEqual(['node, pid 1007: SIGCONT']);
  expect(sent.at(-1)).toBe('SIGCONT 1007 at 1500');
});

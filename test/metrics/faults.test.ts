/** What a fault on purpose does is told apart in `/metrics` from what backends do. */
import { expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../proxy-engine/contract/state.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { closedPort, healthyBackend } from '../support/faulty-backends.ts';
import { ask } from '../support/kinds.ts';
import { until } from '../support/until.ts';

interface Row {
  fault: Fault;
  pool?: object;
  /** What the client gets. */
  answer: string;
  /** Of `switchyard_backend_failures_total`. */
  attempts: string[];
  /** Of `switchyard_errors_total`. */
  exchanges: string[];
}

const once = { retry: { attempts: 1 } };

it.each<Row>([
  {
    fault: { reset: 'connect' },
    pool: once,
    answer: '502 CONNECT_REFUSED',
    attempts: ['FAULT_CONNECT_REFUSED 1'],
    exchanges: ['FAULT_CONNECT_REFUSED 1'],
  },
  { fault: { reset: 'head' }, answer: '502 RESET', attempts: ['FAULT_RESET 3'], exchanges: ['FAULT_RESET 1'] },
  { fault: { reset: 'body' }, answer: 'cut', attempts: ['FAULT_TRUNCATED 1'], exchanges: ['FAULT_TRUNCATED 1'] },
  { fault: { truncate: true }, answer: 'cut', attempts: ['FAULT_TRUNCATED 1'], exchanges: ['FAULT_TRUNCATED 1'] },
  { fault: { status: 500 }, answer: '500 undefined', attempts: [], exchanges: [] },
  {
    fault: { status: 503 },
    pool: { retry: { on: [503], attempts: 2 } },
    answer: '503 undefined',
    attempts: ['FAULT_RETRY_STATUS 2'],
    exchanges: [],
  },
  {
    fault: { blackhole: true },
    answer: '504 HEAD_TIMEOUT',
    attempts: ['FAULT_HEAD_TIMEOUT 1'],
    exchanges: ['FAULT_HEAD_TIMEOUT 1'],
  },
  {
    fault: { latencyMs: 90_000 },
    pool: { timeouts: { total: '10s' } },
    answer: '504 TOTAL_TIMEOUT',
    attempts: ['FAULT_TOTAL_TIMEOUT 1'],
    exchanges: ['FAULT_TOTAL_TIMEOUT 1'],
  },
  { fault: { latencyMs: 200 }, answer: '200 b', attempts: [], exchanges: [] },
])('$fault, $pool: $answer', async ({ fault, pool = {}, answer, attempts, exchanges }) => {
  const engine = await engineFor(healthyBackend(), pool);
  engine.setFault(fault);
  expect(await engine.answer()).toBe(answer);
  const status = /^\d/.exec(answer)?.[0] ?? '2';
  expect(await engine.reasons('backend_failures')).toEqual(attempts);
  expect(await engine.reasons('errors')).toEqual(exchanges);
  expect(await engine.engine.metrics()).toContain(
    `switchyard_exchanges_with_fault_total{listener="gateway",route="all",pool="p",status="${status}xx"} 1\n`,
  );
});

it('a backend that fails on its own is told so, whatever fault it has', async () => {
  const engine = await engineFor(closedPort(), once);
  engine.setFault({ latencyMs: 200 });
  expect(await engine.answer()).toBe('502 CONNECT_REFUSED');
  expect(await engine.reasons('backend_failures')).toEqual(['CONNECT_REFUSED 1']);
  expect(await engine.reasons('errors')).toEqual(['CONNECT_REFUSED 1']);
});

it('without a fault nothing is counted as one', async () => {
  const engine = await engineFor(healthyBackend(), {});
  expect(await engine.answer()).toBe('200 b');
  expect(await engine.engine.metrics()).not.toMatch(/with_fault|FAULT/);
});

interface Scene extends TestEngine {
  setFault(fault: Fault): void;
  /** To one GET, with as much time as that takes. */
  answer(): Promise<string>;
  /** Each reason of that family with its count. */
  reasons(family: string): Promise<string[]>;
}

async function engineFor(starting: ReturnType<typeof healthyBackend>, pool: object): Promise<Scene> {
  const { url, close } = await starting;
  const clock = new FakeClock();
  const engine = await startEngine([], { pool: { ejection: false, ...pool, backends: [{ name: 'b', url }] }, clock });
  onTestFinished(async () => {
    await engine.close();
    close();
  });
  return {
    ...engine,
    setFault(fault) {
      const pool = engine.engine.pool('p');
      const backend = pool?.backends[0];
      if (backend) pool.setFault(backend, fault);
    },
    async answer() {
      let answer = '';
      void ask(engine.port, 'get').then((text) => (answer = text));
      await until(() => {
        clock.advance(100);
        return answer !== '';
      });
      return answer;
    },
    async reasons(family) {
      const text = await engine.engine.metrics();
      return [...text.matchAll(new RegExp(`^switchyard_${family}_total.*reason="(\\w+)"} (\\d+)$`, 'gm'))].map(
        ([, reason, count]) => `${reason} ${count}`,
      );
    },
  };
}

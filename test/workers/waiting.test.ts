/**
 * Those that wait for room in any thread of `--workers 3` while the config is changed under them: they finish on the config they
 * started with, as in one thread.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { type Reply, send } from '../support/backend.ts';
import { startHolding } from '../support/holding-backend.ts';
import { callSwitchyard, runSwitchyard } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

type Holding = Awaited<ReturnType<typeof startHolding>>;

const BOUND = 2;

/** Pool p, with room for two at a time and no end of waiting, is there when it has a backend. */
const textOf = (inPool: Holding | null, elsewhere: Holding) =>
  JSON.stringify({
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: inPool ? 'p' : 'other' }],
    pools: {
      other: { backends: [elsewhere.entry] },
      ...(inPool && {
        p: {
          backends: [inPool.entry],
          connections: { maxInFlight: BOUND, queue: 100 },
          timeouts: { connect: '0s', head: '0s' },
          ejection: false,
        },
      }),
    },
  });

async function setUp({ workers = 3, env = {} } = {}) {
  const [a, b, c] = await Promise.all([startHolding('a'), startHolding('b'), startHolding('c')]);
  const switchyard = await runSwitchyard(textOf(a, c), { workers, env });
  onTestFinished(async () => void (await switchyard.close()));
  const { gateway: address = '' } = switchyard.listeners;
  const queued = async () => {
    const { pools } = await callSwitchyard<EngineState>(switchyard, 'state.get');
    return pools.find(({ name }) => name === 'p')?.queued ?? 0;
  };
  return {
    a,
    b,
    c,
    switchyard,
    queued,
    reload: (inPool: Holding | null) => callSwitchyard(switchyard, 'config.apply', { text: textOf(inPool, c) }),
    /** Each on a connection of its own, so that the system shares them out over the threads. */
    sendMany: (count: number): Promise<Reply[]> => Promise.all(Array.from({ length: count }, () => send(address))),
    metrics: async () => (await fetch(new URL('/metrics', switchyard.ui))).text(),
  };
}

const answers = (replies: readonly Reply[]) => replies.map(({ status, text }) => `${status} ${text}`);

test.each([
  ['its pool is removed', [null], 'c'],
  ['its backend is replaced', ['b'], 'b'],
  ['its backend is replaced twice', ['b', 'c'], 'c'],
  ['its pool is removed, and added again with another backend', [null, 'b'], 'b'],
  ['its backend is replaced, and the pool removed', ['b', null], 'c'],
] as const)('who waits goes where it was to go when %s', async (_name, reloads, then) => {
  const { a, queued, reload, sendMany, metrics, ...others } = await setUp();
  const before = sendMany(24);
  await until(async () => a.held.length === BOUND && (await queued()) === 24 - BOUND, 'a full queue');
  for (const name of reloads) await reload(name && others[name]);

  // Those that come now wait for none of them.
  const after = sendMany(3);
  for (let answered = 0; answered < 3; answered++) await others[then].answerOne();
  expect(answers(await after)).toEqual(Array(3).fill(`200 ${then}`));

  for (let answered = 0; answered < 24; answered++) {
    await a.answerOne();
    expect(a.held.length).toBeLessThan(BOUND + 1);
  }
  expect(answers(await before)).toEqual(Array(24).fill('200 a'));
  await until(() => a.sockets.size === 0, 'an end of all connections to the backend that has left');
  await until(async () => (await metrics()).includes('switchyard_exchanges_in_flight 0\n'), 'nothing in flight');
  expect(await queued()).toBe(0);
});

test('a backend that is put back is a new one; who waits for the one before goes there, and counts there', async () => {
  const { a, b, queued, reload, sendMany } = await setUp();
  const before = sendMany(12);
  await until(async () => a.held.length === BOUND && (await queued()) === 12 - BOUND, 'a full queue');
  for (const backend of [b, a]) await reload(backend);
  const after = sendMany(12);
  for (let answered = 0; answered < 24; answered++) {
    await a.answerOne();
    expect(a.held.length).toBeLessThan(2 * BOUND + 1);
  }
  expect(answers([...(await before), ...(await after)])).toEqual(Array(24).fill('200 a'));
});

test('a worker that ends takes all with it at once: nobody waits for it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-dying-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const diesWhen = join(directory, 'now');
  // As a URL, which has no spaces.
  const { href: preload } = new URL('../support/dying-worker.mjs', import.meta.url);
  const env = { DIES_WHEN: diesWhen, NODE_OPTIONS: `--import=${preload}` };
  const { a, queued, switchyard, sendMany } = await setUp({ workers: 2, env });
  const ends = sendMany(12).then(
    () => 'answered',
    (error: Error) => error.message,
  );
  await until(async () => a.held.length === BOUND && (await queued()) === 12 - BOUND, 'a full queue');
  writeFileSync(diesWhen, '');
  expect(await switchyard.exited).toBe(1);
  expect(await ends).toMatch(/ECONNRESET|hang up/);
});

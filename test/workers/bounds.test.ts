/** What all threads of `--workers 3` count together, seen at the backend: bounds, failures in a row, what is in flight. */
import { expect, onTestFinished, test } from 'vitest';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import type { BackendStatus, EngineState } from '../../proxy-engine/contract/state.ts';
import { type Reply, send, startBackend } from '../support/backend.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import { startHolding } from '../support/holding-backend.ts';
import { callSwitchyard, runSwitchyard } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

type Pool = NonNullable<ConfigDocument['pools']>[string];

/** Who waits for room does so until it is there, however slow the machine is. */
const textOf = (pool: Pool) =>
  JSON.stringify({
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { timeouts: { connect: '60s' }, ...pool } },
  });

async function run(pool: Pool) {
  const switchyard = await runSwitchyard(textOf(pool), { workers: 3 });
  onTestFinished(async () => void (await switchyard.close()));
  const { gateway: address = '' } = switchyard.listeners;
  const poolState = async () => (await callSwitchyard<EngineState>(switchyard, 'state.get')).pools[0];
  return {
    poolState,
    backend: async (name: string) => (await poolState())?.backends.find((one) => one.name === name) as BackendStatus,
    /** Of backend a. */
    metric: async (name: string) => {
      const text = await (await fetch(new URL('/metrics', switchyard.ui))).text();
      return Number(new RegExp(`^${name}{pool="p",backend="a"} (\\d+)$`, 'm').exec(text)?.[1]);
    },
    setState: (backend: string, state: string) =>
      callSwitchyard(switchyard, 'backend.setState', { pool: 'p', backend, state }),
    reload: (changed: Pool) => callSwitchyard(switchyard, 'config.apply', { text: textOf(changed) }),
    /** Each on a connection of its own, so that the system shares them out over the threads. */
    sendMany: (count: number): Promise<Reply>[] => Array.from({ length: count }, () => send(address)),
    send: () => send(address),
  };
}

const statusesOf = (replies: readonly Reply[]) => replies.map(({ status }) => status);

test('maxInFlight is the bound of all threads together, before and after a reload', async () => {
  const { held, entry } = await startHolding();
  const poolOf = (maxInFlight: number): Pool => ({
    backends: [entry],
    connections: { maxInFlight, queue: 100 },
  });
  const { poolState, backend, metric, reload, sendMany } = await run(poolOf(3));
  for (const bound of [3, 5, 2]) {
    await reload(poolOf(bound));
    const replies = sendMany(24);
    await until(async () => held.length >= bound && (await poolState())?.queued === 24 - bound, `${bound} in flight`);
    expect((await backend('a')).inFlight).toBe(bound);
    expect(await metric('switchyard_backend_in_flight')).toBe(bound);
    for (let answered = 0; answered < 24; answered++) {
      await until(() => held.length > 0, 'a request at the backend');
      expect(held.length).toBeLessThanOrEqual(bound);
      held.shift()?.end('ok');
    }
    expect(statusesOf(await Promise.all(replies))).toEqual(Array(24).fill(200));
    await until(async () => (await backend('a')).inFlight === 0, 'none in flight');
  }
});

test('who waits in any thread goes by a new bound at once', async () => {
  const { held, entry } = await startHolding();
  const poolOf = (maxInFlight: number): Pool => ({
    backends: [entry],
    connections: { maxInFlight, queue: 100 },
  });
  const { poolState, reload, sendMany } = await run(poolOf(2));
  const replies = sendMany(24);
  await until(async () => held.length === 2 && (await poolState())?.queued === 22, '2 in flight');
  await reload(poolOf(9));
  await until(async () => held.length === 9 && (await poolState())?.queued === 15, '9 in flight');
  await reload(poolOf(0));
  await until(() => held.length === 24, 'all in flight');
  for (const response of held) response.end('ok');
  expect(statusesOf(await Promise.all(replies))).toEqual(Array(24).fill(200));
});

test('who waits in any thread obeys what is set by hand after a reload', async () => {
  const [a, b] = [await startHolding('a'), await startHolding('b')];
  const pool: Pool = { backends: [a.entry, b.entry], connections: { maxInFlight: 1, queue: 100 } };
  const { poolState, setState, reload, sendMany } = await run(pool);
  const replies = sendMany(12);
  await until(async () => a.held.length + b.held.length === 2 && (await poolState())?.queued === 10, 'a full queue');
  await reload({ ...pool, retry: { attempts: 2 } });
  await setState('b', 'maint');
  await b.answerOne();
  for (let answered = 0; answered < 11; answered++) await a.answerOne();
  const texts = (await Promise.all(replies)).map(({ text }) => text);
  expect(texts.toSorted()).toEqual([...Array(11).fill('a'), 'b']);
});

test('perBackend is the bound of all threads together, before and after a reload', async () => {
  const { held, entry } = await startHolding();
  const poolOf = (perBackend: number): Pool => ({ backends: [entry], connections: { perBackend } });
  const { metric, reload, sendMany } = await run(poolOf(6));
  for (const bound of [6, 3]) {
    await reload(poolOf(bound));
    const replies = sendMany(24);
    for (let answered = 0; answered < 24; answered++) {
      await until(() => held.length > 0, 'a request at the backend');
      expect(held.length).toBeLessThanOrEqual(bound);
      held.shift()?.end('ok');
    }
    expect(statusesOf(await Promise.all(replies))).toEqual(Array(24).fill(200));
    // What is kept open in all threads.
    const open = await metric('switchyard_backend_connections');
    expect(open).toBeGreaterThan(0);
    expect(open).toBeLessThanOrEqual(bound);
  }
});

test('failures in all threads add up to an ejection, which all threads keep, after a reload as well', async () => {
  const live = await startBackend('live');
  onTestFinished(() => live.close());
  const dead = `http://${OWN_HOST}:${await freePort(OWN_HOST)}`;
  const ejection = { consecutiveFailures: 30, baseTime: '1m', maxTime: '1m' };
  const backends = [
    { name: 'dead', url: dead },
    { name: 'live', url: live.url },
  ];
  const { backend, reload, sendMany, send } = await run({ backends, ejection });
  const isEjected = async () => (await backend('dead')).reason.startsWith('ejected');
  for (let sent = 0; sent < 120 && !(await isEjected()); sent++) expect((await send()).status).toBe(200);
  const { requests } = await backend('dead');
  expect(requests).toBeGreaterThanOrEqual(30);
  for (const weight of [1, 2]) {
    await reload({ backends: backends.map((one) => ({ ...one, weight })), ejection });
    expect(statusesOf(await Promise.all(sendMany(30)))).toEqual(Array(30).fill(200));
    expect(await backend('dead')).toMatchObject({ requests, available: false });
  }
});

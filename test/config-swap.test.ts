/** Pools, policies and weights change while requests are under way: nothing is cut, and no pick comes from something half built. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { ConfigDocument } from '../proxy-engine/contract/config.ts';
import type { Engine } from '../proxy-engine/engine.ts';
import { startApplication } from './support/application.ts';
import { answeredBy, type Backend, send, startBackend } from './support/backend.ts';
import { applyConfig, portOf, runConfig } from './support/engine.ts';
import { ask, KINDS } from './support/kinds.ts';
import { until } from './support/until.ts';

type Pool = NonNullable<ConfigDocument['pools']>[string];

function documentOf(pool: Pool, address = '127.0.0.1:0'): Omit<ConfigDocument, 'version'> {
  return { listeners: { gateway: { address } }, routes: [{ name: 'all', pool: 'p' }], pools: { p: pool } };
}

const entries = (backends: readonly Pick<Backend, 'name' | 'url'>[], weights: readonly number[] = []) =>
  backends.map(({ name, url }, i) => ({ name, url, weight: weights[i] ?? 1 }));

async function setUp(pool: (directory: string) => Pool) {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-swap-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const engine = await runConfig(documentOf(pool(directory)), directory);
  onTestFinished(() => engine.close(0));
  return { engine, directory, address: `127.0.0.1:${portOf(engine, 'gateway')}` };
}

async function startBackends(names: string): Promise<Backend[]> {
  const backends = await Promise.all([...names].map((name) => startBackend(name)));
  onTestFinished(async () => void (await Promise.all(backends.map((backend) => backend.close()))));
  return backends;
}

/** A backend that sends `first `, and the rest when it is told to. */
async function startHeldBackend(): Promise<{ backend: Backend; finish(): void }> {
  let finish = (): void => {};
  const backend = await startBackend('held', (_request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('first ');
    finish = () => response.end('last');
  });
  onTestFinished(() => backend.close());
  return { backend, finish: () => finish() };
}

function begin(address: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(`http://${address}/`, { agent: false }, resolve).once('error', reject));
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const ownersOf = (engine: Engine, keys: readonly string[]) =>
  new Map(keys.map((key) => [key, engine.pool('p')?.explain(key, 0).backend]));

test.each(['ketama', 'ring_hash', 'maglev'] as const)(
  '%s: while weights change under load a key gets who it had before or who it has after, and nobody else',
  async (policy) => {
    const backends = await startBackends('abc');
    const poolOf = (weights: number[]): Pool => ({
      policy,
      hash: { on: 'path' },
      backends: entries(backends, weights),
    });
    const { engine, directory, address } = await setUp(() => poolOf([1, 1, 1]));
    const keys = Array.from({ length: 40 }, (_, i) => `/item/${i}`);
    const before = ownersOf(engine, keys);
    await applyConfig(engine, documentOf(poolOf([1, 4, 2])), directory);
    const after = ownersOf(engine, keys);
    expect([...after]).not.toEqual([...before]);

    let over = false;
    const wrong = new Set<string>();
    const clients = [0, 1, 2, 3].map(async (offset) => {
      for (let i = offset; !over; i++) {
        const key = keys[i % keys.length] as string;
        const [owner] = await answeredBy(address, 1, key);
        if (owner !== before.get(key) && owner !== after.get(key)) wrong.add(`${key} got ${owner}`);
      }
    });
    for (let i = 0; i < 20; i++)
      await applyConfig(engine, documentOf(poolOf(i % 2 ? [1, 4, 2] : [1, 1, 1])), directory);
    over = true;
    await Promise.all(clients);
    expect([...wrong]).toEqual([]);
  },
);

test('a response under way ends whole though its backend leaves the pool and the policy changes', async () => {
  const { backend, finish } = await startHeldBackend();
  const others = await startBackends('b');
  const { engine, directory, address } = await setUp(() => ({ backends: entries([backend]) }));
  const response = await begin(address);
  await applyConfig(engine, documentOf({ policy: 'least_request', backends: entries(others) }), directory);
  expect(await answeredBy(address, 2)).toEqual(['b', 'b']);
  finish();
  expect(await textOf(response)).toBe('first last');
});

test('metrics go on counting the connections that exchanges of earlier configs have', async () => {
  const { backend, finish } = await startHeldBackend();
  const { engine, directory, address } = await setUp(() => ({ backends: entries([backend]) }));
  const response = await begin(address);
  const open = async () => /^switchyard_backend_connections\{.*\} (\d+)$/m.exec(await engine.metrics())?.[1];
  const counts = [await open()];
  for (const policy of ['least_request', 'random'] as const) {
    await applyConfig(engine, documentOf({ policy, backends: entries([backend]) }), directory);
    counts.push(await open());
  }
  const another = await begin(address);
  counts.push(await open());
  expect(counts).toEqual(['1', '1', '1', '2']);
  finish();
  another.destroy();
  response.destroy();
});

test('who waits for room at the new pool gets what is freed at the old one, and the other way round', async () => {
  const held: (() => void)[] = [];
  const backend = await startBackend('a', (_request, response) => void held.push(() => response.end('{}')));
  onTestFinished(() => backend.close());
  const pool = (queue: number): Pool => ({
    connections: { maxInFlight: 1, queue },
    timeouts: { connect: '0s' },
    backends: entries([backend]),
  });
  const { engine, directory, address } = await setUp(() => pool(10));
  const queued = () => engine.state().pools[0]?.queued ?? 0;
  const first = send(address);
  await until(() => held.length === 1);
  const second = send(address);
  await until(() => queued() === 1);
  await applyConfig(engine, documentOf(pool(20)), directory);
  const third = send(address);
  await until(() => queued() === 1);
  for (let answered = 0; answered < 3; answered++) {
    await until(() => held.length > answered);
    held[answered]?.();
  }
  expect((await Promise.all([first, second, third])).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('who began before a reload and has to wait only after it is told of room as well', async () => {
  const held: (() => void)[] = [];
  const backend = await startBackend('a', (_request, response) => void held.push(() => response.end('{}')));
  onTestFinished(() => backend.close());
  const pool = (queue: number): Pool => ({
    connections: { maxInFlight: 1, queue },
    timeouts: { connect: '0s' },
    backends: entries([backend]),
  });
  const { engine, directory, address } = await setUp(() => pool(10));
  // Until its body is whole no backend is picked.
  const slow = request(`http://${address}/`, { method: 'POST', agent: false, headers: { 'content-length': 2 } });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    slow.once('response', resolve).once('error', reject),
  );
  slow.write('a');
  await until(() => engine.pool('p')?.load.exchanges.value === 1);
  await applyConfig(engine, documentOf(pool(20)), directory);
  const first = send(address);
  await until(() => held.length === 1);
  slow.end('b');
  await until(() => engine.state().pools[0]?.queued === 1);
  held[0]?.();
  await until(() => held.length === 2);
  held[1]?.();
  expect([(await first).status, (await answered).statusCode]).toEqual([200, 200]);
});

test('who waits already goes by the new bound: let in at once when it is raised or taken away, kept waiting when it is lowered', async () => {
  const held: (() => void)[] = [];
  const backend = await startBackend('a', (_request, response) => void held.push(() => response.end('{}')));
  onTestFinished(() => backend.close());
  const pool = (maxInFlight: number): Pool => ({
    connections: { maxInFlight, queue: 20 },
    timeouts: { connect: '0s' },
    backends: entries([backend]),
  });
  const { engine, directory, address } = await setUp(() => pool(2));
  const state = () => engine.state().pools[0];
  const replies = Array.from({ length: 9 }, () => send(address));
  await until(() => held.length === 2 && state()?.queued === 7);
  await applyConfig(engine, documentOf(pool(4)), directory);
  await until(() => held.length === 4 && state()?.queued === 5);
  await applyConfig(engine, documentOf(pool(1)), directory);
  for (let answered = 0; answered < 4; answered++) {
    expect(held.length).toBe(4);
    held[answered]?.();
    await until(() => state()?.backends[0]?.requests === answered + 1);
  }
  await until(() => held.length === 5 && state()?.queued === 4);
  await applyConfig(engine, documentOf(pool(0)), directory);
  await until(() => held.length === 9);
  for (const answer of held) answer();
  expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(Array(9).fill(200));
});

test.each<[string, (engine: Engine, fail: () => void) => void, RegExp]>([
  ['in maintenance', (engine) => engine.setBackendState('p', 'a', 'maint', 'you'), /^maint by you/],
  ['unhealthy', (_engine, fail) => fail(), /500/],
])(
  'who waits for the only backend, which is %s, waits on with the pool, and is told when that is removed',
  async (_what, takeOut, reason) => {
    const held: (() => void)[] = [];
    let status = 200;
    const backend = await startBackend('a', ({ url }, response) => {
      if (url === '/check') response.writeHead(status).end();
      else held.push(() => response.end('{}'));
    });
    onTestFinished(() => backend.close());
    const pool = (queue: number): Pool => ({
      connections: { maxInFlight: 1, queue },
      timeouts: { connect: '0s' },
      healthCheck: { path: '/check', interval: '20ms', fall: 1 },
      ejection: false,
      backends: entries([backend]),
    });
    const { engine, directory, address } = await setUp(() => pool(10));
    const state = () => engine.state().pools[0];
    const first = send(address);
    await until(() => held.length === 1);
    const second = send(address);
    await until(() => state()?.queued === 1);
    takeOut(engine, () => (status = 500));
    await until(() => reason.test(state()?.backends[0]?.reason ?? ''));
    await applyConfig(engine, documentOf(pool(20)), directory);
    held[0]?.();
    expect((await first).status).toBe(200);
    expect(state()?.queued).toBe(1);
    await applyConfig(engine, { ...documentOf(pool(20)), routes: [], pools: {} }, directory);
    const { status: answer, headers } = await second;
    expect([answer, headers['x-switchyard-error']]).toEqual([503, 'NO_BACKEND']);
  },
);

test('who goes on with a config that was replaced many times keeps none of those in between', async () => {
  const program = join(import.meta.dirname, 'support/held-reloads.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
  // Each has a ring of about 140 kB.
  expect(Number(stdout)).toBeLessThan(8 * 1024 ** 2);
});

test('F25 discovery moves on: what is under way on the old backend ends, what comes next goes to the new one', async () => {
  const { backend, finish } = await startHeldBackend();
  const [c] = await startBackends('c');
  const write = (directory: string, to: Backend | undefined) =>
    writeFileSync(join(directory, 'backends.json'), JSON.stringify([{ url: to?.url }]));
  const { engine, directory, address } = await setUp((directory) => {
    write(directory, backend);
    return { discover: { file: 'backends.json' } };
  });
  const backendUrls = () => engine.state().pools[0]?.backends.map(({ url }) => url);
  await until(() => backendUrls()?.[0] === backend.url);
  const response = await begin(address);
  write(directory, c);
  await until(() => backendUrls()?.[0] === c?.url);
  expect(await answeredBy(address, 2)).toEqual(['c', 'c']);
  finish();
  expect(await textOf(response)).toBe('first last');
});

test('F38 a config that cannot run changes nothing: the old listeners, pools and connections stay', async () => {
  const backends = [await startApplication('a'), await startApplication('b')];
  const { engine, directory, address } = await setUp(() => ({ backends: entries(backends) }));
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  const revision = engine.state().revision;
  const clash = documentOf({ backends: entries(backends.slice(1)) }, `127.0.0.1:${port}`);
  await expect(applyConfig(engine, clash, directory)).rejects.toThrow(`${port}`);
  expect(engine.state().revision).toBe(revision);
  expect(engine.state().pools[0]?.backends).toHaveLength(2);
  const listener = Number(address.split(':')[1]);
  for (const kind of KINDS)
    expect(await ask(listener, kind)).toMatch(kind === 'websocket' ? /^101 [ab]$/ : /^200 [ab]$/);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandInput, CommandName, CommandResult } from '../../proxy-engine/contract/api.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { runCommand } from '../../proxy-engine/host/commands.ts';
import { readConfig, readConfigText } from '../../proxy-engine/host/config-file.ts';
import { EngineHost } from '../../proxy-engine/host/engine-host.ts';
import { answeredBy, type Backend, send, startBackend } from '../support/backend.ts';
import { portOf } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { temporaryDirectory } from '../support/tls.ts';

async function setUp(pool = '', { backup = '' } = {}) {
  const backends: Backend[] = [];
  for (const name of ['a', 'b', 'c']) backends.push(await startBackend(name));
  const file = join(temporaryDirectory(), 'switchyard.yaml');
  writeFileSync(
    file,
    `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: api }]
pools:
  api: # the one there is
    backends:
      - { name: a, url: '${backends[0]?.url}' } # first
      - { name: b, url: '${backends[1]?.url}'${backup === 'b' ? ', backup: true' : ''} }
${pool}`,
  );
  const engine = await Engine.create({ capture: true, version: 'test', recordings: 'memory' });
  const config = readConfig(readConfigText(file));
  const host = await EngineHost.start({
    info: { version: 'test', host: 'headless', platform: 'linux' },
    engine,
    config,
  });
  onTestFinished(async () => {
    await host.close(0);
    for (const backend of backends) await backend.close();
  });
  const call = <C extends CommandName>(name: C, input: CommandInput<C>) =>
    runCommand(host, name, input) as Promise<CommandResult<C>>;
  const address = `127.0.0.1:${portOf(engine, 'gateway')}`;
  return { host, call, backends, address, text: () => readFileSync(file, 'utf8') };
}

test('a fault: made by us, seen in the state and in the answer, gone with null', async () => {
  const { call, address, host } = await setUp();
  await call('backend.setFault', {
    pool: 'api',
    backend: 'a',
    fault: { status: 500, latency: '1ms', bandwidth: '8kbps' },
  });
  const [a] = host.engine.state().pools[0]?.backends ?? [];
  expect(a?.fault).toEqual({ status: 500, latencyMs: 1, bandwidthBytesPerSecond: 1000 });
  const { status, headers } = await send(address);
  expect([status, headers['x-switchyard-fault']]).toEqual([500, 'status']);
  const [row] = (await call('exchanges.query', { limit: 1 })).rows;
  expect(row?.faulted).toBe(true);
  const [attempt] = (await call('exchange.get', { id: row?.id ?? 0 })).attempts;
  expect(attempt).toMatchObject({ fault: '+1 ms, 100 % 500, 1000 bytes/s', timings: { connect: -1 } });
  expect(attempt?.timings.blocked).toBeGreaterThan(0);
  await call('backend.setFault', { pool: 'api', backend: 'a', fault: null });
  expect(host.engine.state().pools[0]?.backends[0]?.fault).toBeUndefined();
  expect(await answeredBy(address, 2)).toEqual(['b', 'a']);
});

test.each(['connect', 'head'] as const)('a fault that resets (%s): the answer that we make says so', async (reset) => {
  const { call, address } = await setUp();
  for (const backend of ['a', 'b']) await call('backend.setFault', { pool: 'api', backend, fault: { reset } });
  const { status, headers } = await send(address);
  const code = reset === 'connect' ? 'CONNECT_REFUSED' : 'RESET';
  expect([status, headers['x-switchyard-error'], headers['x-switchyard-fault']]).toEqual([502, code, code]);
});

test('a fault survives a config that changes something else', async () => {
  const { call, host } = await setUp();
  await call('backend.setFault', { pool: 'api', backend: 'a', fault: { blackhole: true } });
  await call('config.edit', { edits: [{ path: ['pools', 'api', 'slowStart'], value: '1s' }], persist: false });
  expect(host.engine.state().pools[0]?.backends[0]?.fault).toEqual({ blackhole: true });
});

test('a backend is added to the document and gets traffic; it is removed again', async () => {
  const { call, address, backends, text } = await setUp();
  await call('backend.add', { pool: 'api', url: backends[2]?.url ?? '', name: 'c' });
  expect(text()).toContain('# first');
  expect(text()).toContain(`url: ${backends[2]?.url}`);
  expect((await answeredBy(address, 3)).toSorted()).toEqual(['a', 'b', 'c']);
  await call('backend.remove', { pool: 'api', backend: 'c' });
  expect(text()).toContain('# first');
  expect(text()).not.toContain(backends[2]?.url);
  expect((await answeredBy(address, 4)).toSorted()).toEqual(['a', 'a', 'b', 'b']);
});

test('the policy at run time only, and with its hash into the file', async () => {
  const { call, address, host, text } = await setUp();
  const before = text();
  await call('pool.setPolicy', { pool: 'api', policy: 'first' });
  expect(host.engine.state().pools[0]?.policy).toBe('first');
  expect(await answeredBy(address, 3)).toEqual(['a', 'a', 'a']);
  expect(text()).toBe(before);
  await call('pool.setPolicy', {
    pool: 'api',
    policy: 'ketama',
    hash: { on: 'header', name: 'x-user' },
    persist: true,
  });
  expect(text()).toContain('policy: ketama');
  expect(text()).toContain('# first');
});

test('which backend gets this key: what the running pool then does, too', async () => {
  const { call, address } = await setUp('    policy: ketama\n    hash: { on: path }\n');
  for (const path of ['/one', '/two', '/three', '/four']) {
    const { backend, ring } = await call('pool.explain', { pool: 'api', key: path, slots: 360 });
    expect(await answeredBy(address, 1, path)).toEqual([backend]);
    const at = Math.floor((ring?.position ?? 0) * 360);
    expect(ring?.slots).toHaveLength(360);
    expect(['a', 'b'][ring?.slots[at] ?? 2]).toBeDefined();
  }
});

test.each(['ketama', 'ring_hash', 'maglev'] as const)('%s: the circle is shared out by weight', async (policy) => {
  const { call } = await setUp(`    policy: ${policy}\n    hash: { on: path }\n`);
  await call('backend.setWeight', { pool: 'api', backend: 'b', weight: 3 });
  const { ring } = await call('pool.explain', { pool: 'api', slots: 4096 });
  const [a = 0, share = 0] = ring?.shares ?? [];
  expect(a + share).toBeCloseTo(1, 9);
  expect((ring?.slots.filter((owner) => owner === 1).length ?? 0) / 4096).toBeCloseTo(share, 1);
  expect(share).toBeGreaterThan(0.65);
  expect(share).toBeLessThan(0.85);
});

test.each(['ketama', 'ring_hash', 'maglev', 'ip_hash'] as const)(
  '%s: who stands in for the one whose key it is, and no word of that when it is there',
  async (policy) => {
    const { call } = await setUp(`    policy: ${policy}\n    hash: { on: path }\n`);
    const keys = Array.from({ length: 30 }, (_, i) => `10.0.${i}.1`);
    const told = async (key: string) => {
      const { backend, insteadOf } = await call('pool.explain', { pool: 'api', key });
      return [backend, insteadOf];
    };
    const before = await Promise.all(keys.map(told));
    expect(before.filter(([backend, insteadOf]) => backend === undefined || insteadOf !== undefined)).toEqual([]);
    await call('backend.setState', { pool: 'api', backend: 'a', state: 'maint' });
    expect(await Promise.all(keys.map(told))).toEqual(
      before.map(([backend]) => (backend === 'a' ? ['b', 'a'] : ['b', undefined])),
    );
  },
);

test('which backend gets this key, when only a backup is left', async () => {
  const { call, address } = await setUp('    policy: ketama\n    hash: { on: path }\n', { backup: 'b' });
  expect(await call('pool.explain', { pool: 'api', key: '/one' })).toMatchObject({ backend: 'a' });
  await call('backend.setState', { pool: 'api', backend: 'a', state: 'maint' });
  expect(await call('pool.explain', { pool: 'api', key: '/one' })).toMatchObject({ backend: 'b' });
  expect(await answeredBy(address, 1, '/one')).toEqual(['b']);
});

test('without a key there is nothing to explain', async () => {
  const { call } = await setUp();
  expect(await call('pool.explain', { pool: 'api', key: 'x' })).toEqual({ keyed: false });
});

test('a probe, at a backend and at any other URL', async () => {
  const { call, backends } = await setUp('    healthCheck: { path: /healthz, interval: 60s }\n');
  expect(await call('pool.probe', { pool: 'api', backend: 'a' })).toMatchObject({ passed: true });
  expect(await call('pool.probe', { pool: 'api', url: backends[2]?.url ?? '' })).toMatchObject({ passed: true });
  expect(await call('pool.probe', { pool: 'api', url: `http://127.0.0.1:${CLOSED_PORT}` })).toMatchObject({
    passed: false,
    detail: 'connection refused',
  });
});

test('listening ports of this machine, ours left out', async () => {
  const { call, address } = await setUp();
  const { ports } = await call('discover.local', {});
  expect(ports.map(({ port }) => port)).not.toContain(Number(address.split(':')[1]));
});

test.each<[CommandName, object, string, RegExp]>([
  [
    'backend.setFault',
    { pool: 'api', backend: 'z', fault: null },
    'NOT_FOUND',
    /no backend is called "z"; there are a, b/,
  ],
  ['backend.setFault', { pool: 'x', backend: 'a', fault: null }, 'NOT_FOUND', /no pool is called "x"; there are api/],
  ['backend.setFault', { pool: 'api', backend: 'a', fault: {} }, 'BAD_INPUT', /something that goes wrong/],
  ['backend.setFault', { pool: 'api', backend: 'a', fault: { latency: 5 } }, 'BAD_INPUT', /duration with a unit/],
  ['backend.setFault', { pool: 'api', backend: 'a', fault: { percent: 5 } }, 'BAD_INPUT', /something that goes wrong/],
  ['backend.add', { pool: 'api', url: 'nonsense' }, 'BAD_CONFIG', /url/],
  ['pool.setPolicy', { pool: 'api', policy: 'maglev' }, 'BAD_CONFIG', /maglev needs hash/],
  ['pool.setPolicy', { pool: 'api', policy: 'best' }, 'BAD_INPUT', /./],
  ['pool.probe', { pool: 'api', url: 'ftp://x' }, 'BAD_INPUT', /no URL of a backend/],
])('%s %j: %s', async (command, input, code, message) => {
  const { call } = await setUp();
  await expect(call(command, input as never)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

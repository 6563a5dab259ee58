import { promises as dns } from 'node:dns';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPool, type Pool } from '../../proxy-engine/balancer/pool.ts';
import type { BackendConfig } from '../../proxy-engine/contract/config.ts';
import { DnsSource, parseTarget, systemResolver } from '../../proxy-engine/discovery/dns.ts';
import { poolConfig, subject } from '../support/backends.ts';
import { type DnsAnswer, type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';

let server: DnsServer;
beforeEach(async () => {
  server = await startDnsServer();
});
afterEach(() => server.close());

test.each([
  ['api.internal:3000', { scheme: 'http', name: 'api.internal', port: 3000 }],
  ['api.internal', { scheme: 'http', name: 'api.internal', port: 80 }],
  ['https://api.internal', { scheme: 'https', name: 'api.internal', port: 443 }],
  ['https://api.internal:8443/', { scheme: 'https', name: 'api.internal', port: 8443 }],
])('%s is %j', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
});

test.each(['resolve4', 'resolve6', 'resolveSrv'] as const)('%s asks the name servers of the moment', async (ask) => {
  let made = 0;
  const Resolver = vi.spyOn(dns, 'Resolver').mockImplementation(
    class {
      readonly #number = ++made;
      [ask] = async () => [this.#number];
    } as unknown as typeof dns.Resolver,
  );
  expect([await systemResolver[ask]('a.test'), await systemResolver[ask]('a.test')]).toEqual([[1], [2]]);
  Resolver.mockRestore();
});

test.each([
  [4, '127.0.0.1'],
  [6, '::1'],
] as const)('a name that only this machine knows, IPv%i', async (family, address) => {
  expect(await systemResolver.lookup('localhost', { all: true, family })).toEqual([{ address, family }]);
});

function watch(discover: object = { dns: 'api.test:3000' }) {
  const clock = new FakeClock();
  const { discover: config } = poolConfig({ discover });
  if (!config || !('dns' in config)) throw new Error('no dns');
  const source = new DnsSource(config, { clock, resolver: server.resolver });
  const log: string[] = [];
  const tell = (found: readonly BackendConfig[]) =>
    found.map(({ url, weight, backup }) => `${url} ×${weight}${backup ? ' backup' : ''}`).join(', ');
  source.start({
    onBackends: (found) => log.push(tell(found)),
    onProblem: (message) => log.push(message ?? 'resolved again'),
  });
  /** Lets a question be asked and answered. */
  const round = async () => {
    clock.advance(10_000);
    await until(() => clock.timers === 1);
  };
  return { clock, source, log, round, begun: () => until(() => clock.timers === 1) };
}

test.each<[string, object, DnsAnswer, string]>([
  [
    'A, in an order of its own',
    { dns: 'api.test:3000' },
    { type: 'A', addresses: ['10.0.0.2', '10.0.0.1'] },
    'http://10.0.0.1:3000 ×1, http://10.0.0.2:3000 ×1',
  ],
  [
    'AAAA',
    { dns: 'https://api.test', type: 'AAAA' },
    { type: 'AAAA', addresses: ['2001:db8::7', '::1'] },
    'https://[2001:db8::7]:443 ×1, https://[::1]:443 ×1',
  ],
  [
    'SRV: ports, weights and priorities',
    { dns: 'api.test', type: 'SRV' },
    {
      type: 'SRV',
      records: [
        { priority: 20, weight: 0, port: 9, name: 'spare.test' },
        { priority: 10, weight: 30, port: 8001, name: 'one.test' },
        { priority: 10, weight: 0, port: 8002, name: 'two.test' },
      ],
    },
    'http://one.test:8001 ×30, http://two.test:8002 ×1, http://spare.test:9 ×1 backup',
  ],
  [
    'A, twice the same record',
    { dns: 'api.test:3000' },
    { type: 'A', addresses: ['10.0.0.2', '10.0.0.1', '10.0.0.2'] },
    'http://10.0.0.1:3000 ×1, http://10.0.0.2:3000 ×1',
  ],
  [
    'SRV, twice the same target and port: the first that serves, the heavier of two',
    { dns: 'api.test', type: 'SRV' },
    {
      type: 'SRV',
      records: [
        { priority: 20, weight: 9, port: 8001, name: 'one.test' },
        { priority: 10, weight: 30, port: 8001, name: 'one.test' },
        { priority: 10, weight: 40, port: 8001, name: 'one.test' },
        { priority: 10, weight: 7, port: 8002, name: 'ONE.test' },
        { priority: 10, weight: 7, port: 8002, name: 'one.test' },
      ],
    },
    'http://ONE.test:8002 ×7, http://one.test:8001 ×40',
  ],
  [
    'SRV: weights beyond 256 are scaled',
    { dns: 'api.test', type: 'SRV' },
    {
      type: 'SRV',
      records: [
        { priority: 1, weight: 1000, port: 1, name: 'a.test' },
        { priority: 1, weight: 500, port: 2, name: 'b.test' },
      ],
    },
    'http://a.test:1 ×256, http://b.test:2 ×128',
  ],
  [
    'SRV: the root as target says that there is no such service',
    { dns: 'api.test', type: 'SRV' },
    { type: 'SRV', records: [{ priority: 0, weight: 0, port: 0, name: '.' }] },
    '',
  ],
])('%s', async (_name, discover, answer, expected) => {
  server.answers.set('api.test', answer);
  const { log, source, begun } = watch(discover);
  await begun();
  source.stop();
  expect(log).toEqual([expected]);
});

test('a change is told once, its order is none', async () => {
  const { log, source, begun, round } = watch();
  server.answers.set('api.test', { type: 'A', addresses: ['10.0.0.1', '10.0.0.2'] });
  await begun();
  server.answers.set('api.test', { type: 'A', addresses: ['10.0.0.2', '10.0.0.1'] });
  await round();
  server.answers.set('api.test', { type: 'A', addresses: ['10.0.0.3'] });
  await round();
  source.stop();
  expect(log).toEqual(['http://10.0.0.1:3000 ×1, http://10.0.0.2:3000 ×1', 'http://10.0.0.3:3000 ×1']);
});

test.each<[string, DnsAnswer, string]>([
  ['NXDOMAIN', { rcode: 3 }, 'ENOTFOUND'],
  ['SERVFAIL', { rcode: 2 }, 'ESERVFAIL'],
  ['silence', 'silent', 'ETIMEOUT'],
])('%s is told once, and what was found before stays', async (_name, answer, code) => {
  server.answers.set('api.test', { type: 'A', addresses: ['10.0.0.1'] });
  const { log, source, begun, round } = watch();
  await begun();
  server.answers.set('api.test', answer);
  await round();
  await round();
  server.answers.set('api.test', { type: 'A', addresses: ['10.0.0.1'] });
  await round();
  source.stop();
  expect(log).toEqual([
    'http://10.0.0.1:3000 ×1',
    `cannot resolve api.test: queryA ${code} api.test`,
    'resolved again',
  ]);
});

test('a source that was stopped tells nothing more and sets no timer', async () => {
  server.answers.set('api.test', { type: 'A', addresses: ['10.0.0.1'] });
  const { clock, log, source } = watch();
  source.stop();
  await until(() => server.questions === 1);
  await server.resolver.resolve4('api.test');
  expect(log).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('a pool: what stayed keeps its health, what left is told, until the first answer it says what is missing', async () => {
  const clock = new FakeClock();
  const gone: string[] = [];
  const pool = createPool('p', poolConfig({ discover: { dns: 'api.test:3000' } }), {
    clock,
    resolver: server.resolver,
    onChange() {},
    onGone: (backends) => gone.push(...backends.map(({ address }) => address)),
  });
  pool.start();
  expect(pool.pick(subject(), null)).toBeNull();
  expect(pool.unavailableReasons()).toBe('no backend was discovered yet');
  await until(() => clock.timers === 1);
  expect(pool.unavailableReasons()).toBe('cannot resolve api.test: queryA ENOTFOUND api.test');

  const refresh = async (...addresses: string[]) => {
    server.answers.set('api.test', { type: 'A', addresses });
    clock.advance(10_000);
    await until(() => clock.timers === 1);
  };
  expect(pool.status()).toMatchObject({
    discover: 'A api.test:3000 every 10 s',
    problem: 'cannot resolve api.test: queryA ENOTFOUND api.test',
  });
  await refresh('10.0.0.1', '10.0.0.2');
  expect(pool.status().problem).toBeUndefined();
  const [, two] = pool.backends;
  if (two) two.record.health = 'healthy';
  await refresh('10.0.0.2', '10.0.0.3');
  expect(pool.backends[0]).toBe(two);
  expect(pool.backends.map(({ address, record }) => [address, record.health])).toEqual([
    ['10.0.0.2:3000', 'healthy'],
    ['10.0.0.3:3000', 'unknown'],
  ]);
  expect(gone).toEqual(['10.0.0.1:3000']);
  pool.stop();
});

const [OLD, NEW] = ['10.0.0.1:3000', '10.0.0.2:3000'];

test.each<[string, object, object, string[]]>([
  ['another refresh', { dns: 'api.test:3000' }, { dns: 'api.test:3000', refresh: '20s' }, [OLD]],
  [
    'another refresh of a name that is gone',
    { dns: 'gone.test:3000' },
    { dns: 'gone.test:3000', refresh: '20s' },
    [OLD],
  ],
  ['another name', { dns: 'api.test:3000' }, { dns: 'new.test:3000' }, [NEW]],
  ['another name, which there is not', { dns: 'api.test:3000' }, { dns: 'typo.test:3000' }, []],
])('a config with %s: until it has been asked, those of before serve', async (_name, before, after, expected) => {
  for (const name of ['api.test', 'gone.test']) server.answers.set(name, { type: 'A', addresses: ['10.0.0.1'] });
  server.answers.set('new.test', { type: 'A', addresses: ['10.0.0.2'] });
  const clock = new FakeClock();
  const start = async (discover: object, previous?: Pool) => {
    const deps = { clock, resolver: server.resolver, onChange() {} };
    const pool = createPool('p', poolConfig({ discover }), deps, previous);
    previous?.stop();
    pool.start();
    const atFirst = pool.backends.map(({ address }) => address);
    await until(() => clock.timers === 1);
    return { pool, atFirst };
  };
  const { pool } = await start(before);
  server.answers.delete('gone.test');
  const next = await start(after, pool);
  expect(next.atFirst).toEqual([OLD]);
  expect(next.pool.backends.map(({ address }) => address)).toEqual(expected);
  next.pool.stop();
});

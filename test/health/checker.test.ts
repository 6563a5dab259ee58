import { expect, onTestFinished, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { Checker } from '../../proxy-engine/health/checker.ts';
import { laneOptions } from '../../proxy-engine/upstream/lane-options.ts';
import { startBackend } from '../support/backend.ts';
import { backendAt, poolConfig } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';

async function setUp({ rise = 2, fall = 3, interval = '1s', random = 0.5 } = {}) {
  const clock = new FakeClock();
  const log: string[] = [];
  let status = 200;
  let probes = 0;
  const server = await startBackend('a', (_incoming, response) => {
    probes++;
    response.writeHead(status).end();
  });
  onTestFinished(() => server.close());
  const config = poolConfig({
    backends: [{ url: server.url }],
    healthCheck: { rise, fall, interval, path: '/up' },
  });
  const { healthCheck } = config;
  if (!healthCheck) throw new Error('no check');
  let passes = 0;
  const checker = new Checker(healthCheck, {
    lane: laneOptions('p', config, '.'),
    clock,
    random: () => random,
    onFlip: ({ name, record }, reason) => log.push(`${name} ${record.health}: ${reason.replace(/\d+ ms/, 'n ms')}`),
    onPass: () => passes++,
  });
  onTestFinished(() => checker.stop());
  const backend = backendAt(server.url, { name: 'a' }, clock);
  /** Lets the probe that is due run, with this answer. */
  const round = async (answer: number, advanceMs = 1000) => {
    status = answer;
    const before = probes;
    clock.advance(advanceMs);
    await until(() => probes > before && clock.timers === 1);
  };
  const begin = async (answer: number, backends: Backend[] = [backend]) => {
    status = answer;
    checker.watch(backends);
    await until(() => clock.timers === backends.length);
  };
  return { clock, log, checker, backend, round, begin, probes: () => probes, passes: () => passes };
}

test('the first probe goes at once and decides; then rise and fall do; only flips are told', async () => {
  const { log, backend, round, begin, passes } = await setUp();
  await begin(503);
  expect(backend.record.health).toBe('unhealthy');
  expect(backend.reason).toBe('first check: answered 503');
  await round(200);
  expect(backend.reason).toMatch(/^rise 1\/2: 200 in \d+ ms$/);
  await round(200);
  expect(backend.available).toBe(true);
  for (const answer of [500, 500, 200, 500, 500]) await round(answer);
  expect(backend.available).toBe(true);
  await round(500);
  expect(backend.available).toBe(false);
  expect(log).toEqual([
    'a unhealthy: first check: answered 503',
    'a healthy: 200 in n ms',
    'a unhealthy: fall 3/3: answered 500',
  ]);
  expect(passes()).toBe(3);
});

test.each([
  [0, 900],
  [0.5, 1000],
  [0.999_999, 1100],
])('jitter: with random %d the next probe is due after %d ms', async (random, dueMs) => {
  const { clock, begin, round, probes } = await setUp({ random });
  await begin(200);
  clock.advance(dueMs - 1);
  expect(clock.timers).toBe(1);
  expect(probes()).toBe(1);
  await round(200, 2);
  expect(probes()).toBe(2);
});

test('one that comes back is remembered to have', async () => {
  const { clock, backend, begin, round } = await setUp({ rise: 1, fall: 1 });
  await begin(200);
  expect(backend.record.returnedAt).toBe(-1);
  await round(500);
  await round(200);
  expect(backend.record.returnedAt).toBe(clock.now());
});

test('a next config goes on with what is known: one failure is not enough', async () => {
  const { backend, begin, round, log } = await setUp();
  backend.record.health = 'healthy';
  await begin(500);
  await round(500);
  expect(log).toEqual([]);
  await round(500);
  expect(log).toEqual(['a unhealthy: fall 3/3: answered 500']);
});

test('who is no longer watched is not asked again, and a probe under way changes nothing', async () => {
  const { clock, checker, backend, begin } = await setUp();
  await begin(200);
  clock.advance(1000);
  checker.stop();
  expect(clock.timers).toBe(0);
  backend.record.health = 'unknown';
  clock.advance(60_000);
  await Promise.resolve();
  expect(backend.record.health).toBe('unknown');
});

test('of hundreds of backends each is probed; one that leaves before its turn is not', async () => {
  let probes = 0;
  const server = await startBackend('a', (_incoming, response) => {
    probes++;
    response.end();
  });
  onTestFinished(() => server.close());
  const config = poolConfig({ backends: [{ url: server.url }], healthCheck: { path: '/up' } });
  const { healthCheck } = config;
  const lane = laneOptions('p', config, '.');
  const clock = new FakeClock();
  const backends = Array.from({ length: 100 }, (_, i) => backendAt(server.url, { name: `b${i}` }, clock));
  if (!healthCheck) throw new Error('no check');
  const checker = new Checker(healthCheck, { lane, clock, random: () => 0.5, onFlip: () => {}, onPass: () => {} });
  checker.watch(backends);
  checker.watch(backends.slice(0, -10));
  await until(() => clock.timers === 90);
  checker.stop();
  expect(probes).toBe(90);
  expect(backends.slice(0, -10).every(({ record }) => record.health === 'healthy')).toBe(true);
});

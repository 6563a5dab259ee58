/** Names, speed, soundness and config change while requests of each kind go on: the answer, the attempts and what is counted. */
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemResolver } from '../proxy-engine/discovery/dns.ts';
import { type Application, startApplication } from './support/application.ts';
import { startDnsServer } from './support/dns-server.ts';
import { applyConfig, attemptsAt, recordedRows, startEngine } from './support/engine.ts';
import { FakeClock } from './support/fake-clock.ts';
import { ask, KINDS, type Kind, openWebSocket } from './support/kinds.ts';
import { until } from './support/until.ts';

const OK: Record<Kind, number> = { get: 200, post: 200, streamed: 200, websocket: 101 };

async function engineFor(pool: object, clock?: FakeClock) {
  const started = await startEngine([], { pool, ...(clock && { clock }) });
  onTestFinished(started.close);
  const backend = (name: string) => started.engine.state().pools[0]?.backends.find((item) => item.name === name);
  return { ...started, backend };
}

const entries = (backends: readonly Application[]) => backends.map(({ name, url }) => ({ name, url }));

test('F25 a name moves from a to c: what is under way at a ends there, and everything new goes to c', async () => {
  const names = await startDnsServer();
  onTestFinished(() => names.close());
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${names.port}`]);
  const asked = vi.spyOn(systemResolver, 'resolve4').mockImplementation((name) => resolver.resolve4(name));
  onTestFinished(() => asked.mockRestore());
  const a = await startApplication('a', '127.0.0.2');
  const c = await startApplication('c', '127.0.0.3', a.port);
  names.answers.set('api.test', { type: 'A', addresses: ['127.0.0.2'] });
  const { engine, port } = await engineFor({
    backends: undefined,
    discover: { dns: `api.test:${a.port}`, refresh: '100ms' },
  });
  const found = () =>
    engine
      .state()
      .pools[0]?.backends.map(({ url }) => url)
      .join();
  await until(() => found() === a.url);

  const socket = await openWebSocket(port);
  a.delayMs = Number.POSITIVE_INFINITY;
  const underWay = KINDS.map((kind) => ask(port, kind, `/old/${kind}`));
  await until(() => a.requests === 1 + KINDS.length);
  names.answers.set('api.test', { type: 'A', addresses: ['127.0.0.3'] });
  await until(() => found() === c.url);
  for (const kind of KINDS) {
    expect(`${kind} ${await ask(port, kind, `/new/${kind}`)}`).toBe(`${kind} ${OK[kind]} c`);
    expect(await attemptsAt(engine, `/new/${kind}`)).toBe(`127.0.0.3:${a.port} ${OK[kind]}`);
  }

  a.answerAll();
  expect(await Promise.all(underWay)).toEqual(KINDS.map((kind) => `${OK[kind]} a`));
  for (const kind of KINDS) expect(await attemptsAt(engine, `/old/${kind}`)).toBe(`127.0.0.2:${a.port} ${OK[kind]}`);
  socket.write('still here');
  expect(String((await once(socket, 'data'))[0])).toBe('still here');
  expect(a.requests).toBe(1 + KINDS.length);
});

test.each(KINDS)(
  'F34 least_request, %s: a slow backend gets little, and every answer is counted once',
  async (kind) => {
    const slow = await startApplication('a');
    const quick = await startApplication('b');
    slow.delayMs = Number.POSITIVE_INFINITY;
    const { engine, port, backend } = await engineFor({ policy: 'least_request', backends: entries([slow, quick]) });
    const answers: string[] = [];
    let left = 200;
    const client = async () => {
      while (left-- > 0) {
        answers.push(await ask(port, kind));
        // The slow one takes as long as the other one takes for twenty.
        if (left <= 0) slow.delayMs = 0;
        if (left <= 0 || answers.length % 20 === 0) slow.answerAll();
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    expect(answers.filter((answer) => answer !== `${OK[kind]} a` && answer !== `${OK[kind]} b`)).toEqual([]);
    const [ofSlow, ofQuick] = ['a', 'b'].map((name) => answers.filter((answer) => answer.endsWith(name)).length);
    expect([slow.requests, quick.requests]).toEqual([ofSlow, ofQuick]);
    // A WebSocket is counted when it has ended.
    await until(() => backend('a')?.requests === ofSlow && backend('b')?.requests === ofQuick);
    expect(slow.requests + quick.requests).toBe(200);
    expect(slow.requests).toBeGreaterThan(0);
    expect(slow.requests).toBeLessThan(80);
    expect((await recordedRows(engine)).filter(({ attempts }) => attempts !== 1)).toEqual([]);
  },
);

test('F36 the check is fine, the application hangs: three of each kind pay for it with the timeout, and it starts slowly when it is back', async () => {
  await Promise.all(KINDS.map(hangAndReturn));
});

async function hangAndReturn(kind: Kind): Promise<void> {
  const clock = new FakeClock();
  const [a, b] = [await startApplication('a'), await startApplication('b')];
  a.delayMs = Number.POSITIVE_INFINITY;
  const { engine, port, backend } = await engineFor(
    {
      backends: entries([a, b]),
      healthCheck: { path: '/healthz', interval: '60s' },
      timeouts: { head: '1s' },
      ejection: { baseTime: '3s', maxTime: '3s' },
      slowStart: '60s',
    },
    clock,
  );
  await until(() => backend('a')?.health === 'healthy');
  const paid: string[] = [];
  for (let i = 0; backend('a')?.available; i++) {
    const path = `/${i}`;
    const [reached, begunAt] = [a.requests, clock.now()];
    let over = false;
    const answer = ask(port, kind, path).finally(() => (over = true));
    await until(() => over || a.requests > reached);
    if (!over) clock.advance(1000);
    const result = `${await answer} | ${await attemptsAt(engine, path)}`;
    if (clock.now() > begunAt) paid.push(result);
    else expect(result).toBe(`${OK[kind]} b | b ${OK[kind]}`);
  }
  expect(paid).toEqual(Array(3).fill('504 HEAD_TIMEOUT | a HEAD_TIMEOUT'));
  expect(backend('a')?.reason).toBe('ejected 3 s: 3× no response head in time');
  expect(await ask(port, kind)).toBe(`${OK[kind]} b`);
  a.delayMs = 0;
  clock.advance(3000);
  expect(backend('a')?.available).toBe(true);
  clock.advance(7000);
  expect(backend('a')?.reason).toMatch(/^slow start: \d\d % of its weight$/);
  await until(async () => (await ask(port, kind)) === `${OK[kind]} a`);
}

test('F37 twenty configs while requests of each kind go on: none fails, none is tried twice, each config counts from its reply on', async () => {
  const backends = [await startApplication('a'), await startApplication('b')];
  const { engine, port } = await engineFor({ backends: entries(backends) });
  let over = false;
  const answers = new Set<string>();
  const clients = [...KINDS, ...KINDS].map(async (kind) => {
    while (!over) answers.add(`${kind} ${await ask(port, kind)}`);
  });
  const socket = await openWebSocket(port);
  for (let i = 0; i < 20; i++) {
    const only = backends[i % 2] as Application;
    const weights = backends.map(({ name, url }) => ({ name, url, weight: name === only.name ? 1 + i : 0 }));
    await applyConfig(
      engine,
      {
        listeners: { gateway: { address: '127.0.0.1:0' } },
        routes: [{ name: 'all', pool: 'p' }],
        pools: { p: { policy: i % 3 ? 'least_request' : 'ketama', hash: { on: 'uri' }, backends: weights } },
      },
      '.',
    );
    for (const kind of KINDS) expect(`${i}: ${await ask(port, kind)}`).toBe(`${i}: ${OK[kind]} ${only.name}`);
    await sleep(5);
  }
  over = true;
  await Promise.all(clients);
  expect([...answers].filter((answer) => !/^(get|post|streamed) 200 [ab]$|^websocket 101 [ab]$/.test(answer))).toEqual(
    [],
  );
  expect((await recordedRows(engine)).filter(({ attempts }) => attempts !== 1)).toEqual([]);
  socket.write('still here');
  expect(String((await once(socket, 'data'))[0])).toBe('still here');
});

/** Backends die, hang and come back while traffic flows. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { answeredBy, send, startBackend } from './support/backend.ts';
import { applyConfig, startEngine } from './support/engine.ts';
import { CLOSED_PORT } from './support/free-port.ts';
import { ask, KINDS, openWebSocket } from './support/kinds.ts';
import { startProcesses } from './support/mortal-processes.ts';
import { isInstalled } from './support/other-proxies.ts';
import { until } from './support/until.ts';
import { wrk } from './support/wrk.ts';

async function engineFor(backends: readonly { name: string; url: string }[], pool: object) {
  const entries = backends.map(({ name, url }) => ({ name, url }));
  const engine = await startEngine([], { pool: { ...pool, backends: entries } });
  onTestFinished(engine.close);
  const backend = (name: string) => engine.engine.state().pools[0]?.backends.find((item) => item.name === name);
  return { ...engine, address: `127.0.0.1:${engine.port}`, backend };
}

test.skipIf(!isInstalled('wrk'))(
  'one of three is killed -9 every two seconds under wrk -c64: not one GET fails',
  { timeout: 40_000 },
  async () => {
    const processes = await startProcesses('abc');
    const { address, backend } = await engineFor(processes.backends, {});
    const load = wrk(`http://${address}/`, { connections: 64, seconds: 9 });
    for (const name of ['a', 'b', 'c', 'a']) {
      await sleep(1000);
      await processes.kill(name);
      await sleep(1000);
      await processes.restart(name);
    }
    const { requests, failed, socketErrors } = await load;
    expect({ failed, socketErrors }).toEqual({ failed: 0, socketErrors: 0 });
    expect(requests).toBeGreaterThan(1000);
    await until(() => ['a', 'b', 'c'].every((name) => backend(name)?.available));
    expect(backend('a')?.failures).toBeGreaterThan(0);
  },
);

test('F2 killed while its connections idle: the next GETs and a POST are answered', async () => {
  const processes = await startProcesses('ab');
  const { address } = await engineFor(processes.backends, {});
  for (let i = 0; i < 4; i++) await send(address);
  await processes.kill('a');
  for (let i = 0; i < 10; i++) expect((await send(address)).text).toBe('b');
  expect((await send(address, '/', { method: 'POST', body: 'x' })).text).toBe('b');
});

test('F5 stopped: out after three timeouts, back when it goes on', async () => {
  const processes = await startProcesses('ab');
  const { address, backend } = await engineFor(processes.backends, {
    timeouts: { head: '150ms' },
    retry: { on: ['connect', 'reset', 'timeout'] },
    healthCheck: { interval: '100ms', timeout: '100ms', rise: 2, fall: 2 },
  });
  await until(() => backend('a')?.health === 'healthy' && backend('b')?.health === 'healthy');
  processes.pause('a');
  for (let i = 0; i < 4; i++) expect((await send(address)).text).toBe('b');
  await until(() => backend('a')?.health === 'unhealthy');
  expect(backend('a')?.reason).toMatch(/^(ejected|fall 2\/2: no answer within 100 ms)/);
  processes.resume('a');
  await until(() => backend('a')?.available === true);
});

test('F28 all down: at once 502 with the reason, 503 when checks know, and back by themselves', async () => {
  const processes = await startProcesses('ab');
  const { address, backend } = await engineFor(processes.backends, {
    healthCheck: { interval: '50ms', timeout: '100ms', rise: 1, fall: 2 },
  });
  await until(() => backend('b')?.health === 'healthy');
  await processes.kill('a');
  await processes.kill('b');
  expect((await send(address)).status).toBeGreaterThanOrEqual(502);
  await until(() => backend('a')?.health === 'unhealthy' && backend('b')?.health === 'unhealthy');
  const { status, text } = await send(address);
  expect(status).toBe(503);
  expect(text).toMatch(/a: fall 2\/2: connection refused; b: fall 2\/2: connection refused/);
  await processes.restart('a');
  await until(async () => (await send(address)).text === 'a');
});

test('flapping: killed and restarted ten times while requests go on, none fails', async () => {
  const processes = await startProcesses('ab');
  const { address } = await engineFor(processes.backends, {});
  let over = false;
  const answers = new Set<string>();
  const client = async () => {
    while (!over) {
      const { status } = await send(address);
      answers.add(String(status));
    }
  };
  const clients = Array.from({ length: 4 }, client);
  for (let i = 0; i < 10; i++) {
    await processes.kill('a');
    await processes.restart('a');
  }
  over = true;
  await Promise.all(clients);
  expect([...answers]).toEqual(['200']);
});

test('retries whose answers have begun use up no budget: WebSockets that were tried again stay open, others are tried again', async () => {
  const processes = await startProcesses('b');
  const dead = { name: 'a', url: `http://127.0.0.1:${CLOSED_PORT}` };
  const { engine, port } = await engineFor([dead, ...processes.backends], { policy: 'first', ejection: false });
  for (let i = 0; i < 4; i++) await openWebSocket(port);
  for (const kind of KINDS) expect(await ask(port, kind)).toMatch(/^(200|101) b$/);
  expect(await engine.metrics()).toMatch(/^switchyard_retries_in_flight 0$/m);
});

test('F29 a client that leaves takes its request to the backend with it', async () => {
  let left = 0;
  const backend = await startBackend('a', (incoming) => void incoming.socket.once('close', () => left++));
  onTestFinished(() => backend.close());
  const { port, backend: status } = await engineFor([backend], {});
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  await until(() => backend.requests === 1);
  socket.resetAndDestroy();
  await until(() => left === 1 && status('a')?.inFlight === 0);
  expect(status('a')?.failures).toBe(0);
});

test('F34 least_request: a slow backend gets little, and every answer is counted once', async () => {
  const slow = await startBackend(
    'a',
    (_incoming, response) => void setTimeout(() => response.end('{"backend":"a"}'), 60),
  );
  const quick = await startBackend('b', (_incoming, response) => void response.end('{"backend":"b"}'));
  onTestFinished(async () => {
    await slow.close();
    await quick.close();
  });
  const { address, backend } = await engineFor([slow, quick], { policy: 'least_request' });
  await Promise.all(Array.from({ length: 8 }, () => answeredBy(address, 25)));
  expect(slow.requests + quick.requests).toBe(200);
  expect((backend('a')?.requests ?? 0) + (backend('b')?.requests ?? 0)).toBe(200);
  expect(slow.requests).toBeGreaterThan(0);
  expect(slow.requests).toBeLessThan(80);
});

test('F36 the check is fine, the application hangs: at most three requests pay for it', async () => {
  const hanging = await startBackend('a', () => {});
  const sound = await startBackend('b');
  onTestFinished(async () => {
    await hanging.close();
    await sound.close();
  });
  const { address } = await engineFor([hanging, sound], {
    healthCheck: { path: '/healthz', interval: '60s' },
    timeouts: { head: '100ms' },
    ejection: { baseTime: '60s', maxTime: '60s' },
  });
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await send(address)).status);
  expect(statuses.filter((status) => status === 504)).toHaveLength(3);
  expect(statuses.slice(-5)).toEqual([200, 200, 200, 200, 200]);
});

test('F37 twenty configs while requests go on: none fails, the last one counts', async () => {
  const backends = [await startBackend('a'), await startBackend('b')];
  onTestFinished(async () => {
    for (const backend of backends) await backend.close();
  });
  const { engine, address } = await engineFor(backends, {});
  let over = false;
  const statuses = new Set<number>();
  const clients = Array.from({ length: 8 }, async () => {
    while (!over) statuses.add((await send(address)).status);
  });
  for (let i = 0; i < 20; i++) {
    const entries = backends.map(({ name, url }, at) => ({ name, url, weight: 1 + ((i + at) % 3) }));
    await applyConfig(
      engine,
      {
        listeners: { gateway: { address: '127.0.0.1:0' } },
        routes: [{ name: 'all', pool: 'p' }],
        pools: {
          p: {
            policy: i % 2 ? 'least_request' : 'ketama',
            hash: { on: 'uri' },
            backends: i === 19 ? entries.slice(1) : entries,
          },
        },
      },
      '.',
    );
  }
  over = true;
  await Promise.all(clients);
  expect([...statuses]).toEqual([200]);
  expect(await answeredBy(address, 3)).toEqual(['b', 'b', 'b']);
});

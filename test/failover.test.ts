/** Backends die, hang and come back while traffic flows. */
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startApplication } from './support/application.ts';
import { send } from './support/backend.ts';
import { attemptsAt, recorded, startEngine } from './support/engine.ts';
import { FakeClock } from './support/fake-clock.ts';
import { CLOSED_PORT } from './support/free-port.ts';
import { ask, KINDS, type Kind, openWebSocket } from './support/kinds.ts';
import { startProcesses } from './support/mortal-processes.ts';
import { until } from './support/until.ts';
import { startWrk } from './support/wrk.ts';

async function engineFor(backends: readonly { name: string; url: string }[], pool: object, clock?: FakeClock) {
  const entries = backends.map(({ name, url }) => ({ name, url }));
  const engine = await startEngine([], { pool: { ...pool, backends: entries }, ...(clock && { clock }) });
  onTestFinished(engine.close);
  const backend = (name: string) => engine.engine.state().pools[0]?.backends.find((item) => item.name === name);
  return { ...engine, address: `127.0.0.1:${engine.port}`, backend };
}

test('one of three is killed -9 and comes back, again and again, under wrk -c64: not one GET fails', async () => {
  const processes = await startProcesses('abc');
  const { address, backend } = await engineFor(processes.backends, {});
  const load = startWrk(`http://${address}/`, 64);
  for (const name of 'abcab') {
    const { requests = 0, failures = 0 } = backend(name) ?? {};
    await until(() => (backend(name)?.requests ?? 0) > requests + 100);
    await processes.kill(name);
    await until(() => (backend(name)?.failures ?? 0) > failures && !backend(name)?.available);
    await processes.restart(name);
    await until(() => backend(name)?.available === true);
  }
  const { requests, failed, socketErrors } = await load.stop();
  expect({ failed, socketErrors }).toEqual({ failed: 0, socketErrors: 0 });
  expect(requests).toBeGreaterThan(500);
});

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
  const clock = new FakeClock();
  const pool = {
    timeouts: { head: '1s' },
    retry: { on: ['connect', 'reset', 'timeout'], backoff: { base: '0ms', max: '0ms' } },
    healthCheck: { interval: '1s', timeout: '1s', rise: 2, fall: 2 },
  };
  const { address, backend } = await engineFor(processes.backends, pool, clock);
  const inTime = (holds: () => boolean) =>
    until(() => {
      clock.advance(100);
      return holds();
    });
  await inTime(() => backend('a')?.health === 'healthy' && backend('b')?.health === 'healthy');
  processes.pause('a');
  for (let i = 0; i < 4; i++) {
    let over = false;
    const reply = send(address).finally(() => (over = true));
    // Time passes for a only: b answers in none.
    await until(() => {
      clock.advance(backend('a')?.inFlight ? 1000 : 0);
      return over;
    });
    expect((await reply).text).toBe('b');
  }
  await inTime(() => backend('a')?.health === 'unhealthy');
  expect(backend('a')?.reason).toMatch(/^(ejected|fall 2\/2: no answer within 1)/);
  processes.resume('a');
  await inTime(() => backend('a')?.available === true);
});

test('F28 all down: at once 502 with the reason, 503 when checks know, and back by themselves', async () => {
  const processes = await startProcesses('ab');
  const { address, backend } = await engineFor(processes.backends, {
    healthCheck: { interval: '50ms', timeout: '10s', rise: 1, fall: 2 },
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

const LEAVING_KINDS: [Kind, string][] = [
  ['get', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['post', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none'],
  ['streamed', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n'],
  ['websocket', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
];

test.each(LEAVING_KINDS.flatMap(([kind, text]) => (['RST', 'FIN'] as const).map((how) => [kind, how, text] as const)))(
  'F29 %s: a client that leaves by %s before its answer takes it away from the backend at once, which is not blamed',
  async (_kind, how, text) => {
    const application = await startApplication('a');
    application.delayMs = Number.POSITIVE_INFINITY;
    const clock = new FakeClock();
    const { engine, port, backend: status } = await engineFor([application], {}, clock);
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    await until(() => application.requests === 1);
    if (how === 'RST') socket.resetAndDestroy();
    else socket.destroy();
    await until(() => {
      // After FIN it is asked within 100 ms whether it is still there, and a moment later its system has answered.
      if (how === 'FIN') clock.advance(5);
      return application.connections === 0 && status('a')?.inFlight === 0;
    });
    expect(await attemptsAt(engine, '/')).toBe('a CLIENT_GONE');
    const { durationMs } = await recorded(engine);
    if (how === 'RST') expect(durationMs).toBe(0);
    else expect(durationMs).toBeGreaterThanOrEqual(105);
    expect(status('a')).toMatchObject({ failures: 0, available: true });
  },
);

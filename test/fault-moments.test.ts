/** Failures that come at a moment, for each kind of request: on a used connection, in a session, each second, everywhere at once. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { attemptsAt, recorded, startEngine } from './support/engine.ts';
import { FakeClock, withoutTime } from './support/fake-clock.ts';
import { backendProcess, closedPort, type Faulty, healthyBackend, onReuse } from './support/faulty-backends.ts';
import { freePort, OWN_HOST } from './support/free-port.ts';
import { ask, KINDS, type Kind, openWebSocket } from './support/kinds.ts';
import { startProcesses } from './support/mortal-processes.ts';
import { startRawBackend } from './support/raw.ts';
import { until } from './support/until.ts';

async function engineFor(backends: readonly { name: string; url: string }[], pool: object = {}, clock?: FakeClock) {
  const entries = backends.map(({ name, url }) => ({ name, url }));
  const started = await startEngine([], { pool: { ...pool, backends: entries }, ...(clock && { clock }) });
  onTestFinished(started.close);
  return started;
}

async function named(backends: Record<string, Promise<Faulty>>) {
  return Promise.all(
    Object.entries(backends).map(async ([name, starting]) => {
      const { url, close } = await starting;
      onTestFinished(close);
      return { name, url };
    }),
  );
}

const RETRIED: Record<Kind, string> = {
  get: '200 b | a RESET, b 200',
  websocket: '101 b | a RESET, b 101',
  post: '502 RESET | a RESET',
  streamed: '502 RESET | a RESET',
};

test.each([
  ['closes', (socket: { end(): unknown }) => void socket.end()],
  ['is reset', (socket: { resetAndDestroy(): unknown }) => void socket.resetAndDestroy()],
] as const)('F2 a kept connection %s as a request comes on it', async (_how, act) => {
  for (const kind of KINDS) {
    const backends = await named({ a: onReuse(act), b: healthyBackend() });
    const { engine, port } = await engineFor(backends, { policy: 'first', ejection: false });
    expect(await ask(port, 'get', '/first')).toBe('200 a');
    expect(`${await ask(port, kind, `/${kind}`)} | ${await attemptsAt(engine, `/${kind}`)}`).toBe(RETRIED[kind]);
  }
});

test('F2 all kept connections are dead: the second try goes over a new one', async () => {
  const kept: Socket[] = [];
  const backend = await startRawBackend((socket) => {
    if (kept.includes(socket)) socket.resetAndDestroy();
    else kept.push(socket);
    const answered = kept.length === 4 ? kept : kept.slice(4);
    for (const one of answered) one.write('HTTP/1.1 204 No Content\r\n\r\n');
  });
  onTestFinished(() => backend.close());
  const { engine, port } = await engineFor([{ name: 'a', url: `http://127.0.0.1:${backend.port}` }]);
  await Promise.all([1, 2, 3, 4].map((i) => ask(port, 'get', `/${i}`)));
  await ask(port, 'get', '/after');
  expect(await attemptsAt(engine, '/after')).toBe('a RESET, a 204');
});

test('F2 a kept connection is dead, and one comes free that will be: the second try goes over a new one', async () => {
  const kept: Socket[] = [];
  const answer = (socket: Socket | undefined) => socket?.write('HTTP/1.1 204 No Content\r\n\r\n');
  const backend = await startRawBackend((socket) => {
    if (kept.includes(socket)) {
      socket.resetAndDestroy();
      setImmediate(() => answer(kept[0]));
    } else if (kept.push(socket) > 1) answer(socket);
  });
  onTestFinished(() => backend.close());
  const { engine, port } = await engineFor([{ name: 'a', url: `http://127.0.0.1:${backend.port}` }]);
  const held = ask(port, 'get', '/held');
  await until(() => kept.length === 1);
  await ask(port, 'get', '/1');
  await ask(port, 'get', '/after');
  await held;
  expect(await attemptsAt(engine, '/after')).toBe('a RESET, a 204');
});

test('F3 killed -9 again and again while everything arrives: no POST is executed twice, no GET fails', async () => {
  const processes = await startProcesses('abc', { TELL: '1' });
  const { engine, port } = await engineFor(processes.backends);
  let over = false;
  let count = 0;
  const answers: { kind: Kind; id: string; answer: string }[] = [];
  const client = async (kind: Kind) => {
    while (!over) {
      const id = `${kind}-${count++}`;
      answers.push({ kind, id, answer: await ask(port, kind, `/${id}`, { 'x-id': id }) });
    }
  };
  const clients = [...KINDS, ...KINDS].map(client);
  for (const name of 'abca') {
    await processes.kill(name);
    await processes.restart(name);
    await until(() => engine.state().pools[0]?.backends.every(({ available }) => available) ?? false);
  }
  over = true;
  await Promise.all(clients);
  const posts = processes.readIds().filter((id) => /^(post|streamed)/.test(id));
  expect(posts.length).toBeGreaterThan(10);
  expect(posts.filter((id, i) => posts.indexOf(id) !== i)).toEqual([]);
  const wrong = answers.filter(({ kind, answer }) => !/^(200|101) [abc]$/.test(answer) && !isPostTold(kind, answer));
  expect(wrong).toEqual([]);
});

/** A POST that was on its way to the dead one is told so, or cut when its answer had begun. */
function isPostTold(kind: Kind, answer: string): boolean {
  return (kind === 'post' || kind === 'streamed') && (answer === '502 RESET' || answer === 'cut');
}

test('F4 killed -9 in the middle of a WebSocket: the client is cut off, the exchange and what is in flight end', async () => {
  const processes = await startProcesses('ab');
  const { engine, port } = await engineFor(processes.backends, { policy: 'first' });
  const socket = await openWebSocket(port);
  const frame = Buffer.from([0x81, 0x80, 1, 2, 3, 4]);
  socket.write(frame);
  expect((await once(socket, 'data'))[0]).toEqual(frame);
  const closed = once(socket, 'close');
  await processes.kill('a');
  await closed;
  expect(await attemptsAt(engine, '/')).toBe('a 101');
  expect(engine.state().pools[0]?.backends.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  expect(await ask(port, 'websocket')).toBe('101 b');
});

test('F28 all down: each kind is told so after three tries and their back-off, and at once when checks know', async () => {
  const clock = new FakeClock();
  const backends = await named({ a: closedPort(), b: closedPort() });
  const pool = { policy: 'first', ejection: false, retry: { backoff: { base: '0ms', max: '0ms' } } };
  const unchecked = await engineFor(backends, pool, clock);
  const checked = await engineFor(backends, { healthCheck: { type: 'tcp' } }, clock);
  await until(() => checked.engine.state().pools[0]?.backends.every(({ health }) => health === 'unhealthy') ?? false);
  const resultOf = async ({ engine, port }: typeof checked, kind: Kind) => {
    const path = `/${kind}`;
    const answer = await withoutTime(clock, ask(port, kind, path));
    const { durationMs } = await recorded(engine, (row) => row.path === path);
    return `${answer} | ${await attemptsAt(engine, path)} | ${durationMs} ms`;
  };
  for (const kind of KINDS) {
    const tries = 'a CONNECT_REFUSED, b CONNECT_REFUSED, a CONNECT_REFUSED';
    expect(await resultOf(unchecked, kind)).toBe(`502 CONNECT_REFUSED | ${tries} | 0 ms`);
    expect(await resultOf(checked, kind)).toBe('503 NO_BACKEND |  | 0 ms');
  }
});

test.each(KINDS)('back up during a retry: %s finds it', async (kind) => {
  const port = await freePort(OWN_HOST);
  const gateway = await engineFor([{ name: 'a', url: `http://${OWN_HOST}:${port}` }], {
    retry: { attempts: 16, backoff: { base: '50ms', max: '1s' } },
  });
  const reply = ask(gateway.port, kind, '/back');
  const { child } = await backendProcess({ HOST: OWN_HOST, PORT: String(port) });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await reply).toBe(kind === 'websocket' ? '101 a' : '200 a');
  expect(await attemptsAt(gateway.engine, '/back')).toMatch(/^(a CONNECT_REFUSED, )+a (200|101)$/);
});

test('flapping each second: up or down, no GET and no WebSocket fails, a POST only when it was on its way', async () => {
  const processes = await startProcesses('ab');
  const { port } = await engineFor(processes.backends);
  let over = false;
  const wrong: string[] = [];
  const clients = KINDS.map(async (kind) => {
    while (!over) {
      const answer = await ask(port, kind);
      if (!/^(200|101) [ab]$/.test(answer) && !isPostTold(kind, answer)) wrong.push(`${kind}: ${answer}`);
    }
  });
  for (let second = 0; second < 4; second++) {
    if (second % 2) await processes.restart('a');
    else await processes.kill('a');
    await sleep(1000);
  }
  over = true;
  await Promise.all(clients);
  expect(wrong).toEqual([]);
});

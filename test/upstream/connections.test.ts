import { createServer as createHttp1, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import { type Answer, type Backend, type Reply, send, startBackend } from '../support/backend.ts';
import { applyConfig, recorded, recordedRows, startEngine, type TestEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT, freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Holding {
  backend: Backend;
  /** Responses that are still open, the oldest first. */
  held: ServerResponse[];
  sockets: Set<unknown>;
}

/** A backend that answers when the test says so; `/now` at once. */
async function startHolding(headers: Record<string, string> = {}): Promise<Holding> {
  const held: ServerResponse[] = [];
  const sockets = new Set<unknown>();
  const answer: Answer = (incoming, response) => {
    sockets.add(incoming.socket);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (incoming.url === '/now') response.end('now');
    else held.push(response);
  };
  const backend = await startBackend('a', answer);
  cleanUps.push(() => backend.close());
  return { backend, held, sockets };
}

async function engineFor(
  ports: readonly number[],
  pool: object,
  clock?: FakeClock,
  rules: ConfigDocument['rules'] = [],
): Promise<TestEngine> {
  const engine = await startEngine(ports, { pool, rules, ...(clock && { clock }) });
  cleanUps.push(() => engine.close());
  return engine;
}

function documentFor(port: number) {
  return {
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { slowStart: '1s', backends: [{ name: 'a', url: `http://127.0.0.1:${port}` }] } },
  };
}

const statusOf = ({ engine }: TestEngine) => engine.state().pools[0];

function codes(replies: readonly Reply[]): string[] {
  return replies.map(({ status, headers }) => `${status} ${headers['x-switchyard-error'] ?? ''}`.trim());
}

test('a connection carries one exchange after the other', async () => {
  const { backend, sockets } = await startHolding();
  const engine = await engineFor([backend.port], {});
  for (let i = 0; i < 5; i++) await send(`127.0.0.1:${engine.port}`, '/now');
  expect(sockets.size).toBe(1);
});

test('perBackend bounds the connections; who finds none free waits its turn', async () => {
  const { backend, held, sockets } = await startHolding();
  const engine = await engineFor([backend.port], { connections: { perBackend: 2 } });
  const replies = Array.from({ length: 5 }, (_, i) => send(`127.0.0.1:${engine.port}`, `/${i}`));
  for (let answered = 0; answered < 5; answered++) {
    await until(() => held.length > 0);
    expect(held.length).toBeLessThanOrEqual(2);
    held.shift()?.end('ok');
  }
  expect(codes(await Promise.all(replies))).toEqual(Array(5).fill('200'));
  expect(sockets.size).toBe(2);
});

test('who waits for a connection longer than a connect may take gets 503, and the backend is not blamed', async () => {
  const clock = new FakeClock();
  const { backend, held } = await startHolding();
  const engine = await engineFor(
    [backend.port],
    { connections: { perBackend: 1 }, timeouts: { connect: '2s' } },
    clock,
  );
  const first = send(`127.0.0.1:${engine.port}`, '/0');
  await until(() => held.length === 1);
  const second = send(`127.0.0.1:${engine.port}`, '/1');
  await until(() => statusOf(engine)?.queued === 1);
  clock.advance(2000);
  const given = await second;
  expect(codes([given])).toEqual(['503 QUEUE_TIMEOUT']);
  expect(given.text).toContain('a: full: 1 of 1 connections');
  held.shift()?.end('ok');
  expect(codes([await first])).toEqual(['200']);
  expect(statusOf(engine)?.backends[0]?.failures).toBe(0);
});

test('a backend whose connections are all busy is full: others are picked, until one comes free', async () => {
  const one = await startHolding();
  const two = await startHolding();
  const engine = await engineFor([one.backend.port, two.backend.port], {
    policy: 'first',
    connections: { perBackend: 2 },
  });
  const busy = [send(`127.0.0.1:${engine.port}`), send(`127.0.0.1:${engine.port}`)];
  await until(() => one.held.length === 2);
  expect(statusOf(engine)?.backends[0]).toMatchObject({ available: false, reason: 'full: 2 of 2 connections' });
  for (let i = 0; i < 5; i++) await send(`127.0.0.1:${engine.port}`, '/now');
  expect([one.backend.requests, two.backend.requests]).toEqual([2, 5]);
  for (const response of one.held) response.end();
  await Promise.all(busy);
  await until(() => statusOf(engine)?.backends[0]?.reason === 'ready');
  await send(`127.0.0.1:${engine.port}`, '/now');
  expect([one.backend.requests, two.backend.requests]).toEqual([3, 5]);
});

test('who finds no connection although it was picked for one is told as waiting until one is free', async () => {
  const clock = new FakeClock();
  const { backend, held } = await startHolding();
  const engine = await engineFor([backend.port], { connections: { perBackend: 1 } }, clock);
  const pool = engine.engine.pool('p');
  // Both are picked before either of them takes the connection.
  if (pool?.backends[0]) pool.setFault(pool.backends[0], { latencyMs: 100 });
  const replies = [0, 1].map((i) => send(`127.0.0.1:${engine.port}`, `/${i}`));
  await until(() => statusOf(engine)?.backends[0]?.inFlight === 2);
  clock.advance(100);
  await until(() => held.length === 1);
  clock.advance(500);
  held.shift()?.end();
  await until(() => held.length === 1);
  held.shift()?.end();
  expect(codes(await Promise.all(replies))).toEqual(['200', '200']);
  const both = await Promise.all(
    (await recordedRows(engine.engine)).map(({ id }) => recorded(engine.engine, (row) => row.id === id)),
  );
  const timings = both.map(({ attempts }) => attempts[0]?.timings);
  expect(timings.map((one) => one && [one.blocked, one.connect, one.send])).toEqual([
    [100, 0, 0],
    [600, -1, 0],
  ]);
});

test('`queue` bounds those who wait for a connection as well; a connection that dies makes room', async () => {
  const { backend, held } = await startHolding();
  const engine = await engineFor([backend.port], { connections: { perBackend: 1, queue: 1 }, retry: { attempts: 1 } });
  const first = send(`127.0.0.1:${engine.port}`, '/0');
  await until(() => held.length === 1);
  const second = send(`127.0.0.1:${engine.port}`, '/now');
  await until(() => statusOf(engine)?.queued === 1);
  expect(codes([await send(`127.0.0.1:${engine.port}`)])).toEqual(['503 QUEUE_FULL']);
  held.shift()?.socket?.destroy();
  expect(codes(await Promise.all([first, second]))).toEqual(['502 RESET', '200']);
});

test.each([
  ['connections', { perBackend: 1 }],
  ['exchanges', { maxInFlight: 1, queue: 10 }],
])(
  'a retry waits for a backend whose %s are busy rather than asking again the one that is dead',
  async (_of, connections) => {
    const { backend, held } = await startHolding();
    const engine = await engineFor([CLOSED_PORT, backend.port], { policy: 'first', ejection: false, connections });
    const first = send(`127.0.0.1:${engine.port}`, '/0');
    await until(() => held.length === 1);
    const second = send(`127.0.0.1:${engine.port}`, '/now');
    await until(() => statusOf(engine)?.queued === 1);
    held.shift()?.end();
    expect(codes(await Promise.all([first, second]))).toEqual(['200', '200']);
  },
);

test.each([
  ['connections', { perBackend: 1 }],
  ['exchanges', { maxInFlight: 1, queue: 10 }],
])(
  'retries that wait for %s of a busy backend are not woken by room at the one that they have tried',
  async (_of, connections) => {
    const { backend, held } = await startHolding();
    const failing = await startBackend('f', (_request, response) => void response.writeHead(503).end());
    cleanUps.push(() => failing.close());
    const retry = { on: [503] };
    const engine = await engineFor([failing.port, backend.port], {
      policy: 'first',
      ejection: false,
      retry,
      connections,
    });
    const busy = send(`127.0.0.1:${engine.port}`, '/hold');
    await until(() => held.length === 1);
    const waiting: Promise<Reply>[] = [];
    for (let i = 1; i <= 2; i++) {
      waiting.push(send(`127.0.0.1:${engine.port}`, '/now'));
      await until(() => statusOf(engine)?.queued === i);
    }
    // Three retries are all that may be under way: what this one got goes to its client.
    expect((await send(`127.0.0.1:${engine.port}`, '/over')).status).toBe(503);
    expect((await recorded(engine.engine, ({ path }) => path === '/over')).mark?.note).toContain('no retry budget');
    held.shift()?.end();
    expect(codes(await Promise.all([busy, ...waiting]))).toEqual(Array(3).fill('200'));
    const { attempts } = await recorded(engine.engine, ({ path }) => path === '/now');
    expect(attempts.map(({ backend, status }) => [backend, status])).toEqual([
      ['a', 503],
      ['b', 200],
    ]);
  },
);

test('an ejected backend is left alone while another one is only busy', async () => {
  const { backend, held } = await startHolding();
  const dying = await startBackend('d', (incoming) => void incoming.socket.destroy());
  cleanUps.push(() => dying.close());
  const pool = { policy: 'first', ejection: { consecutiveFailures: 1 }, connections: { perBackend: 1 } };
  const engine = await engineFor([dying.port, backend.port], pool);
  await send(`127.0.0.1:${engine.port}`, '/now');
  const busy = send(`127.0.0.1:${engine.port}`, '/hold');
  await until(() => held.length === 1);
  const waiting = send(`127.0.0.1:${engine.port}`, '/now');
  await until(() => statusOf(engine)?.queued === 1);
  held.shift()?.end();
  expect(codes(await Promise.all([busy, waiting]))).toEqual(['200', '200']);
  expect(dying.requests).toBe(1);
});

test('a retry that waits for a busy backend gives up in time, however often room comes free elsewhere', async () => {
  const clock = new FakeClock();
  const { backend, held } = await startHolding();
  const failing = await startBackend('f', (_request, response) => void response.writeHead(503).end());
  cleanUps.push(() => failing.close());
  const pool = {
    policy: 'first',
    ejection: false,
    retry: { on: [503], backoff: { base: '0ms', max: '0ms' } },
    connections: { perBackend: 1 },
    timeouts: { connect: '2s' },
  };
  const engine = await engineFor([failing.port, backend.port], pool, clock);
  const toBusy = send(`127.0.0.1:${engine.port}`, '/hold').catch(() => null);
  await until(() => {
    clock.advance(0);
    return held.length === 1;
  });
  const waiting = send(`127.0.0.1:${engine.port}`, '/waits');
  await until(() => {
    clock.advance(0);
    return statusOf(engine)?.queued === 1;
  });
  for (let i = 0; i < 4; i++) {
    clock.advance(500);
    engine.engine.pool('p')?.waitingRoom.wake();
    await Promise.resolve();
  }
  expect(codes([await waiting])).toEqual(['503 QUEUE_TIMEOUT']);
  held.shift()?.end();
  await toBusy;
});

test('with `maxInFlight` and no `queue` nothing waits: a retry asks the one that it has tried again, and says so', async () => {
  const { backend, held } = await startHolding();
  const failing = await startBackend('f', (_request, response) => void response.writeHead(503).end());
  cleanUps.push(() => failing.close());
  const pool = { policy: 'first', ejection: false, retry: { on: [503], attempts: 2 }, connections: { maxInFlight: 1 } };
  const engine = await engineFor([failing.port, backend.port], pool);
  const busy = send(`127.0.0.1:${engine.port}`, '/hold');
  await until(() => held.length === 1);
  expect((await send(`127.0.0.1:${engine.port}`, '/now')).status).toBe(503);
  const { attempts } = await recorded(engine.engine, ({ path }) => path === '/now');
  expect(attempts.map(({ why }) => why)).toEqual(['first', 'first, a already tried, no other is available']);
  held.shift()?.end();
  expect((await busy).status).toBe(200);
});

test.each([
  ['the pool says', {}, 3000, { connections: { idle: '3s' } }],
  ['the backend says, less a second', { 'keep-alive': 'timeout=5' }, 4000, { connections: { idle: '60s' } }],
] as const)('an idle connection is closed when %s', async (_name, headers, idleMs, pool) => {
  const clock = new FakeClock();
  const { backend, sockets } = await startHolding({ connection: 'keep-alive', ...headers });
  const engine = await engineFor([backend.port], pool, clock);
  await send(`127.0.0.1:${engine.port}`, '/now');
  clock.advance(idleMs - 200);
  await send(`127.0.0.1:${engine.port}`, '/now');
  expect(sockets.size).toBe(1);
  clock.advance(idleMs + 200);
  await send(`127.0.0.1:${engine.port}`, '/now');
  expect(sockets.size).toBe(2);
});

test('a new config closes what is idle at once and what is busy when it is done', async () => {
  const { backend, held, sockets } = await startHolding();
  const engine = await engineFor([backend.port], {});
  const busy = send(`127.0.0.1:${engine.port}`, '/busy');
  await until(() => held.length === 1);
  await send(`127.0.0.1:${engine.port}`, '/now');
  await applyConfig(engine.engine, documentFor(backend.port), '.');
  held.shift()?.end('done');
  expect((await busy).text).toBe('done');
  await until(() => [...sockets].every((socket) => (socket as { destroyed: boolean }).destroyed));
});

test.each([
  ['http1', () => createHttp1({ keepAliveTimeout: 0 }, (_request, response) => response.end('done'))],
  ['http2', () => createHttp2((_request, response) => response.end('done'))],
] as const)(
  'who chose its backend before the config changed has its first connection, by %s, which closes after that',
  async (protocol, create) => {
    const sockets = new Set<Socket>();
    const server = create();
    server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(async () => void server.close());
    const { port } = server.address() as AddressInfo;
    const { engine, port: listener } = await engineFor([port], { protocol });
    const client = connect(listener, '127.0.0.1');
    let answer = '';
    client.on('data', (data) => (answer += data));
    cleanUps.push(async () => void client.destroy());
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n');
    await until(() => engine.state().routes[0]?.hits === 1);
    await applyConfig(engine, documentFor(port), '.');
    client.write('ab');
    await until(() => answer.includes('done'));
    await until(() => sockets.size === 0);
  },
);

// ── full backends ────────────────────────────────────────────────────────────────────────────────────────────────────

test('maxInFlight without a queue: full backends are passed over, then 503', async () => {
  const one = await startHolding();
  const two = await startHolding();
  const engine = await engineFor([one.backend.port, two.backend.port], { connections: { maxInFlight: 1 } });
  const replies = [send(`127.0.0.1:${engine.port}`), send(`127.0.0.1:${engine.port}`)];
  await until(() => one.held.length === 1 && two.held.length === 1);
  const third = await send(`127.0.0.1:${engine.port}`);
  expect(codes([third])).toEqual(['503 NO_BACKEND']);
  expect(third.text).toContain('a: full: 1 of 1 in flight; b: full: 1 of 1 in flight');
  one.held.shift()?.end();
  two.held.shift()?.end();
  expect(codes(await Promise.all(replies))).toEqual(['200', '200']);
});

test('maxInFlight with a queue: they wait their turn, and no more than the queue holds', async () => {
  const { backend, held } = await startHolding();
  const engine = await engineFor([backend.port], { connections: { maxInFlight: 1, queue: 2 } });
  const replies: Promise<Reply>[] = [];
  const ask = (path: string) => replies.push(send(`127.0.0.1:${engine.port}`, path));
  ask('/0');
  await until(() => held.length === 1);
  ask('/1');
  await until(() => statusOf(engine)?.queued === 1);
  ask('/2');
  await until(() => statusOf(engine)?.queued === 2);
  expect(codes([await send(`127.0.0.1:${engine.port}`, '/3')])).toEqual(['503 QUEUE_FULL']);
  for (const path of ['/0', '/1', '/2']) {
    await until(() => held.length === 1);
    expect(held[0]?.req.url).toBe(path);
    held.shift()?.end('ok');
  }
  expect(codes(await Promise.all(replies))).toEqual(['200', '200', '200']);
  expect(statusOf(engine)?.queued).toBeUndefined();
});

test('the queue has a time limit', async () => {
  const clock = new FakeClock();
  const { backend, held } = await startHolding();
  const pool = { connections: { maxInFlight: 1, queue: 5 }, timeouts: { connect: '1500ms' } };
  const engine = await engineFor([backend.port], pool, clock);
  const first = send(`127.0.0.1:${engine.port}`);
  await until(() => held.length === 1);
  const second = send(`127.0.0.1:${engine.port}`);
  await until(() => statusOf(engine)?.queued === 1);
  clock.advance(1500);
  expect(codes([await second])).toEqual(['503 QUEUE_TIMEOUT']);
  held.shift()?.end();
  await first;
});

test('a backend that is switched on takes those who wait', async () => {
  const one = await startHolding();
  const two = await startHolding();
  const engine = await engineFor([one.backend.port, two.backend.port], { connections: { maxInFlight: 1, queue: 5 } });
  engine.engine.setBackendState('p', 'b', 'maint', 'test');
  const first = send(`127.0.0.1:${engine.port}`);
  await until(() => one.held.length === 1);
  const second = send(`127.0.0.1:${engine.port}`);
  await until(() => statusOf(engine)?.queued === 1);
  engine.engine.setBackendState('p', 'b', 'ready', 'test');
  await until(() => two.held.length === 1);
  two.held.shift()?.end();
  one.held.shift()?.end();
  expect(codes(await Promise.all([first, second]))).toEqual(['200', '200']);
});

// ── a backend that a rule asks for ───────────────────────────────────────────────────────────────────────────────────

const TO_A = [{ name: 'to a', match: 'path ^= /a', request: [{ backend: 'p/a' }] }];

test.each(['drain', 'maint'] as const)(
  'a rule does not reach a backend in %s, and the answer says so',
  async (state) => {
    const a = await startHolding();
    const b = await startHolding();
    const engine = await engineFor([a.backend.port, b.backend.port], {}, undefined, TO_A);
    engine.engine.setBackendState('p', 'a', state, 'test');
    const refused = await send(`127.0.0.1:${engine.port}`, '/a');
    expect(codes([refused])).toEqual(['503 NO_BACKEND']);
    expect(refused.text).toContain(`backend a of pool p, which alone is asked for, is not available: ${state} by test`);
    expect([a.backend.requests, b.backend.requests]).toEqual([0, 0]);
  },
);

test('a rule reaches a backend of weight 0', async () => {
  const { backend, held } = await startHolding();
  const engine = await engineFor([backend.port], {}, undefined, TO_A);
  engine.engine.setWeight('p', 'a', 0);
  const asked = send(`127.0.0.1:${engine.port}`, '/a');
  await until(() => held.length === 1);
  held.shift()?.end();
  expect(codes([await asked])).toEqual(['200']);
});

test('who is sent to a full backend by a rule waits for that one, and lets others pass', async () => {
  const a = await startHolding();
  const b = await startHolding();
  const pool = { policy: 'first', connections: { maxInFlight: 1, queue: 5 } };
  const engine = await engineFor([a.backend.port, b.backend.port], pool, undefined, TO_A);
  const ask = (path: string) => send(`127.0.0.1:${engine.port}`, path);
  const first = ask('/a/0');
  await until(() => a.held.length === 1);
  const second = ask('/a/1');
  await until(() => statusOf(engine)?.queued === 1);
  expect([(await ask('/now')).text, b.backend.requests, a.held.length]).toEqual(['now', 1, 1]);
  expect(statusOf(engine)?.queued).toBe(1);
  a.held.shift()?.end();
  await until(() => a.held.length === 1);
  expect(a.held[0]?.req.url).toBe('/a/1');
  a.held.shift()?.end();
  expect(codes(await Promise.all([first, second]))).toEqual(['200', '200']);
});

// ── leaks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test.each([
  ['for room in the pool', { maxInFlight: 1, queue: 5 }],
  ['for a connection', { perBackend: 1 }],
])('a client that leaves while it waits %s gives up its place at once', async (_what, connections) => {
  const { backend, held } = await startHolding();
  const pool = { connections, timeouts: { connect: '0s', head: '0s' } };
  const engine = await engineFor([backend.port], pool);
  const first = send(`127.0.0.1:${engine.port}`);
  await until(() => held.length === 1);
  const gone = new AbortController();
  const second = fetch(`http://127.0.0.1:${engine.port}/gone`, { signal: gone.signal }).catch(() => 'gone');
  const waiting = () => (statusOf(engine)?.queued ?? 0) + (statusOf(engine)?.backends[0]?.inFlight ?? 0);
  await until(() => waiting() === 2);
  const third = send(`127.0.0.1:${engine.port}`, '/third');
  await until(() => waiting() === 3);
  gone.abort();
  expect(await second).toBe('gone');
  expect(await recorded(engine.engine, ({ path }) => path === '/gone')).toMatchObject({
    error: { code: 'CLIENT_GONE' },
  });
  expect(waiting()).toBe(2);
  held.shift()?.end();
  await until(() => held.length === 1);
  expect(held[0]?.req.url).toBe('/third');
  held.shift()?.end();
  expect(codes(await Promise.all([first, third]))).toEqual(['200', '200']);
});

test('200 requests at a port where nobody listens leave no socket and no count', async () => {
  const engine = await engineFor([CLOSED_PORT, await freePort()], { ejection: false });
  const replies: Reply[] = [];
  for (let i = 0; i < 20; i++)
    replies.push(...(await Promise.all(Array.from({ length: 10 }, () => send(`127.0.0.1:${engine.port}`)))));
  expect(new Set(codes(replies))).toEqual(new Set(['502 CONNECT_REFUSED']));
  expect(statusOf(engine)?.backends.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  expect(await recordedRows(engine.engine)).toHaveLength(200);
  const metrics = await engine.engine.metrics();
  expect(metrics.match(/^switchyard_backend_connections.*$/gm)).toEqual([
    'switchyard_backend_connections{pool="p",backend="a"} 0',
    'switchyard_backend_connections{pool="p",backend="b"} 0',
  ]);
});

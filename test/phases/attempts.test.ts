/** What is sent again, and until when: the bound of the body that is kept, and the time of all attempts together. */
import { createHash, randomBytes } from 'node:crypto';
import { get, type OutgoingHttpHeaders, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import type { Pool } from '../../proxy-engine/balancer/pool.ts';
import { send, startBackend } from '../support/backend.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT, freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const KIB = 1024;
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Backend b answers with the hash of the body that it got. */
async function hashingBackend() {
  const backend = await startBackend('b', (incoming, response) => {
    const hash = createHash('sha256');
    incoming.on('data', (chunk: Buffer) => hash.update(chunk));
    incoming.once('end', () => response.end(hash.digest('hex')));
  });
  onTestFinished(() => backend.close());
  return backend;
}

/** Backend a resets when it has read so many bytes of the body. */
async function resettingBackend(bytes: number) {
  const backend = await startBackend('a', (incoming) => {
    let left = bytes;
    const take = (count: number) => {
      left -= count;
      if (left <= 0) incoming.socket.resetAndDestroy();
    };
    incoming.on('data', (chunk: Buffer) => take(chunk.length));
    take(0);
  });
  onTestFinished(() => backend.close());
  return backend;
}

async function gatewayFor(ports: readonly number[], retry: object = {}) {
  const { engine, port, close } = await startEngine(ports, { pool: { policy: 'first', ejection: false, retry } });
  onTestFinished(close);
  return { engine, port };
}

/** Sends `body` in pieces of 16 KiB, chunked unless `headers` announce its length; the answer's status and text. */
function upload(
  port: number,
  method: string,
  body: Buffer,
  headers: OutgoingHttpHeaders = {},
): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.once('end', () => resolve([response.statusCode, text]));
    });
    outgoing.once('error', reject);
    for (let at = 0; at < body.length; at += 16 * KIB) outgoing.write(body.subarray(at, at + 16 * KIB));
    outgoing.end();
  });
}

test.each([
  ['nothing', 0, {}, true],
  ['what just fits', 64 * KIB, {}, true],
  ['a byte more', 64 * KIB + 1, {}, false],
  ['more, where more is kept', 300 * KIB, { bufferBytes: '512KiB' }, true],
  ['a byte, where nothing is kept', 1, { bufferBytes: '0KiB' }, false],
] as const)('a PUT whose backend dies when it has read %s', async (_what, size, retry, again) => {
  const [a, b] = [await resettingBackend(size), await hashingBackend()];
  const { engine, port } = await gatewayFor([a.port, b.port], retry);
  const body = randomBytes(size);
  const [status, text] = await upload(port, 'PUT', body);
  expect([status, again ? text : '']).toEqual(again ? [200, hashOf(body)] : [502, '']);
  const { attempts } = await recorded(engine);
  expect(attempts.map(({ backend }) => backend)).toEqual(again ? ['a', 'b'] : ['a']);
});

test('a body in reads as large as they get is sent again as it came', async () => {
  const size = 600 * KIB;
  const [a, b] = [await resettingBackend(size), await hashingBackend()];
  const { port } = await gatewayFor([a.port, b.port], { bufferBytes: '1MiB' });
  const body = randomBytes(size);
  expect(await upload(port, 'PUT', body, { 'content-length': size })).toEqual([200, hashOf(body)]);
});

test('a POST of any length is sent elsewhere as long as nothing of it was sent', async () => {
  const b = await hashingBackend();
  const { port } = await gatewayFor([CLOSED_PORT, b.port]);
  const body = randomBytes(5 * KIB * KIB);
  expect(await upload(port, 'POST', body)).toEqual([200, hashOf(body)]);
});

test('all attempts and the time between them are within the total', async () => {
  const { engine, port, close } = await startEngine([CLOSED_PORT, await freePort()], {
    pool: {
      ejection: false,
      timeouts: { total: '100ms' },
      retry: { attempts: 16, backoff: { base: '10s', max: '10s' } },
    },
  });
  onTestFinished(close);
  const [status] = await upload(port, 'GET', Buffer.alloc(0));
  expect(status).toBe(504);
  expect(await recorded(engine)).toMatchObject({ error: { code: 'TOTAL_TIMEOUT' } });
});

test.each([
  ['is listed in retry.on: three eject', 'GET', { on: [503] }, 3],
  ['is listed, yet not tried again because of the method: three eject', 'POST', { on: [503] }, 3],
  ['is listed, yet not tried again because no attempt is left: three eject', 'GET', { on: [503], attempts: 1 }, 3],
  ['is passed on: it is an answer like any other', 'GET', { on: ['reset'] }, 6],
] as const)('a status that %s', async (_what, method, retry, asked) => {
  const busy = await startBackend('a', (_incoming, response) => void response.writeHead(503).end());
  onTestFinished(() => busy.close());
  const b = await hashingBackend();
  const { engine, port, close } = await startEngine([busy.port, b.port], {
    pool: { policy: 'first', retry: { ...retry, on: [...retry.on] }, ejection: { baseTime: '60s', maxTime: '60s' } },
  });
  onTestFinished(close);
  for (let i = 0; i < 6; i++) await upload(port, method, Buffer.alloc(0));
  expect(busy.requests).toBe(asked);
  const reason = engine.state().pools[0]?.backends[0]?.reason;
  expect(reason).toMatch(asked === 3 ? /^ejected 60 s: 3× answered 503$/ : /^ready$/);
});

test('a pool whose retries hang leaves the budget of another one alone, and nothing stays counted', async () => {
  const b = await hashingBackend();
  const silent = await startBackend('silent', () => {});
  onTestFinished(() => silent.close());
  const poolOf = (url: string) => ({
    policy: 'first' as const,
    ejection: false as const,
    backends: [{ url: `http://127.0.0.1:${CLOSED_PORT}` }, { url }],
  });
  const { engine, port, close } = await startEngine([], {
    pool: poolOf(b.url),
    pools: { hanging: poolOf(silent.url) },
    routes: [
      { name: 'hanging', match: 'path = /hanging', pool: 'hanging' },
      { name: 'all', pool: 'p' },
    ],
  });
  onTestFinished(close);
  const clients = Array.from({ length: 3 }, () => get({ port, path: '/hanging', agent: false }).on('error', () => {}));
  await until(() => silent.requests === 3);
  const load = (name: string) => {
    const { exchanges, retries } = (engine.pool(name) as Pool).load;
    return [exchanges.value, retries.value];
  };
  expect(load('hanging')).toEqual([3, 3]);
  expect((await upload(port, 'GET', Buffer.alloc(0)))[0]).toBe(200);
  for (const client of clients) client.socket?.resetAndDestroy();
  await until(() => load('hanging')[0] === 0);
  expect(['hanging', 'p'].map(load)).toEqual(Array(2).fill([0, 0]));
});

/** Three retries hang at the second backend and use the budget up. */
async function withoutBudget(firstPort: number, retry: object) {
  const clock = new FakeClock();
  const silent = await startBackend('silent', () => {});
  const { engine, port, close } = await startEngine([firstPort, silent.port], {
    clock,
    pool: {
      policy: 'first',
      ejection: false,
      timeouts: { head: '0s' },
      retry: { budgetPercent: 0, backoff: { base: '0ms', max: '0ms' }, ...retry },
    },
  });
  onTestFinished(async () => {
    for (const held of hanging) held.destroy();
    await close();
    await silent.close();
  });
  const hanging = Array.from({ length: 3 }, () => get({ port, path: '/hanging', agent: false }).on('error', () => {}));
  await until(() => {
    clock.advance(0);
    return silent.requests === 3;
  });
  return { clock, engine, port, pool: engine.pool('p') as Pool };
}

test('a status that may be tried again passes to the client at once when no budget is left, and a note says so', async () => {
  const busy = await startBackend('a', (_incoming, response) => void response.writeHead(503).end('busy'));
  onTestFinished(() => busy.close());
  const { engine, port } = await withoutBudget(busy.port, { on: [503] });
  const answer = await send(`127.0.0.1:${port}`, '/late');
  expect([answer.status, answer.text]).toEqual([503, 'busy']);
  const late = await recorded(engine, ({ path }) => path === '/late');
  expect(late.mark?.note).toBe('503 not tried again: no retry budget was left');
  expect(late.attempts.map(({ outcome }) => outcome)).toEqual(['answered']);
});

test('a retry without an answer in hand waits two seconds for the budget, then gives up', async () => {
  const { clock, port, pool } = await withoutBudget(CLOSED_PORT, {});
  const answer = send(`127.0.0.1:${port}`, '/late');
  const first = (pool.backends[0] as Backend).record;
  await until(() => first.stats.requests === 4);
  clock.advance(0);
  clock.advance(1990);
  expect(pool.load.exchanges.value).toBe(4);
  clock.advance(10);
  expect(pool.load.exchanges.value).toBe(3);
  expect((await answer).status).toBe(502);
});

import { expect, test } from 'vitest';
import { startBackend } from './support/backend.ts';
import { recorded, startEngine } from './support/engine.ts';
import { FakeClock } from './support/fake-clock.ts';
import { CLOSED_PORT } from './support/free-port.ts';
import { kept } from './support/kept.ts';
import { sendRaw, startRawBackend } from './support/raw.ts';

async function exchangesOf(engine: Awaited<ReturnType<typeof startEngine>>['engine']) {
  const { rows } = await engine.store.query({ from: 0, limit: 100, order: 'asc' });
  return Promise.all(rows.map(async ({ id }) => (await engine.store.get(id))!));
}

test('a refused connection goes to the next backend, any method, and both attempts are recorded', async () => {
  const good = kept(await startBackend('b'));
  const { engine, port } = kept(await startEngine([CLOSED_PORT, good.port]));
  const response = await fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', body: 'hello' });
  expect(response.status).toBe(200);
  const [exchange] = await exchangesOf(engine);
  expect(exchange?.attempts.map(({ backend, outcome, error }) => [backend, outcome, error?.code])).toEqual([
    ['a', 'retried', 'CONNECT_REFUSED'],
    ['b', 'answered', undefined],
  ]);
});

test.each([
  ['garbage', 'this is not HTTP\r\n\r\n', 502, 'BAD_RESPONSE'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok', 502, 'BAD_RESPONSE'],
  ['status 099', 'HTTP/1.1 099 No\r\n\r\n', 502, 'BAD_RESPONSE'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le', 502, 'RESET'],
  ['nothing', '', 502, 'RESET'],
])('a backend that answers %s: %s', async (_name, bytes, status, code) => {
  const backend = kept(await startRawBackend((socket) => socket.end(bytes)));
  const { engine, port } = kept(await startEngine([backend.port], { pool: { retry: { attempts: 1 } } }));
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect([response.status, response.headers.get('x-switchyard-error')]).toEqual([status, code]);
  expect((await exchangesOf(engine))[0]?.error?.code).toBe(code);
});

test.each([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
])('half a body with %s never looks complete', async (_name, bytes) => {
  const backend = kept(await startRawBackend((socket) => socket.end(bytes)));
  const { engine, port } = kept(await startEngine([backend.port]));
  await expect(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())).rejects.toThrow();
  expect((await exchangesOf(engine))[0]?.error?.code).toBe('TRUNCATED');
});

test('1xx, header order and spelling, chunks and trailers pass through', async () => {
  const answer =
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nX-One: 1\r\nx-TWO: 2\r\nDate: then\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3;ext\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n';
  const backend = kept(await startRawBackend((socket) => socket.write(answer)));
  const { engine, port } = kept(await startEngine([backend.port]));
  const { text } = await sendRaw(
    port,
    'GET /p?q HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nConnection: close, X-A\r\nx-b: 2\r\n\r\n',
    () => false,
  );
  expect(text).toBe(
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nX-One: 1\r\nx-TWO: 2\r\nDate: then\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n',
  );
  expect(backend.received[0]).toMatch(
    /^GET \/p\?q HTTP\/1\.1\r\nHost: h:1\r\nx-b: 2\r\nX-Forwarded-For: 127\.0\.0\.1\r\n/,
  );
  const { interim, steps } = await recorded(engine);
  expect(interim).toEqual([{ status: 103, reason: 'Early Hints', headers: [['Link', '</a>']] }]);
  expect(steps).toEqual([]);
});

test('a response without Date gets one, as our own answers do; what came stays on record (RFC 9110 §6.6.1)', async () => {
  const backend = kept(
    await startRawBackend((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
  );
  const clock = new FakeClock();
  const { engine, port } = kept(
    await startEngine([backend.port], { clock, routes: [{ name: 'root', match: 'path = /', pool: 'p' }] }),
  );
  const get = (path: string) =>
    sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`, () => false);
  const date = `Date: ${new Date(clock.epoch()).toUTCString()}\r\n`;
  expect((await get('/')).text).toBe(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${date}Connection: close\r\n\r\nok`);
  const { response, received } = await recorded(engine);
  expect(received?.headers.map(([name]) => name)).toEqual(['Content-Length']);
  expect(response?.headers.map(([name]) => name)).toEqual(['Content-Length', 'Date']);
  expect((await get('/nowhere')).text).toMatch(new RegExp(`^HTTP/1\\.1 404 [^]*\r\n${date}`));
});

test('426 says what to upgrade to (RFC 9110 §15.5.22)', async () => {
  const answer = 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: foo/2\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n';
  const backend = kept(await startRawBackend((socket) => socket.write(answer)));
  const { port } = kept(await startEngine([backend.port]));
  const { text } = await sendRaw(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n', (all) => all.includes('\r\n\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 426 [^]*\r\nUpgrade: foo\/2\r\nConnection: Upgrade\r\n\r\n$/);
});

test('pipelined requests are answered in order', async () => {
  const backend = kept(
    await startRawBackend((socket, data) => {
      const path = data.split(' ')[1] ?? '';
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
    }),
  );
  const { port } = kept(await startEngine([backend.port]));
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
  const { text } = await sendRaw(port, get('/1') + get('/22') + get('/333'), (all) => all.includes('/333'));
  expect(text.match(/(?<=\r\n\r\n)\/\d+/g)).toEqual(['/1', '/22', '/333']);
});

test('maint takes a backend out; all out is 503 with the reasons', async () => {
  const [a, b] = [kept(await startBackend('a')), kept(await startBackend('b'))];
  const { engine, port } = kept(await startEngine([a.port, b.port]));
  engine.setBackendState('p', 'a', 'maint', 'you');
  for (let i = 0; i < 4; i++) await (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect([a.requests, b.requests]).toEqual([0, 4]);
  engine.setBackendState('p', 'b', 'maint', 'you');
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect([response.status, response.headers.get('x-switchyard-error')]).toEqual([503, 'NO_BACKEND']);
  expect(await response.text()).toMatch(/a: maint by you, \d\d:\d\d; b: maint by you/);
});

test('header rules act on both sides and are traced', async () => {
  const backend = kept(await startBackend('a'));
  const { engine, port } = kept(
    await startEngine([backend.port], {
      rules: [
        {
          name: 'r',
          match: 'path ^= /v1/',
          request: [{ set: { 'x-added': 'yes' } }, { delete: ['x-secret'] }],
          response: [{ set: { 'x-proxy': 'switchyard' } }],
        },
      ],
    }),
  );
  const response = await fetch(`http://127.0.0.1:${port}/v1/a`, { headers: { 'x-secret': '1' } });
  const { headers } = (await response.json()) as { headers: Record<string, string> };
  expect([headers['x-added'], headers['x-secret'], response.headers.get('x-proxy')]).toEqual([
    'yes',
    undefined,
    'switchyard',
  ]);
  expect((await exchangesOf(engine))[0]?.rules.map(({ name, phase }) => [name, phase])).toEqual([
    ['r', 'request'],
    ['r', 'response'],
  ]);
});

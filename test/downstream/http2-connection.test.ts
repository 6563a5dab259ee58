/** Clients of HTTP/2 against backends of HTTP/1.1, over real sockets. */
import { execFile } from 'node:child_process';
import { constants } from 'node:http2';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Answer, startBackend } from '../support/backend.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { answerOf, ask, connectHttp2 } from '../support/http2.ts';
import { startRawBackend } from '../support/raw.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;

type Options = Parameters<typeof startEngine>[1];

/** An engine in front of a backend that does what `answer` says, and a client of HTTP/2. */
async function withBackend(answer?: Answer, options?: Options) {
  const backend = await startBackend('a', answer);
  const engine = await startEngine([backend.port], options);
  onTestFinished(async () => {
    await engine.close();
    await backend.close();
  });
  return { ...engine, backend, session: connectHttp2(`http://127.0.0.1:${engine.port}`) };
}

/** The same with a backend that writes bytes. */
async function withRawBackend(answer: (socket: Socket, data: string) => void, options?: Options) {
  const backend = await startRawBackend(answer);
  const engine = await startEngine([backend.port], options);
  onTestFinished(async () => {
    await engine.close();
    await backend.close();
  });
  return { ...engine, backend, session: connectHttp2(`http://127.0.0.1:${engine.port}`) };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a client of HTTP/2', () => {
  test('curl with prior knowledge is answered, and the exchange says HTTP/2', async () => {
    const { engine, port } = await withBackend();
    const url = `http://127.0.0.1:${port}/x?y=1`;
    const { stdout } = await run('curl', ['-sS', '--http2-prior-knowledge', '-w', '%{http_version}', url]);
    expect(stdout).toMatch(/"path":"\/x\?y=1".*"via":"2 switchyard".*\}2$/);
    expect(await recorded(engine)).toMatchObject({ protocol: 'HTTP/2', request: { version: 'HTTP/2' }, status: 200 });
  });

  test('h2load: twenty streams at a time on eight connections, and none is lost', async () => {
    const { port } = await withBackend();
    const { stdout } = await run('h2load', ['-n', '2000', '-c', '8', '-m', '20', `http://127.0.0.1:${port}/x`]);
    expect(stdout).toContain('2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout');
    expect(stdout).toContain('status codes: 2000 2xx');
  });

  test('nghttp gets both answers on one connection', async () => {
    const { port } = await withBackend();
    const { stdout } = await run('nghttp', [`http://127.0.0.1:${port}/one`, `http://127.0.0.1:${port}/two`]);
    expect(stdout).toMatch(/"path":"\/(one|two)"[^]*"path":"\/(one|two)"/);
  });

  test('HTTP/1.1 goes on working on the same listener', async () => {
    const { port } = await withBackend();
    const response = await fetch(`http://127.0.0.1:${port}/x`);
    expect(await response.json()).toMatchObject({ headers: { via: '1.1 switchyard' } });
  });

  test('that a listener does not want is told so', async () => {
    const { port } = await withBackend(undefined, { listener: { protocols: ['http1'] } });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    await expect(ask(session)).resolves.toMatchObject({ status: 0 });
  });

  test('HTTP/1.1 that a listener does not want is refused', async () => {
    const { port } = await withBackend(undefined, { listener: { protocols: ['http2'] } });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('HTTP/2 only')]);
  });

  test.each([
    [{ 'content-length': '5' }, 'Content-Length: 5\r\n', '\r\n\r\nhello'],
    [{}, 'Transfer-Encoding: chunked\r\n', '\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])('a body with %j goes on framed', async (headers, line, end) => {
    const { session, backend } = await withRawBackend((socket, data) => {
      if (data.endsWith('hello') || data.endsWith('0\r\n\r\n')) socket.write(OK);
    });
    expect(await ask(session, { ':method': 'POST', ...headers }, { body: 'hello' })).toMatchObject({ body: 'ok' });
    expect(backend.received[0]?.toLowerCase()).toContain(line.toLowerCase());
    expect(backend.received[0]).toMatch(new RegExp(`${end}$`));
  });

  test('trailers go both ways, 1xx and lines that stand twice pass, HTTP/1 stays behind', async () => {
    const answer =
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nDate: then\r\nX-One: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n';
    const { session, backend, engine } = await withRawBackend((socket, data) => {
      if (data.endsWith('x-tail: t\r\n\r\n')) socket.write(answer);
    });
    const request = { ':method': 'POST', te: 'trailers', cookie: ['a=1', 'b=2'] };
    const got = await ask(session, request, { body: 'x', trailers: { 'x-tail': 't', host: 'evil' } });
    expect(got).toMatchObject({ status: 200, informed: [103], body: 'abc', trailers: { 'x-sum': '9' } });
    expect(got.fields).toEqual([
      ':status',
      '200',
      'date',
      'then',
      'x-one',
      '1',
      'set-cookie',
      'a=1',
      'set-cookie',
      'b=2',
    ]);
    expect(backend.received[0]).toMatch(/\r\ncookie: a=1; b=2\r\n[^]*\r\nTE: trailers\r\nConnection: TE\r\n/);
    expect(await recorded(engine)).toMatchObject({
      request: { trailers: [['x-tail', 't']] },
      response: { trailers: [['X-Sum', '9']] },
    });
  });

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', { status: 200, body: '' }],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' }],
    ['GET', 'HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok', { status: 205, body: '', rstCode: 0 }],
    [
      'GET',
      'HTTP/1.1 102 Processing\r\nContent-Length: 2\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      { status: 200, informed: [102], body: 'ok', rstCode: 0 },
    ],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n', { status: 304, body: '' }],
    ['GET', 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n', { status: 205, body: '' }],
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', { status: 200, body: '' }],
    ['GET', 'HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno', { status: 404, body: 'no' }],
    ['GET', 'HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nhm', { status: 502, body: 'hm' }],
    ['PURGE', OK, { status: 200, body: 'ok' }],
  ])('%s answered %j', async (method, bytes, expected) => {
    const { session } = await withRawBackend((socket) => socket.write(bytes));
    expect(await ask(session, { ':method': method })).toMatchObject({ ...expected, rstCode: 0 });
  });

  test('has many exchanges on one connection at a time', async () => {
    const { session, backend } = await withBackend();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(session, { ':path': `/${i}` })));
    expect(answers.map(({ body }) => (JSON.parse(body) as { path: string }).path)).toEqual(
      Array.from({ length: 200 }, (_, i) => `/${i}`),
    );
    expect(backend.requests).toBe(200);
  });

  test('gets a whole answer before its own body has ended, and need not send the rest', async () => {
    const { session } = await withRawBackend((socket) =>
      socket.end(`HTTP/1.1 413 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\nX-Why: big\r\n\r\n`),
    );
    const stream = session.request({ ':method': 'POST' });
    stream.write(Buffer.alloc(1000));
    expect(await answerOf(stream)).toMatchObject({
      status: 413,
      body: 'no!',
      trailers: { 'x-why': 'big' },
      rstCode: 0,
    });
  });

  test('that resets its stream ends the attempt, and the other streams go on', async () => {
    let closed = 0;
    const { session, engine } = await withBackend((request, response) => {
      if (request.url === '/ok') response.end('ok');
      else response.once('close', () => closed++);
    });
    const stream = session.request({ ':path': '/slow' });
    const other = ask(session, { ':path': '/ok' });
    stream.on('error', () => {});
    expect(await other).toMatchObject({ body: 'ok' });
    stream.close(NGHTTP2_CANCEL);
    await until(() => closed === 1, 'the backend sees the end');
    const exchange = await recorded(engine, ({ path }) => path === '/slow');
    expect(exchange.error).toMatchObject({ code: 'CLIENT_GONE', message: expect.stringContaining('CANCEL') });
  });

  test.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('never takes half a body with %s for a whole one', async (_, bytes) => {
    const { session } = await withRawBackend((socket) => socket.end(bytes));
    expect(await ask(session)).toMatchObject({ status: 200, body: 'half', rstCode: NGHTTP2_INTERNAL_ERROR });
  });

  test('has its request recorded when it cannot be served', async () => {
    const { session, engine, backend } = await withBackend();
    const answer = await ask(session, { ':authority': 'a.test', host: 'evil.test' });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('a host that is not :authority') });
    expect(await recorded(engine)).toMatchObject({ protocol: 'HTTP/2', error: { code: 'BAD_REQUEST' } });
    expect(backend.requests).toBe(0);
  });
});

describe('flow control', () => {
  test('a client that reads nothing stops the backend', async () => {
    let written = 0;
    const { session } = await withBackend((_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536))) written += 65_536;
        written += 65_536;
      };
      response.on('drain', more);
      more();
    });
    const stream = session.request();
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    let before = -1;
    await until(() => {
      const stands = written === before;
      before = written;
      return stands;
    }, 'nothing is written any more');
    expect(written).toBeLessThan(32 * 1024 ** 2);
    // …and one that reads again gets it going.
    stream.resume();
    await until(() => written > before + 8 * 1024 ** 2, 'it goes on');
  });

  test('a backend that reads nothing stops the client', async () => {
    const { session } = await withBackend((request) => void request.pause());
    const stream = session.request({ ':method': 'POST' });
    stream.on('error', () => {});
    let taken = 0;
    const more = () => stream.write(Buffer.alloc(65_536), () => (taken += 65_536)) && setImmediate(more);
    stream.on('drain', more);
    more();
    let before = -1;
    await until(() => {
      const stands = taken > 0 && taken === before;
      before = taken;
      return stands;
    }, 'nothing is taken any more');
    expect(taken).toBeLessThan(32 * 1024 ** 2);
  });

  test('20 MiB pass unharmed both ways', async () => {
    const { session } = await withBackend((request, response) => request.pipe(response));
    const body = Buffer.alloc(20 * 1024 ** 2, 'switchyard ');
    const answer = await ask(session, { ':method': 'POST' }, { body });
    expect(Buffer.from(answer.body).equals(body)).toBe(true);
  });
});

describe('time', () => {
  test('a body that does not come in time is answered 408', async () => {
    const clock = new FakeClock();
    const { session } = await withBackend((request) => void request.resume(), {
      clock,
      listener: { limits: { requestTimeout: '5s' } },
    });
    const stream = session.request({ ':method': 'POST' });
    const answer = answerOf(stream);
    stream.write('a');
    let moved = 0;
    await until(() => {
      clock.advance(moved++ < 2 ? 0 : 6000);
      return stream.closed;
    }, 'the stream is closed');
    expect(await answer).toMatchObject({ status: 408, body: expect.stringContaining('not whole in time') });
  });

  test('an idle connection is closed, a busy one is not', async () => {
    const clock = new FakeClock();
    const { session } = await withBackend((_, response) => void response.flushHeaders(), { clock });
    const stream = session.request();
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('response', resolve));
    clock.advance(59_000);
    expect(session.closed).toBe(false);
    stream.close(NGHTTP2_CANCEL);
    await until(() => {
      clock.advance(76_000);
      return session.closed;
    }, 'the session is closed');
  });
});

test('GOAWAY: what is under way ends, what comes later is refused', async () => {
  const { session, engine } = await withBackend((request, response) => {
    response.flushHeaders();
    request.once('end', () => response.end('done'));
    request.resume();
  });
  const stream = session.request({ ':method': 'POST' });
  const answer = answerOf(stream);
  await new Promise((resolve) => stream.once('response', resolve));
  const goaway = new Promise((resolve) => session.once('goaway', (code, last) => resolve([code, last])));
  const closed = engine.close(5000);
  expect(await goaway).toEqual([0, 2 ** 31 - 1]);
  expect(await ask(session)).toMatchObject({ status: 0 });
  stream.end('x');
  expect(await answer).toMatchObject({ status: 200, body: 'done', rstCode: 0 });
  await closed;
});

describe('a WebSocket (RFC 8441)', () => {
  const CONNECT = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', 'sec-websocket-version': '13' };

  test('goes to a backend of HTTP/1.1 as an upgrade and carries frames both ways', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'chat' });
    server.on('connection', (socket) =>
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
    );
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const engine = await startEngine([(server.address() as { port: number }).port]);
    onTestFinished(engine.close);
    const session = connectHttp2(`http://127.0.0.1:${engine.port}`);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(session.remoteSettings.enableConnectProtocol).toBe(true);
    const stream = session.request({ ...CONNECT, 'sec-websocket-protocol': 'chat' }, { endStream: false });
    const response = await new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve));
    expect(response).toMatchObject({ ':status': 200, 'sec-websocket-protocol': 'chat' });
    expect(response).not.toHaveProperty('sec-websocket-accept');
    let received = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
    stream.write(Buffer.from([0x81, 0x85, 1, 2, 3, 4, 0x68 ^ 1, 0x65 ^ 2, 0x6c ^ 3, 0x6c ^ 4, 0x6f ^ 1]));
    await until(() => received.length >= 7, 'the echo comes');
    expect(received.toString('latin1')).toBe('\x81\x05hello');
    stream.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8]));
    stream.end();
    await until(() => stream.closed, 'the stream is closed');
    const exchange = await recorded(engine.engine);
    expect(exchange).toMatchObject({ protocol: 'HTTP/2', status: 101, responseSizeBytes: 11 });
  });

  test('that the backend answers without a switch is not open: the client hears of no success', async () => {
    const { session, engine } = await withRawBackend((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno'),
    );
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    const answer = await answerOf(session.request(CONNECT, { endStream: false }));
    expect(answer).toMatchObject({ status: 502, body: 'no' });
    expect(answer.fields).toEqual(expect.arrayContaining(['x-switchyard-status', '200']));
    expect(await recorded(engine)).toMatchObject({
      status: 200,
      mark: { note: expect.stringContaining('the client got 502') },
    });
  });

  test('that the backend refuses is answered as it says', async () => {
    const { session } = await withRawBackend((socket) =>
      socket.write('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno'),
    );
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(await answerOf(session.request(CONNECT, { endStream: false }))).toMatchObject({ status: 403, body: 'no' });
  });
});

/** Backends of HTTP/2, asked by clients of HTTP/1.1 and of HTTP/2, over real sockets. */
import { once } from 'node:events';
import { constants, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { resetStream } from '../../proxy-engine/http2/reset-stream.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { send, startBackend } from '../support/backend.ts';
import { applyConfig, portOf, recorded, recordedRows, runConfig, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { answerOf, ask, connectHttp2, type Http2Answerer, startHttp2Backend } from '../support/http2.ts';
import { sendRaw, startRawBackend } from '../support/raw.ts';
import { newAuthority, temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';

const {
  NGHTTP2_CANCEL,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_INADEQUATE_SECURITY,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_NO_ERROR,
  NGHTTP2_REFUSED_STREAM,
} = constants;

type Options = NonNullable<Parameters<typeof startEngine>[1]>;

async function engineFor(ports: number[], { pool, ...options }: Options = {}) {
  const engine = await startEngine(ports, { pool: { protocol: 'http2', ...pool }, ...options });
  onTestFinished(() => engine.close());
  return { ...engine, address: `127.0.0.1:${engine.port}`, session: connectHttp2(`http://127.0.0.1:${engine.port}`) };
}

async function withBackend(answer: Http2Answerer, options?: Options) {
  const backend = await startHttp2Backend(answer);
  return { backend, ...(await engineFor([backend.port], options)) };
}

/** Answers with what came, as JSON. */
function tell(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flat: string[]): void {
  const chunks: Buffer[] = [];
  let trailers: string[] = [];
  stream.on('trailers', (_object, _flags, ...rest: unknown[]) => (trailers = rest[0] as string[]));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify({ path: headers[':path'], flat, body: Buffer.concat(chunks).toString(), trailers }));
  });
}

describe('a client of HTTP/1.1', () => {
  test('reaches it: names in lower case, one authority, nothing of the connection', async () => {
    const { address, engine } = await withBackend(tell);
    const headers = { 'X-One': '1', TE: 'trailers', Connection: 'TE, X-Hop', 'X-Hop': '1', Host: 'shop.test' };
    const reply = await send(address, '/x?y=1', { method: 'POST', headers, body: 'hello' });
    expect(reply.status).toBe(200);
    const { flat, body } = JSON.parse(reply.text) as { flat: string[]; body: string };
    expect(body).toBe('hello');
    const pseudo = [':method', 'POST', ':scheme', 'http', ':authority', 'shop.test', ':path', '/x?y=1'];
    expect(flat.slice(0, 8)).toEqual(pseudo);
    expect(flat.filter((_, i) => i % 2 === 0).slice(4)).toEqual(
      [
        'x-one',
        'content-length',
        'x-forwarded-for',
        'x-forwarded-proto',
        'x-forwarded-host',
        'x-request-id',
        'via',
        'te',
      ].toSorted((a, b) => flat.indexOf(a) - flat.indexOf(b)),
    );
    expect(await recorded(engine)).toMatchObject({
      protocol: 'HTTP/1.1',
      request: { version: 'HTTP/1.1' },
      sent: { version: 'HTTP/2' },
      status: 200,
    });
  });

  test('gets 100 before it has sent its body, and 103 before the answer', async () => {
    const { port } = await withBackend((stream) => {
      stream.additionalHeaders({ ':status': 100 });
      stream.on('data', () => stream.additionalHeaders({ ':status': 103, link: '</a>' }));
    });
    const client = connect(port, '127.0.0.1', () =>
      client.write('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n'),
    );
    onTestFinished(() => void client.destroy());
    let text = '';
    await new Promise<void>((resolve) => {
      client.on('data', (data) => {
        text += data.toString();
        if (text.endsWith(' 100 \r\n\r\n')) client.write('hello');
        if (text.includes(' 103 ')) resolve();
      });
    });
    expect(text).toMatch(/^HTTP\/1\.1 100 \r\n\r\nHTTP\/1\.1 103 \r\nlink: <\/a>\r\n\r\n$/);
  });

  test('gets 1xx and trailers, and sends trailers', async () => {
    const { port, engine } = await withBackend((stream) => {
      stream.on('trailers', (trailers) => {
        stream.additionalHeaders({ ':status': 103, link: '</a>' });
        stream.respond({ ':status': 200, 'x-got': String(trailers['x-tail']) }, { waitForTrailers: true });
        stream.once('wantTrailers', () => stream.sendTrailers({ 'x-sum': '9' }));
        stream.end('abc');
      });
      stream.resume();
    });
    const request = `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\nX-Tail: t\r\n\r\n`;
    const { text } = await sendRaw(port, request, () => false);
    expect(text).toMatch(
      /^HTTP\/1\.1 103 \r\nlink: <\/a>\r\n\r\nHTTP\/1\.1 200 \r\nx-got: t\r\n[^]*Transfer-Encoding: chunked\r\n[^]*\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 9\r\n\r\n$/,
    );
    expect(await recorded(engine)).toMatchObject({ response: { trailers: [['x-sum', '9']] } });
  });

  test.each([
    ['HEAD', { ':status': 200, 'content-length': '9' }, ''],
    ['GET', { ':status': 204 }, ''],
    ['GET', { ':status': 304 }, ''],
    ['GET', { ':status': 200, 'content-length': '0' }, ''],
    ['GET', { ':status': 404, 'content-length': '2' }, 'no'],
    ['GET', { ':status': 500 }, 'oh no'],
  ])('%s is answered %j', async (method, head, body) => {
    const { address } = await withBackend((stream) => {
      stream.respond(head, { endStream: body === '' });
      if (body !== '') stream.end(body);
    });
    expect(await send(address, '/', { method })).toMatchObject({ status: head[':status'], text: body });
  });
});

test('half a response whose stream is reset with NO_ERROR is cut for a client of HTTP/1.1', async () => {
  const { address, engine } = await withBackend((stream) => {
    stream.respond({ ':status': 200 });
    stream.write('half', () => resetStream(stream, NGHTTP2_NO_ERROR));
  });
  await expect(send(address)).rejects.toThrow();
  expect(await recorded(engine)).toMatchObject({
    error: { code: 'RESET', message: expect.stringContaining('NO_ERROR') },
  });
});

test('a response that is whole by its length stays so when the stream is reset with NO_ERROR after it', async () => {
  const { address } = await withBackend((stream) => {
    stream.respond({ ':status': 413, 'content-length': '7' });
    stream.write('too big', () => resetStream(stream, NGHTTP2_NO_ERROR));
  });
  expect(await send(address)).toMatchObject({ status: 413, text: 'too big' });
});

describe('a client of HTTP/2', () => {
  test('reaches it with trailers both ways', async () => {
    const { session } = await withBackend((stream) => {
      stream.on('trailers', (trailers) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.once('wantTrailers', () => stream.sendTrailers({ 'x-sum': trailers['x-tail'] }));
        stream.end('abc');
      });
      stream.resume();
    });
    const answer = await ask(session, { ':method': 'POST' }, { body: 'x', trailers: { 'x-tail': 't' } });
    expect(answer).toMatchObject({ status: 200, body: 'abc', trailers: { 'x-sum': 't' }, rstCode: 0 });
  });

  test.each([{}, { 'content-length': '3' }])('gets trailers that nobody promised, with %j', async (length) => {
    const { session } = await withBackend((stream) => {
      stream.respond({ ':status': 200, ...length }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'x-sum': '9' }));
      stream.end('abc');
    });
    expect(await ask(session)).toMatchObject({ status: 200, body: 'abc', trailers: { 'x-sum': '9' }, rstCode: 0 });
  });

  test('shares one connection with many others, and more are opened when the backend wants fewer streams', async () => {
    const one = await startHttp2Backend(tell);
    const few = await startHttp2Backend(tell, { settings: { maxConcurrentStreams: 10 } });
    for (const [backend, connections] of [
      [one, 1],
      [few, 4],
    ] as const) {
      const { session } = await engineFor([backend.port], { pool: { connections: { perBackend: 4 } } });
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(session, { ':path': `/${i}` })));
      expect(answers.map(({ body }) => (JSON.parse(body) as { path: string }).path)).toEqual(
        Array.from({ length: 100 }, (_, i) => `/${i}`),
      );
      expect(backend.sessions.length).toBe(connections);
    }
  });

  test('that resets its stream resets that of the backend, which takes no half request for a whole one', async () => {
    let code = -1;
    let ended = false;
    let received = '';
    const { session } = await withBackend((stream) => {
      stream.on('end', () => (ended = !stream.aborted));
      stream.on('close', () => (code = stream.rstCode ?? -1));
      stream.on('data', (chunk: Buffer) => (received += chunk));
    });
    const stream = session.request({ ':method': 'POST' });
    stream.on('error', () => {});
    stream.write('half');
    await until(() => received === 'half', 'the backend has that');
    resetStream(stream, NGHTTP2_CANCEL);
    await until(() => code >= 0, 'the stream of the backend is closed');
    expect([code, ended]).toEqual([NGHTTP2_CANCEL, false]);
  });

  test.each([
    ['INTERNAL_ERROR', NGHTTP2_INTERNAL_ERROR, NGHTTP2_INTERNAL_ERROR],
    ['ENHANCE_YOUR_CALM', NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_ENHANCE_YOUR_CALM],
    ['CANCEL', NGHTTP2_CANCEL, NGHTTP2_CANCEL],
    // Which would say that nothing is missing.
    ['NO_ERROR', NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR],
  ])('hears %s in the middle of a body', async (_, code, expected) => {
    const { session, engine } = await withBackend((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half', () => resetStream(stream, code));
    });
    expect(await ask(session)).toMatchObject({ status: 200, body: 'half', rstCode: expected });
    expect((await recorded(engine)).error).toMatchObject({ code: 'RESET' });
  });

  test('that is slow gets the whole of a response whose stream was closed long ago', async () => {
    let isClosed = false;
    const { session, engine } = await withBackend((stream) => {
      stream.once('close', () => (isClosed = true));
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(900_000, 'a'));
    });
    const stream = session.request();
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    await until(() => isClosed, 'the backend has sent everything');
    expect(await answerOf(stream.resume())).toMatchObject({ body: 'a'.repeat(900_000), rstCode: 0 });
    expect(await recorded(engine)).toMatchObject({ status: 200 });
    expect((await recorded(engine)).error).toBeUndefined();
  });

  test('that is slow gets the whole of a response whose connection was closed long ago', async () => {
    let isClosed = false;
    const { session, backend } = await withBackend((stream, { ':path': path }) => {
      stream.once('close', () => (isClosed = true));
      stream.respond({ ':status': 200 });
      stream.end(path === '/big' ? Buffer.alloc(900_000, 'a') : 'b');
    });
    const stream = session.request({ ':path': '/big' });
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    await until(() => isClosed, 'the backend has sent everything');
    // The answer to a ping comes behind all that the engine has read: what it had not is lost with the connection.
    await new Promise<void>((resolve) => backend.sessions[0]?.ping(() => resolve()));
    backend.sessions[0]?.destroy();
    await until(async () => {
      await ask(session);
      return backend.sessions.length === 2;
    }, 'the engine has seen that');
    expect(await answerOf(stream.resume())).toMatchObject({ body: 'a'.repeat(900_000), rstCode: 0 });
  });

  test('20 MiB pass unharmed both ways', async () => {
    const { session } = await withBackend((stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const body = Buffer.alloc(20 * 1024 ** 2, 'switchyard ');
    const answer = await ask(session, { ':method': 'POST' }, { body });
    expect(Buffer.from(answer.body).equals(body)).toBe(true);
  });

  test('that reads nothing stops the backend', async () => {
    let written = 0;
    const { session } = await withBackend((stream) => {
      stream.respond({ ':status': 200 });
      const more = () => stream.write(Buffer.alloc(65_536), () => (written += 65_536)) && setImmediate(more);
      stream.on('drain', more);
      more();
    });
    const stream = session.request();
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    let before = -1;
    await until(() => {
      const stands = written > 0 && written === before;
      before = written;
      return stands;
    }, 'nothing is written any more');
    expect(written).toBeLessThan(16 * 1024 ** 2);
    stream.resume();
    await until(() => written > before + 8 * 1024 ** 2, 'it goes on');
  });
});

describe('an attempt', () => {
  test('that the backend refuses goes to another one, any method', async () => {
    const good = await startHttp2Backend(tell);
    const bad = await startHttp2Backend((stream) => stream.close(NGHTTP2_REFUSED_STREAM));
    const { address, engine } = await engineFor([bad.port, good.port]);
    expect(await send(address, '/', { method: 'POST', body: 'x' })).toMatchObject({ status: 200 });
    expect((await recorded(engine)).attempts.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
      ['retried', 'REFUSED_STREAM'],
      ['answered', undefined],
    ]);
  });

  test('above the last stream of GOAWAY is made again, one below is not', async () => {
    const good = await startHttp2Backend(tell);
    let streams = 0;
    const leaving = await startHttp2Backend((stream) => {
      // Two are on their way: the first has been looked at, the second has not.
      if (++streams === 2) stream.session?.goaway(NGHTTP2_INADEQUATE_SECURITY, 1);
    });
    const { session, engine } = await engineFor([leaving.port, good.port], {
      pool: { policy: 'first', ejection: false },
    });
    const both = await Promise.all([
      ask(session, { ':method': 'POST', ':path': '/1' }, { body: 'x' }),
      ask(session, { ':method': 'POST', ':path': '/2' }, { body: 'x' }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([502, 200]);
    const second = await recorded(engine, ({ path }) => path === '/2');
    expect(second.attempts.map(({ error }) => error?.code)).toEqual(['REFUSED_STREAM', undefined]);
  });

  test('graceful GOAWAY: what is under way ends, what comes next takes a new connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    const { session, backend } = await withBackend((stream) => void streams.push(stream));
    const first = ask(session, { ':path': '/1' });
    await until(() => streams.length === 1, 'the first is there');
    backend.sessions[0]?.close();
    const second = ask(session, { ':path': '/2' });
    await until(() => streams.length === 2, 'the second is there');
    for (const stream of streams) {
      stream.respond({ ':status': 200 });
      stream.end('ok');
    }
    expect([await first, await second].map(({ body }) => body)).toEqual(['ok', 'ok']);
    expect(backend.sessions.length).toBe(2);
  });

  test.each([
    ['INTERNAL_ERROR', 'RESET'],
    ['PROTOCOL_ERROR', 'BAD_RESPONSE'],
  ] as const)('POST is not sent again when the backend reset the stream with %s, and told so', async (name, code) => {
    const good = await startHttp2Backend(tell);
    const bad = await startHttp2Backend((stream) => stream.close(constants[`NGHTTP2_${name}`]));
    const { address } = await engineFor([bad.port, good.port]);
    const reply = await send(address, '/', { method: 'POST', body: 'x' });
    expect([reply.status, reply.headers['x-switchyard-error']]).toEqual([502, code]);
    expect(reply.text).toContain(`(${name})`);
  });

  test.each([
    ['HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
    ['nothing, and closes', ''],
  ])('a backend that speaks %s is told from one that fails', async (_, bytes) => {
    const backend = await startRawBackend((socket) => socket.end(bytes));
    const { address } = await engineFor([backend.port], { pool: { retry: { attempts: 1 } } });
    const reply = await send(address);
    expect([reply.status, reply.headers['x-switchyard-error']]).toEqual([502, 'CONNECT_FAILED']);
    expect(reply.text).toContain('does not speak HTTP/2; use protocol: http1');
    await backend.close();
  });

  test('a refused connection is retried as one of HTTP/1.1 is', async () => {
    const good = await startHttp2Backend(tell);
    const { address, engine } = await engineFor([CLOSED_PORT, good.port]);
    expect((await send(address)).status).toBe(200);
    expect((await recorded(engine)).attempts.map(({ error }) => error?.code)).toEqual(['CONNECT_REFUSED', undefined]);
  });

  test.each([
    ['a header without end', { connect: '2s' }, 'CONNECT_TIMEOUT', 'raw'],
    ['no answer', { head: '2s' }, 'HEAD_TIMEOUT', 'http2'],
  ])('%s: %j', async (_, timeouts, code, kind) => {
    const clock = new FakeClock();
    const raw = await startRawBackend(() => {});
    const silent = await startHttp2Backend(() => {});
    const { address } = await engineFor([kind === 'raw' ? raw.port : silent.port], {
      clock,
      pool: { timeouts, retry: { attempts: 1 } },
    });
    let done = false;
    const reply = send(address).finally(() => (done = true));
    await until(() => raw.received.length + silent.sessions.length > 0, 'it is connected');
    await until(() => {
      clock.advance(500);
      return done;
    }, 'it is answered');
    expect(await reply).toMatchObject({ status: 504, headers: { 'x-switchyard-error': code } });
    await raw.close();
  });

  test('idle connections close after their time', async () => {
    const clock = new FakeClock();
    const { address, backend } = await withBackend(tell, { clock });
    await send(address);
    let closed = false;
    backend.sessions[0]?.once('close', () => (closed = true));
    await until(() => {
      clock.advance(61_000);
      return closed;
    }, 'the connection is closed');
  });
});

describe('a backend whose streams are all taken', () => {
  /** It allows one stream, and keeps those that come. */
  async function startHolding(name: string) {
    const held: ServerHttp2Stream[] = [];
    const backend = await startHttp2Backend((stream) => void held.push(stream), {
      settings: { maxConcurrentStreams: 1 },
    });
    const answer = () => {
      const stream = held.shift();
      stream?.respond({ ':status': 200 });
      stream?.end(name);
    };
    return { ...backend, held, answer };
  }

  test('is full: others are picked, from the first requests on', async () => {
    const a = await startHolding('a');
    const b = await startHttp2Backend((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('b');
    });
    const { session, engine } = await engineFor([a.port, b.port], { pool: { connections: { perBackend: 1 } } });
    let answered = 0;
    const answers = Array.from({ length: 8 }, () => ask(session).finally(() => answered++));
    await until(() => answered === 7, 'seven answers of b');
    expect(a.held.length).toBe(1);
    expect(engine.state().pools[0]?.backends[0]?.reason).toBe('full: 1 of 1 streams');
    a.answer();
    expect(
      (await Promise.all(answers))
        .map(({ body }) => body)
        .toSorted()
        .join(''),
    ).toBe('abbbbbbb');
    // They were to have a stream of it before it had said how many it allows.
    const rows = await recordedRows(engine);
    const exchanges = await Promise.all(rows.map(({ id }) => recorded(engine, (row) => row.id === id)));
    const turnedAway = exchanges.filter(({ attempts }) => attempts.length > 1);
    expect(turnedAway.map(({ attempts }) => attempts.map(({ backend, error }) => [backend, error?.code]))).toEqual(
      Array(3).fill([
        ['a', 'QUEUE_FULL'],
        ['b', undefined],
      ]),
    );
    expect(turnedAway[0]?.attempts[0]?.error?.message).toBe('a had no room left: full: 1 of 1 streams');
    expect(engine.state().pools[0]?.backends[0]).toMatchObject({ failures: 0, inFlight: 0 });
  });

  test('is waited for as long as a connect may take, by as many as the queue takes', async () => {
    const clock = new FakeClock();
    const a = await startHolding('a');
    const pool = { connections: { perBackend: 1, queue: 1 }, timeouts: { connect: '2s' } };
    const { address, engine } = await engineFor([a.port], { clock, pool });
    const first = send(address);
    await until(() => a.held.length === 1);
    const second = send(address);
    await until(() => engine.state().pools[0]?.queued === 1);
    const third = await send(address);
    expect([third.status, third.headers['x-switchyard-error']]).toEqual([503, 'QUEUE_FULL']);
    clock.advance(2000);
    const late = await second;
    expect([late.status, late.headers['x-switchyard-error']]).toEqual([503, 'QUEUE_TIMEOUT']);
    expect(late.text).toContain('a: full: 1 of 1 streams');
    const fourth = send(address);
    await until(() => engine.state().pools[0]?.queued === 1);
    a.answer();
    expect((await first).text).toBe('a');
    await until(() => a.held.length === 1);
    a.answer();
    expect((await fourth).text).toBe('a');
  });

  test('that has run out of streams since it was picked is waited for, as long as a connect may take', async () => {
    const clock = new FakeClock();
    const a = await startHolding('a');
    const pool = { connections: { perBackend: 1 }, timeouts: { connect: '2s' } };
    const { address, engine } = await engineFor([a.port], { clock, pool });
    const first = send(address);
    await until(() => a.held.length === 1);
    a.answer();
    await first;
    // All are picked before any of them takes the stream.
    const [backend] = engine.pool('p')?.backends ?? [];
    if (backend) engine.pool('p')?.setFault(backend, { latencyMs: 100 });
    const replies = Array.from({ length: 3 }, () => send(address));
    await until(() => backend?.inFlight === 3);
    clock.advance(100);
    await until(() => a.held.length === 1);
    clock.advance(1900);
    a.answer();
    await until(() => a.held.length === 1);
    clock.advance(200);
    await until(() => backend?.inFlight === 1);
    a.answer();
    const answers = await Promise.all(replies);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 503]);
    const late = answers.find(({ status }) => status === 503);
    expect(late?.text).toContain('none of the 1 streams to a came free within 2000 ms');
    const rows = await recordedRows(engine);
    const exchanges = await Promise.all(rows.slice(1).map(({ id }) => recorded(engine, (row) => row.id === id)));
    const timings = exchanges.map(({ attempts }) => attempts[0]?.timings);
    const times = timings.map((one) => [one?.blocked, one?.connect, one?.send]);
    expect(times).toContainEqual([2000, -1, 0]);
    expect(engine.state().pools[0]?.backends[0]?.failures).toBe(0);
  });

  test('that leaves serves who waits for it and then keeps no connection', async () => {
    const a = await startHolding('a');
    const { address, engine, port } = await engineFor([a.port], { pool: { connections: { perBackend: 1 } } });
    const replies = [send(address), send(address)];
    await until(() => a.held.length === 1 && engine.state().pools[0]?.queued === 1);
    await applyConfig(
      engine,
      {
        listeners: { gateway: { address: `127.0.0.1:${port}` } },
        routes: [{ name: 'all', pool: 'p' }],
        pools: { p: { backends: [{ name: 'b', url: `http://127.0.0.1:${CLOSED_PORT}` }] } },
      },
      '.',
    );
    for (let answered = 0; answered < 2; answered++) {
      await until(() => a.held.length > 0);
      a.answer();
    }
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(['a', 'a']);
    await until(() => a.sessions.every(({ closed, destroyed }) => closed || destroyed), 'all connections are closed');
  });

  test('has room for who waits as soon as it allows more, and its bound is known after a reload', async () => {
    const a = await startHolding('a');
    const { address, engine, port } = await engineFor([a.port], { pool: { connections: { perBackend: 1 } } });
    const replies = Array.from({ length: 4 }, () => send(address));
    await until(() => a.held.length === 1 && engine.state().pools[0]?.queued === 3);
    a.sessions[0]?.settings({ maxConcurrentStreams: 3 });
    await until(() => a.held.length === 3 && engine.state().pools[0]?.queued === 1);
    for (let answered = 0; answered < 4; answered++) {
      await until(() => a.held.length > 0);
      a.answer();
    }
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(Array(4).fill('a'));

    const backends = [{ name: 'a', url: `http://127.0.0.1:${a.port}` }];
    await applyConfig(
      engine,
      {
        listeners: { gateway: { address: `127.0.0.1:${port}` } },
        routes: [{ name: 'all', pool: 'p' }],
        pools: { p: { protocol: 'http2', backends, connections: { perBackend: 1 } } },
      },
      '.',
    );
    const later = Array.from({ length: 2 }, () => send(address, '/later'));
    await until(() => a.held.length === 1 && engine.state().pools[0]?.queued === 1);
    a.answer();
    await until(() => a.held.length === 1);
    a.answer();
    await Promise.all(later);
    const rows = (await recordedRows(engine)).filter(({ path }) => path === '/later');
    const exchanges = await Promise.all(rows.map(({ id }) => recorded(engine, (row) => row.id === id)));
    expect(exchanges.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
  });
});

test('who waits for the connection that another opens is told as waiting, not as connecting', async () => {
  const { session, engine } = await withBackend(tell);
  await Promise.all(Array.from({ length: 3 }, () => ask(session)));
  const rows = await recordedRows(engine);
  const exchanges = await Promise.all(rows.map(({ id }) => recorded(engine, (row) => row.id === id)));
  const timings = exchanges.map(({ attempts }) => attempts[0]?.timings);
  const did = timings.map((one) => one && [one.blocked >= 0, one.connect >= 0]);
  expect(did).toEqual([
    [false, true],
    [true, false],
    [true, false],
  ]);
});

describe('malformed answers', () => {
  test.each<[what: string, headers: Record<string, string | number>]>([
    ['a length that is none', { ':status': 200, 'content-length': 'x' }],
    ['too long a head', { ':status': 200, 'x-big': 'a'.repeat(70_000) }],
  ])('%s is 502', async (_, headers) => {
    const { address } = await withBackend((stream) => {
      stream.respond(headers as never);
      stream.end('ok');
    });
    const reply = await send(address);
    expect([reply.status, ['BAD_RESPONSE', 'RESET'].includes(String(reply.headers['x-switchyard-error']))]).toEqual([
      502,
      true,
    ]);
  });
});

describe('a WebSocket (RFC 8441)', () => {
  const echo: Http2Answerer = (stream, headers) => {
    if (headers[':protocol'] !== 'websocket') return void stream.respond({ ':status': 400 }, { endStream: true });
    stream.respond({ ':status': 200, 'sec-websocket-protocol': 'chat' });
    // Masked frames come; the same text goes back without a mask.
    stream.on('data', (frame: Buffer) => {
      const mask = frame.subarray(2, 6);
      const payload = frame.subarray(6).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
      stream.write(Buffer.concat([Buffer.from([frame[0] ?? 0, payload.length]), payload]));
      if (frame[0] === 0x88) stream.end();
    });
  };

  test('goes to a backend that takes it, from a client of HTTP/1.1', async () => {
    const backend = await startHttp2Backend(echo, { settings: { enableConnectProtocol: true } });
    const { address, engine } = await engineFor([backend.port]);
    const socket = new WebSocket(`ws://${address}/chat`, 'chat');
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const message = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
    socket.send('hello');
    expect(await message).toBe('hello');
    socket.close(1000);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(await recorded(engine)).toMatchObject({ status: 101, protocol: 'HTTP/1.1' });
  });

  test('is answered 502 where the backend takes none', async () => {
    const { address } = await withBackend(echo);
    const socket = new WebSocket(`ws://${address}/chat`);
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.once('error', () => {});
    });
    expect(status).toBe(502);
  });
});

describe('over TLS', () => {
  async function tlsEngine(port: number, pool: object) {
    const engine = await runConfig(
      {
        listeners: { gateway: { address: '127.0.0.1:0' } },
        routes: [{ name: 'all', pool: 'p' }],
        pools: { p: { backends: [{ name: 'a', url: `https://127.0.0.1:${port}` }], tls: { verify: false }, ...pool } },
      },
      temporaryDirectory(),
    );
    onTestFinished(() => engine.close(0));
    return { engine, address: `127.0.0.1:${portOf(engine, 'gateway')}` };
  }
  const certificate = async () => new LeafCertificates(await newAuthority()).issue(['api.internal']);

  test.each(['auto', 'http2'])('%s: a backend that offers h2 gets it, on one connection', async (protocol) => {
    const backend = await startHttp2Backend(tell, { ...(await certificate()), allowHTTP1: true });
    const { address, engine } = await tlsEngine(backend.port, { protocol });
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(address)));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect(backend.sessions.length).toBe(1);
    expect(await recorded(engine)).toMatchObject({ sent: { version: 'HTTP/2' } });
  });

  test('auto: a backend of HTTP/1.1 is asked in HTTP/1.1', async () => {
    const server = createHttpsServer(await certificate(), (request, response) => response.end(request.httpVersion));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { address, engine } = await tlsEngine((server.address() as AddressInfo).port, { protocol: 'auto' });
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(address)));
    expect(replies.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => '1.1'));
    expect((await recordedRows(engine)).map(({ error }) => error)).toEqual(Array.from({ length: 20 }));
    server.closeAllConnections();
  });

  test('auto: a WebSocket that runs on the only connection of HTTP/1.1 keeps no request of HTTP/2 out', async () => {
    const server = createSecureServer({ ...(await certificate()), allowHTTP1: true });
    const webSockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => webSockets.handleUpgrade(request, socket, head, () => {}));
    server.on('stream', (stream) => {
      stream.respond();
      stream.end('over HTTP/2');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { address } = await tlsEngine(port, { protocol: 'auto', connections: { perBackend: 1 } });
    const socket = new WebSocket(`ws://${address}/`);
    onTestFinished(() => {
      socket.terminate();
      for (const client of webSockets.clients) client.terminate();
      server.close();
    });
    await once(socket, 'open');
    expect((await send(address)).text).toBe('over HTTP/2');
  });

  test('http2: a backend that does not offer h2 is told so', async () => {
    const server = createHttpsServer(await certificate(), (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const port = (server.address() as AddressInfo).port;
    const { address } = await tlsEngine(port, { protocol: 'http2', retry: { attempts: 1 } });
    const reply = await send(address);
    expect([reply.status, reply.headers['x-switchyard-error']]).toEqual([502, 'TLS_FAILED']);
    expect(reply.text).toMatch(/ALPN/);
  });
});

test('pools in clear go on speaking HTTP/1.1 when they say auto', async () => {
  const backend = await startBackend('a');
  const engine = await startEngine([backend.port]);
  onTestFinished(async () => {
    await engine.close();
    await backend.close();
  });
  expect((await send(`127.0.0.1:${engine.port}`)).status).toBe(200);
});

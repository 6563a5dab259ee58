import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import type { Engine } from '../../proxy-engine/engine.ts';
import { recorded, recordedRows, shown, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { type RawBackend, startRawBackend } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';

async function scene(
  answer: (path: string) => string,
): Promise<{ port: number; backend: RawBackend; last(): Promise<unknown>; statuses(): Promise<unknown[]> }> {
  const backend = await startRawBackend((socket, data) => {
    // Later than the client's last byte.
    for (const [, path = ''] of data.matchAll(/(?:GET|POST) (\S+) /g)) setImmediate(() => socket.write(answer(path)));
  });
  const { engine, port, close } = await startEngine([backend.port], { clock: new FakeClock() });
  onTestFinished(async () => {
    await close();
    await backend.close();
  });
  const statuses = async () => (await recordedRows(engine)).map(({ status }) => status);
  return { port, backend, last: () => recorded(engine), statuses };
}

const CLOSED = 'the client closed its side before its answer was whole';
const BEGUN = 'it got the beginning of a chunk, to find out whether it has left';
const ASKED = 'it got 100 Continue, to find out whether it has left';

interface SlowBackend {
  /** What came, per connection. */
  received: readonly string[];
  /** Whether its last connection was closed. */
  isTold: boolean;
  /** To the request, which may still be on its way. */
  answer(text: string): Promise<void>;
}

/** A backend that answers when the test says so, and a clock that stands still. */
async function slowScene(
  listener: object = {},
): Promise<{ backend: SlowBackend; clock: FakeClock; engine: Engine; port: number }> {
  let asking: Socket | undefined;
  const backend = await startRawBackend((socket) => {
    asking = socket;
    socket.on('close', () => (slow.isTold = true));
  });
  const slow: SlowBackend = {
    received: backend.received,
    isTold: false,
    async answer(text) {
      await until(() => asking !== undefined);
      asking?.write(text);
    },
  };
  const clock = new FakeClock();
  const { engine, port, close } = await startEngine([backend.port], {
    clock,
    listener,
    authorityDir: temporaryDirectory(),
  });
  onTestFinished(async () => {
    await close();
    await backend.close();
  });
  return { backend: slow, clock, engine, port };
}

const whole = (path: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`;

/** Says everything and half-closes; resolves to all that came back. */
function sayAll(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let all = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(text));
    socket.on('data', (data) => (all += data.toString()));
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => resolve(all));
  });
}

/** The same, and what has come back is told while it comes. */
function halfClosed(port: number, text: string): { got: string } {
  const client = { got: '' };
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(text));
  socket.on('data', (data) => (client.got += data.toString()));
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return client;
}

/** Its end has been heard, and it has been asked whether it is still there. */
function asked(engine: Engine, clock: FakeClock): Promise<void> {
  return until(async () => {
    clock.advance(10);
    const [row] = await recordedRows(engine);
    // Who has left is found out by that at once.
    return row?.durationMs !== undefined || row?.mark?.note?.startsWith(CLOSED) === true;
  });
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('a client that half-closes behind its last request', () => {
  it('gets every answer, the last one with close', async () => {
    const { port } = await scene(whole);
    const text = await sayAll(port, get('/1') + get('/2') + get('/3'));
    const answers = text.split(/(?=HTTP\/1\.1 200 OK)/);
    expect(answers.map((answer) => answer.slice(-2))).toEqual(['/1', '/2', '/3']);
    expect(answers.map((answer) => answer.includes('Connection: close'))).toEqual([false, false, true]);
  });

  it('and has its answer soon: nothing is said of it', async () => {
    const { port, last } = await scene(whole);
    await sayAll(port, get('/1'));
    expect(await last()).toMatchObject({ status: 200, mark: undefined });
  });

  it('and still reads when its answer takes long: it gets 100 first, which finds out that it has not left', async () => {
    const { backend, clock, engine, port } = await slowScene();
    const text = sayAll(port, get('/1'));
    await asked(engine, clock);
    for (const ms of [5, 20, 80, 320, 1280]) clock.advance(ms);
    await shown(engine, (row) => row.mark?.note === `${CLOSED}; ${ASKED}`);
    await backend.answer(whole('/1'));
    expect((await text).replace(/Date: [^\r]*\r\n/, '').split(/(?=HTTP)/)).toEqual([
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/1',
    ]);
    expect(await recorded(engine)).toMatchObject({ status: 200, error: undefined });
  });

  it('and is of HTTP/1.0, which has no 100: it is not asked', async () => {
    const { backend, clock, engine, port } = await slowScene();
    const text = sayAll(port, 'GET /1 HTTP/1.0\r\nHost: a\r\n\r\n');
    await asked(engine, clock);
    for (const ms of [5, 20, 80, 320, 1280, 5120]) clock.advance(ms);
    await backend.answer(whole('/1'));
    expect(await text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each<[how: string, listener: object, open: (port: number) => Socket]>([
    ['in clear', {}, (port) => connect(port, '127.0.0.1')],
    [
      'over TLS',
      { tls: { local: true } },
      (port) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }),
    ],
  ])('and has left (%s): that is found out at once, and its backend is told', async (_how, listener, open) => {
    const { backend, clock, engine, port } = await slowScene(listener);
    const socket = open(port);
    socket.on('error', () => {});
    socket.write(get('/1'));
    await until(() => backend.received.length === 1);
    socket.destroy();
    await asked(engine, clock);
    const isFoundOut = async () => {
      clock.advance(5);
      return (await recordedRows(engine))[0]?.durationMs !== undefined;
    };
    await until(isFoundOut);
    expect(await recorded(engine)).toMatchObject({
      status: 499,
      response: undefined,
      error: { code: 'CLIENT_GONE' },
      attempts: [{ backend: 'a', outcome: 'failed', error: { code: 'CLIENT_GONE' } }],
      mark: undefined,
    });
    await until(() => backend.isTold);
  });

  it('and leaves in the middle of its answer: that is found out by what it is sent', async () => {
    const { backend, clock, engine, port } = await slowScene();
    const socket = connect(port, '127.0.0.1', () => socket.write(get('/1')));
    await until(() => backend.received.length === 1);
    await backend.answer('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf');
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    // Bytes that it has not read would turn its FIN into a reset.
    await until(() => text.endsWith('half'));
    socket.destroy();
    await asked(engine, clock);
    await backend.answer('more');
    const isFoundOut = async () => {
      clock.advance(100);
      return (await recordedRows(engine))[0]?.durationMs !== undefined;
    };
    await until(isFoundOut);
    expect(await recorded(engine)).toMatchObject({ error: { code: 'CLIENT_GONE' }, mark: undefined });
    await until(() => backend.isTold);
  });

  const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';
  const KNOWN = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf';

  it('and still reads when its answer stops in the middle of its chunks: it gets the begin of one', async () => {
    const { backend, clock, engine, port } = await slowScene();
    const client = halfClosed(port, get('/1'));
    await asked(engine, clock);
    await backend.answer(CHUNKED);
    await until(() => client.got.endsWith('half\r\n'), 'the half');
    for (let ms = 0; ms < 40_000; ms += 100) clock.advance(100);
    await shown(engine, (row) => row.mark?.note === `${CLOSED}; ${ASKED}; ${BEGUN}`);
    await backend.answer('4\r\nmore\r\n0\r\n\r\n');
    await until(() => client.got.endsWith('\r\n\r\n'), 'the end');
    // Asked more often it may be, but not by more zeros than its parser bears.
    expect(client.got).toMatch(/\r\n\r\n4\r\nhalf\r\n0004\r\nmore\r\n0\r\n\r\n$/);
    expect(await recorded(engine)).toMatchObject({ status: 200, error: undefined });
  });

  it.each([
    ['chunks, which is found out at once', CHUNKED, 5],
    ['a body of known length, which is taken for granted when nothing was sent for long', KNOWN, 100],
  ])('and leaves in the middle of %s', async (_what, half, stepMs) => {
    const { backend, clock, engine, port } = await slowScene();
    const socket = connect(port, '127.0.0.1', () => socket.write(get('/1')));
    await until(() => backend.received.length === 1);
    await backend.answer(half);
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    // Bytes that it has not read would turn its FIN into a reset.
    await until(() => text.endsWith(half.slice(-4)));
    socket.destroy();
    await asked(engine, clock);
    const isFoundOut = async () => {
      clock.advance(stepMs);
      return (await recordedRows(engine))[0]?.durationMs !== undefined;
    };
    await until(isFoundOut);
    expect(await recorded(engine)).toMatchObject({ status: 200, error: { code: 'CLIENT_GONE' }, mark: undefined });
    await until(() => backend.isTold);
  });

  it('and gets something of a body of known length now and then: it is left alone', async () => {
    const { backend, clock, engine, port } = await slowScene();
    const client = halfClosed(port, get('/1'));
    await asked(engine, clock);
    await backend.answer(KNOWN);
    await until(() => client.got.endsWith('half'), 'the half');
    for (const letter of 'more') {
      for (let ms = 0; ms < 10_000; ms += 100) clock.advance(100);
      const before = client.got.length;
      await backend.answer(letter);
      await until(() => client.got.length > before, 'the letter');
    }
    expect(await recorded(engine)).toMatchObject({ status: 200, error: undefined });
    expect(client.got).toMatch(/halfmore$/);
  });

  it.each([
    ['half a head', 'GET /2 HTTP/1.1\r\nHo'],
    ['half a body', 'POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel'],
  ])('and the last one is %s: what came whole is answered, the rest is refused', async (_what, half) => {
    const { port, backend, last } = await scene(whole);
    const text = await sayAll(port, get('/1') + half);
    const answers = text.split(/(?=HTTP\/1\.1 )/);
    expect(answers[0]).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\nDate: [^\r]*\r\n\r\n\/1$/);
    expect(answers[1]).toMatch(/^HTTP\/1\.1 400 [^]*Connection: close\r\n/);
    expect(answers).toHaveLength(2);
    expect(await last()).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
    expect(backend.received.join('')).not.toMatch(/hello|\r\n0\r\n\r\n/);
  });

  it('and was answered before its body was whole: it gets no second answer', async () => {
    const { port } = await scene(whole);
    const text = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
        socket.write('POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
      );
      socket.on('data', (data) => {
        all += data.toString();
        if (all.endsWith('/1')) socket.end();
      });
      socket.on('close', () => resolve(all));
    });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });
});

describe('a request that is answered before its body has come', () => {
  const routes = [{ name: 'all', respond: { status: 200, body: '$path' } }];
  const framings = [
    ['of a length', 'Content-Length: 5\r\n\r\n', 'hello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n'],
  ] as const;

  it.each(framings)('%s: the next one on the connection is answered as well', async (_how, head, body) => {
    const { port, close } = await startEngine([CLOSED_PORT], { routes });
    onTestFinished(close);
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\n${head}`;
    socket.write(`${post('/1')}${body}`);
    await until(() => text.endsWith('/1'), 'the first answer');
    socket.write(post('/2'));
    await until(() => text.endsWith('/2'), 'an answer before the body');
    socket.write(`${body}${post('/3')}${body}${get('/4')}`);
    await until(() => text.endsWith('/4'), 'the last answer');
    expect(text.match(/\/\d(?=HTTP|$)/g)).toEqual(['/1', '/2', '/3', '/4']);
  });

  it.each([
    ['nor been asked for (RFC 9110 §10.1.1): its connection closes', '', 'close'],
    ['but has begun: its connection stays', 'hel', undefined],
  ])('%s', async (_what, body, connection) => {
    const { port } = await scene(whole);
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.write(`POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n${body}`);
    await until(() => text.endsWith('/1'), 'the answer');
    expect(/^Connection: (.*)\r$/m.exec(text)?.[1]).toBe(connection);
  });
});

describe('what stands behind the last request of a connection (RFC 9112 §9.6) is not carried out', () => {
  const last = (head: string, body: string) => `POST /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${head}${body}`;

  it.each([
    ['no body', last('\r\n', '')],
    ['a body', last('Content-Length: 5\r\n\r\n', 'hello')],
    ['chunks', last('Transfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n')],
  ])('%s: answered before it has been read', async (_what, text) => {
    const { engine, port, close } = await startEngine([CLOSED_PORT], {
      routes: [{ name: 'all', respond: { status: 200, body: '$path' } }],
    });
    onTestFinished(close);
    const answers = await sayAll(port, text + get('/2'));
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect((await recordedRows(engine)).map(({ path }) => path)).toEqual(['/1']);
  });
});

test('a client that was refused and ends then is one exchange', async () => {
  const { port, statuses } = await scene(whole);
  const text = await sayAll(port, `GET /${'long'.repeat(20_000)}`);
  expect(text).toMatch(/^HTTP\/1\.1 414 /);
  await sayAll(port, get('/1'));
  expect(await statuses()).toEqual([414, 200]);
});

describe('bytes that will never be a head', () => {
  it.each([
    ['no text', '\xff\xff\xff'],
    ['a word with a colon', 'hello: '],
    ['a quoted word', '"GET" '],
    ['words', 'hello there'],
    ['a line of SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a command of Redis', '*1\r\n$4\r\nPING\r\n'],
    ['a request of HTTP/0.9', 'GET /\r\n'],
  ])('%s: are refused before a line has ended', async (_what, bytes) => {
    const { port } = await scene(whole);
    const text = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
      socket.on('data', (data) => (all += data.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a client that asks for another protocol', () => {
  it.each(['tcp', 'SPDY/3.1'])('%s: is relayed when the backend takes it', async (protocol) => {
    const backend = await startRawBackend((socket, data) => {
      const asked = data.startsWith('POST') && data.includes(`Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`);
      socket.write(
        asked ? `HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\nfirst` : `echo ${data}`,
      );
    });
    const { engine, port, close } = await startEngine([backend.port]);
    onTestFinished(async () => {
      await close();
      await backend.close();
    });
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(
        `POST /attach HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    socket.on('data', (data) => {
      text += data.toString();
      if (text.endsWith('first')) socket.write('bytes');
      if (text.endsWith('echo bytes')) socket.end();
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toBe(`HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\nfirstecho bytes`);
    expect(await recorded(engine)).toMatchObject({ status: 101, requestSizeBytes: 5, responseSizeBytes: 15 });
  });

  it.each(['h2c', 'TLS/1.0', 'HTTP/2.0'])(
    '%s: is answered in HTTP/1.1, and the backend not asked',
    async (protocol) => {
      const { port, backend } = await scene(whole);
      const text = await sayAll(
        port,
        `GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(backend.received[0]).not.toMatch(/upgrade/i);
    },
  );
});

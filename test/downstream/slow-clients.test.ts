import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { ClientHttp2Session, Settings } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { send, startBackend } from '../support/backend.ts';
import { portOf, recorded } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { answerOf, connectHttp2 } from '../support/http2.ts';
import { sendRaw } from '../support/raw.ts';
import { until } from '../support/until.ts';

async function gateway(limits: object, connections: object = {}) {
  const clock = new FakeClock();
  const held: IncomingMessage[] = [];
  const backend = await startBackend('a', (request, response) => {
    if (request.url === '/echo') {
      request.pipe(response);
      return;
    }
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => response.end(request.url === '/big' ? Buffer.alloc(64 * 1024 ** 2) : String(size)));
    if (request.url === '/held') held.push(request.pause());
  });
  const engine = await Engine.create({ capture: true, version: 'test', recordings: 'memory', clock });
  await engine.apply(
    configSchema.parse({
      version: 1,
      listeners: { gateway: { address: '127.0.0.1:0', limits } },
      routes: [{ name: 'all', pool: 'p' }],
      pools: {
        p: { backends: [{ url: backend.url }], timeouts: { connect: '0s', head: '0s', idle: '0s' }, connections },
      },
    }),
    { baseDir: '.' },
  );
  onTestFinished(async () => {
    await engine.close(0);
    await backend.close();
  });
  return { clock, engine, held, port: portOf(engine, 'gateway') };
}

interface Client {
  socket: Socket;
  text(): string;
  /** Resolves when the other side has closed. */
  closed: Promise<void>;
  /** Sends, and waits until the engine has read it: another request on another connection has been answered since. */
  say(text: string): Promise<void>;
}

function client(port: number): Client {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let text = '';
  socket.on('data', (data) => (text += data.toString('latin1')));
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    text: () => text,
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
    async say(bytes) {
      await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
      await send(`127.0.0.1:${port}`, '/');
      await send(`127.0.0.1:${port}`, '/');
    },
  };
}

/** Resolves when the engine has read what was sent before. */
function seen(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => session.ping(() => resolve()));
}

async function connected(port: number, settings: Settings = {}): Promise<ClientHttp2Session> {
  const session = connectHttp2(`http://127.0.0.1:${port}`, { settings });
  await once(session, 'remoteSettings');
  return session;
}

/** Sends more than the backend takes, and lets ten minutes pass. */
async function sendToHeld(session: ClientHttp2Session, clock: FakeClock, held: readonly unknown[]) {
  const stream = session.request({ ':method': 'POST', ':path': '/held' });
  for (let i = 0; i < 16; i++) stream.write(Buffer.alloc(1024 ** 2));
  await until(() => held.length === 1, 'the request at the backend');
  for (let i = 0; i < 600; i++) {
    clock.advance(1000);
    await seen(session);
  }
  expect(stream.writableLength).toBeGreaterThan(0);
  return stream;
}

const limits = { headTimeout: '10s', requestTimeout: '60s', idleTimeout: '75s' };

describe('slow clients', () => {
  it('have ten seconds for a head, however they drip it', async () => {
    const { clock, port } = await gateway(limits);
    const slow = client(port);
    await slow.say('GET / HTTP/1.1\r\nHost: a\r\n');
    for (let i = 0; i < 3; i++) {
      clock.advance(3000);
      await slow.say(`X-${i}: 1\r\n`);
    }
    expect(slow.text()).toBe('');
    clock.advance(1100);
    await slow.closed;
    expect(slow.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['on a new connection', ''],
    ['behind a request', 'GET /kept HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('have no more of it for empty lines %s', async (_where, before) => {
    const { clock, port } = await gateway(limits);
    const slow = client(port);
    await slow.say(before);
    for (let i = 0; i < 4; i++) {
      await slow.say('\r\n');
      clock.advance(2000);
    }
    await slow.say('GET /late HTTP/1.1\r\nHost: a\r\n');
    clock.advance(2200);
    await slow.closed;
    expect(slow.text()).toMatch(/HTTP\/1\.1 408 /);
    const quiet = client(port);
    await quiet.say(before);
    await quiet.say('\r\n');
    const answered = quiet.text();
    clock.advance(10_200);
    await quiet.closed;
    expect(quiet.text()).toBe(answered);
  });

  it('may say nothing on a new connection for as long, then it is closed', async () => {
    const { clock, port } = await gateway(limits);
    const silent = client(port);
    await silent.say('');
    clock.advance(10_200);
    await silent.closed;
    expect(silent.text()).toBe('');
  });

  it('get time for a body as it comes, and none when it drips', async () => {
    const { clock, port } = await gateway(limits);
    const fair = client(port);
    await fair.say('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n');
    const slow = client(port);
    await slow.say('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n');
    for (let i = 0; i < 3; i++) {
      clock.advance(30_000);
      await fair.say('x'.repeat(20_000));
      if (i < 2) await slow.say('x');
    }
    await slow.closed;
    expect(slow.text()).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => fair.text()).toMatch(/^HTTP\/1\.1 200 [^]*60000$/);
  });

  it('are given up when they take nothing of their response', async () => {
    const { clock, engine, port } = await gateway(limits);
    const stalled = client(port);
    stalled.socket.pause();
    await stalled.say('GET /big HTTP/1.1\r\nHost: a\r\n\r\n');
    const rows = async () => (await engine.store.query({ from: 0, limit: 100, order: 'asc' })).rows;
    await expect
      .poll(async () => {
        clock.advance(76_000);
        return (await rows()).find(({ path }) => path === '/big')?.error;
      })
      .toMatchObject({ code: 'CLIENT_GONE', message: 'the client took nothing of its response for 75 s' });
  });

  it('do not keep others waiting, and connections beyond the limit are told so', async () => {
    const { port } = await gateway({ ...limits, connections: 50 });
    const slow = Array.from({ length: 50 }, () => client(port));
    await Promise.all(
      slow.map(({ socket }) => new Promise<void>((resolve) => socket.write('GET / HT', () => resolve()))),
    );
    // They wait in several queues of the system, each of which lets one in for each turn.
    for (let turn = 0; turn < slow.length; turn++) await setImmediate();
    await expect
      .poll(async () => (await send(`127.0.0.1:${port}`, '/')).headers['x-switchyard-error'])
      .toBe('TOO_MANY_CONNECTIONS');
    slow[0]?.socket.destroy();
    await expect.poll(async () => (await send(`127.0.0.1:${port}`, '/')).status).toBe(200);
  });

  it.each(['GET / HT', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx'])(
    'that stop at %j take no connection of a backend: others are served',
    async (begun) => {
      const { clock, port } = await gateway(limits, { perBackend: 2 });
      const slow = Array.from({ length: 300 }, () => client(port));
      await Promise.all(slow.map(({ socket }) => new Promise<void>((resolve) => socket.write(begun, () => resolve()))));
      for (let i = 0; i < 20; i++)
        expect(await send(`127.0.0.1:${port}`, '/', { method: 'POST', body: 'hello' })).toMatchObject({ text: '5' });
      clock.advance(61_000);
      await Promise.all(slow.map(({ closed }) => closed));
      expect(new Set(slow.map(({ text }) => text().slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']));
    },
  );

  it('that stop in the middle of a short body over HTTP/2 take none either', async () => {
    const { port } = await gateway(limits, { perBackend: 2 });
    const session = await connected(port);
    for (let i = 0; i < 100; i++) session.request({ ':method': 'POST', 'content-length': '100' }).write('x');
    await seen(session);
    expect(await send(`127.0.0.1:${port}`, '/', { method: 'POST', body: 'hello' })).toMatchObject({ text: '5' });
  });

  it.each([
    ['is long', 'Content-Length: 70000\r\n\r\nhello'],
    ['has no length', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['waits for 100 Continue', 'Content-Length: 10\r\nExpect: 100-continue\r\n\r\n'],
  ])('with a body that %s reach the backend at once', async (_, rest) => {
    const { held, port } = await gateway(limits);
    const slow = client(port);
    slow.socket.write(`POST /held HTTP/1.1\r\nHost: a\r\n${rest}`);
    await until(() => held.length === 1, 'the request at the backend');
  });

  it('may not send empty lines for ever', async () => {
    const { port } = await gateway(limits);
    const { text } = await sendRaw(port, '\r\n'.repeat(40_000), () => false);
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*only empty lines/);
  });

  it('find a connection that has been idle for long closed', async () => {
    const { clock, port } = await gateway(limits);
    const idle = client(port);
    await idle.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => idle.text()).toContain('200');
    clock.advance(74_000);
    await idle.say('');
    expect(idle.socket.readyState).toBe('open');
    clock.advance(1200);
    await idle.closed;
  });

  it('are told once when they stop in the middle of a body whose answer has begun', async () => {
    const { clock, engine, port } = await gateway(limits);
    const stopped = client(port);
    stopped.socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    await expect.poll(() => stopped.text()).toContain('half');
    clock.advance(61_000);
    await stopped.closed;
    expect(stopped.text().match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(await recorded(engine, ({ path }) => path === '/echo')).toMatchObject({
      error: { code: 'REQUEST_TIMEOUT' },
    });
  });
});

describe('slow clients of HTTP/2', () => {
  it('get time for a body as it comes, and none when it drips', async () => {
    const { clock, port } = await gateway(limits);
    const session = await connected(port);
    const [fair, slow] = [session.request({ ':method': 'POST' }), session.request({ ':method': 'POST' })];
    const answers = Promise.all([answerOf(fair), answerOf(slow)]);
    for (let i = 0; i < 3; i++) {
      fair.write('x'.repeat(20_000));
      if (i < 2) slow.write('x');
      await seen(session);
      clock.advance(30_000);
    }
    fair.end();
    expect(await answers).toMatchObject([
      { status: 200, body: '60000' },
      { status: 408, body: expect.stringContaining('the request was not whole in time') },
    ]);
  });

  it('are not blamed for a backend that takes nothing, and then have as long as ever', async () => {
    const { clock, held, port } = await gateway(limits);
    const session = await connected(port);
    const stream = await sendToHeld(session, clock, held);
    const answer = answerOf(stream);
    for (const request of held) request.resume();
    await until(() => stream.writableLength === 0, 'the body to go on');
    await seen(session);
    clock.advance(59_000);
    await seen(session);
    stream.end('x');
    expect(await answer).toMatchObject({ status: 200, body: String(16 * 1024 ** 2 + 1) });
  });

  it('are told when they stop, once the backend takes bytes again', async () => {
    const { clock, held, port } = await gateway(limits);
    const session = await connected(port);
    const stream = await sendToHeld(session, clock, held);
    const answer = answerOf(stream);
    for (const request of held) request.resume();
    await until(() => stream.writableLength === 0, 'the body to go on');
    await seen(session);
    clock.advance(60_200);
    expect(await answer).toMatchObject({ status: 408 });
  });

  it('are told when they say nothing of their body', async () => {
    const { clock, port } = await gateway(limits);
    const session = await connected(port);
    const answer = answerOf(session.request({ ':method': 'POST', 'content-length': '100' }));
    await seen(session);
    clock.advance(60_200);
    expect(await answer).toMatchObject({ status: 408 });
  });

  it('have their stream reset when they stop in the middle of a body whose answer has begun', async () => {
    const { clock, engine, port } = await gateway(limits);
    const session = await connected(port);
    const stream = session.request({ ':method': 'POST', ':path': '/echo' });
    const answer = answerOf(stream);
    stream.write('half');
    await new Promise((resolve) => stream.once('data', resolve));
    clock.advance(61_000);
    expect(await answer).toMatchObject({ status: 200, body: 'half', rstCode: 2 });
    expect(await recorded(engine, ({ path }) => path === '/echo')).toMatchObject({
      error: { code: 'REQUEST_TIMEOUT' },
    });
  });

  it('have their stream reset when they take nothing of an answer that has been said whole', async () => {
    const { clock, engine, port } = await gateway(limits);
    const session = await connected(port, { initialWindowSize: 0 });
    const answer = answerOf(session.request({ ':path': '/small' }));
    await recorded(engine, ({ path, durationMs }) => path === '/small' && durationMs !== undefined);
    await seen(session);
    clock.advance(76_000);
    expect(await answer).toMatchObject({ status: 200, body: '', rstCode: 8 });
  });
});

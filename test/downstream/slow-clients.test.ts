import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { send, startBackend } from '../support/backend.ts';
import { portOf } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { sendRaw } from '../support/raw.ts';

async function gateway(limits: object) {
  const clock = new FakeClock();
  const backend = await startBackend('a', (request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => response.end(request.url === '/big' ? Buffer.alloc(64 * 1024 ** 2) : String(size)));
  });
  const engine = await Engine.create({ capture: true, version: 'test', recordings: 'memory', clock });
  await engine.apply(
    configSchema.parse({
      version: 1,
      listeners: { gateway: { address: '127.0.0.1:0', limits } },
      routes: [{ name: 'all', pool: 'p' }],
      pools: { p: { backends: [{ url: backend.url }], timeouts: { head: '0s', idle: '0s' } } },
    }),
    { baseDir: '.' },
  );
  onTestFinished(async () => {
    await engine.close(0);
    await backend.close();
  });
  return { clock, engine, port: portOf(engine, 'gateway') };
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
  const socket = connect({ port, host: '127.0.0.1' });
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
    await expect
      .poll(async () => (await send(`127.0.0.1:${port}`, '/')).headers['x-switchyard-error'])
      .toBe('TOO_MANY_CONNECTIONS');
    slow[0]?.socket.destroy();
    await expect.poll(async () => (await send(`127.0.0.1:${port}`, '/')).status).toBe(200);
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
});

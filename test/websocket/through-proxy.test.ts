import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import type { WebSocketMessage } from '../../proxy-engine/contract/exchange.ts';
import type { Engine } from '../../proxy-engine/engine.ts';
import { startBackend } from '../support/backend.ts';
import { launchBrowser } from '../support/browser.ts';
import { recorded, shown, startEngine } from '../support/engine.ts';
import { temporaryDirectory } from '../support/tls.ts';

interface Echo {
  engine: Engine;
  /** ws://… of the proxy. */
  url: string;
}

/** A proxy in front of a server that sends every message back as it came. */
async function echo(perMessageDeflate: boolean, overTls = false, actions: object = {}): Promise<Echo> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate, maxPayload: 64 * 1024 ** 2 });
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => {});
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const tls = { authorityDir: temporaryDirectory(), listener: { tls: { local: true } } };
  const { engine, port, close } = await startEngine([(server.address() as AddressInfo).port], {
    ...(overTls && tls),
    rules: [{ name: 'rule', ...actions }] as never,
  });
  onTestFinished(async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await close();
  });
  return { engine, url: `${overTls ? 'wss' : 'ws'}://127.0.0.1:${port}/` };
}

async function open(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 64 * 1024 ** 2, ...options });
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

function next(socket: WebSocket): Promise<Buffer> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(data as Buffer)));
}

async function closed(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })));
}

/** The messages of the only WebSocket, once there are that many. */
async function messages(engine: Engine, count: number): Promise<WebSocketMessage[]> {
  const until = Date.now() + 30_000;
  for (;;) {
    const { id } = await shown(engine, ({ status }) => status === 101);
    const window = await engine.store.messages({ id, from: 0, limit: 1000 });
    if ((window?.total ?? 0) >= count) return window?.messages ?? [];
    if (Date.now() > until) throw new Error(`only ${window?.total} messages: ${JSON.stringify(window)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const told = ({ from, type, data, fragments, compressed }: WebSocketMessage) => ({
  from,
  type,
  data,
  fragments,
  compressed,
});

describe('a WebSocket through the proxy', () => {
  it.each<[what: string, message: string | Buffer]>([
    ['empty', ''],
    ['short', 'hello'],
    ['of 125 bytes', 'a'.repeat(125)],
    ['of 126 bytes', 'a'.repeat(126)],
    ['of 65,535 bytes', 'a'.repeat(65_535)],
    ['of 65,536 bytes', 'a'.repeat(65_536)],
    ['of 10 MiB', 'é'.repeat(5 * 1024 ** 2)],
    ['with every kind of UTF-8', 'aé漢😀\0'],
    ['binary', Buffer.from([0, 1, 2, 0xff])],
    ['binary of 10 MiB', Buffer.alloc(10 * 1024 ** 2, 0xa5)],
  ])('echoes a message %s, plain and deflated', async (_what, message) => {
    for (const deflate of [false, true]) {
      const { engine, url } = await echo(deflate);
      const socket = await open(url, { perMessageDeflate: deflate });
      const answer = next(socket);
      socket.send(message);
      expect((await answer).equals(Buffer.from(message as string))).toBe(true);
      const [up, down] = await messages(engine, 2);
      const sizeBytes = Buffer.byteLength(message as string);
      const type = typeof message === 'string' ? 'text' : 'binary';
      expect(up).toMatchObject({ from: 'client', type, sizeBytes, truncated: sizeBytes > 1024 ** 2 });
      expect(down).toMatchObject({ from: 'server', type, sizeBytes });
    }
  });

  it('passes fragments with control frames between them, and shows one message', async () => {
    const { engine, url } = await echo(false);
    const socket = await open(url);
    const answer = next(socket);
    socket.send('one ', { fin: false });
    socket.ping('now');
    socket.send('two ', { fin: false });
    socket.send('three', { fin: true });
    expect((await answer).toString()).toBe('one two three');
    const seen = (await messages(engine, 4)).map(told);
    expect(seen).toContainEqual({
      from: 'client',
      type: 'text',
      data: 'one two three',
      fragments: 3,
      compressed: false,
    });
    const now = Buffer.from('now').toString('base64');
    expect(seen.filter(({ type }) => type === 'ping' || type === 'pong')).toEqual([
      { from: 'client', type: 'ping', data: now, fragments: 1, compressed: false },
      { from: 'server', type: 'pong', data: now, fragments: 1, compressed: false },
    ]);
  });

  it('inflates what was agreed to be deflated, also with its context taken over', async () => {
    const { engine, url } = await echo(true);
    const socket = await open(url, { perMessageDeflate: { threshold: 0 } });
    for (const text of ['the same text again', 'the same text again', 'and another']) {
      const answer = next(socket);
      socket.send(text, { compress: true });
      expect((await answer).toString()).toBe(text);
    }
    const seen = await messages(engine, 6);
    expect(seen.filter(({ from }) => from === 'client').map(({ data, compressed }) => [data, compressed])).toEqual([
      ['the same text again', true],
      ['the same text again', true],
      ['and another', true],
    ]);
  });

  it.each<[code: number, reason: string]>([
    [1000, ''],
    [1001, 'going away'],
    [1011, 'something broke'],
    [3000, 'of a library'],
    [4999, 'é of my own'],
  ])('passes close %i %j on and ends the exchange', async (code, reason) => {
    const { engine, url } = await echo(false);
    const socket = await open(url);
    const gone = closed(socket);
    socket.close(code, reason);
    expect(await gone).toEqual({ code, reason });
    const exchange = await recorded(engine);
    expect(exchange).toMatchObject({ status: 101, messages: { total: 2, notes: [] } });
    expect((await messages(engine, 2))[0]).toMatchObject({ type: 'close', closeCode: code, data: reason });
  });

  it.each([
    [{ response: [{ status: 503 }] }, 'a switch of protocols keeps its status, 101'],
    [{ response: [{ body: { set: 'x' } }] }, 'a switch of protocols is not held and has no body to edit'],
    [{ response: [{ set: { 'x-a': '1' } }] }, undefined],
    [{ request: [{ body: { set: 'x' } }] }, 'body left alone: a switch of protocols has none'],
  ])('is switched to whatever %j says, and its row says so', async (actions, note) => {
    const { engine, url } = await echo(false, false, actions);
    const socket = await open(url);
    socket.send('hello');
    expect(String(await next(socket))).toBe('hello');
    const { status, mark } = await shown(engine);
    expect([status, mark?.note]).toEqual([101, note]);
  });

  it('is in the list while it is open, with its messages as they pass', async () => {
    const { engine, url } = await echo(false);
    const socket = await open(url);
    const before = await shown(engine);
    expect([before.status, before.durationMs, before.messages]).toEqual([101, undefined, undefined]);
    const changes = engine.store.changes;
    const answer = next(socket);
    socket.send('live');
    await answer;
    expect((await messages(engine, 2)).map(({ data }) => data)).toEqual(['live', 'live']);
    expect(engine.store.changes).toBeGreaterThan(changes);
    expect((await shown(engine)).requestSizeBytes).toBeGreaterThan(4);
  });

  it('relays what is no WebSocket frame and says that it understands no more', async () => {
    const { engine, url } = await echo(false);
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await new Promise((resolve) => socket.once('data', resolve));
    const ended = new Promise((resolve) => socket.once('end', resolve));
    socket.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    await ended;
    const { messages: told } = await recorded(engine);
    expect(told?.notes[0]).toContain('from the client: a reserved bit is set');
  });

  it.each([
    ['HTTP/1.1', false],
    ['HTTP/2', true],
  ])('carries Chromium’s WebSocket over %s', async (protocol, overTls) => {
    const { engine, url } = await echo(true, overTls);
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const tab = await browser.newPage({ ignoreHTTPSErrors: true });
    // Not a WebSocket: 426 of the backend. Its connection is there when the WebSocket wants one (RFC 8441).
    await tab.goto(url.replace('ws', 'http'));
    const text = await tab.evaluate(
      (address) =>
        new Promise<string>((resolve) => {
          const socket = new globalThis.WebSocket(address);
          socket.onopen = () => socket.send('from the browser, twice from the browser');
          socket.onmessage = ({ data }) => resolve(data as string);
        }),
      url,
    );
    expect(text).toBe('from the browser, twice from the browser');
    expect(await shown(engine, ({ status }) => status === 101)).toMatchObject({ protocol });
    const [first] = await messages(engine, 2);
    expect(first).toMatchObject({ from: 'client', data: text, compressed: true });
  });
});

describe('server-sent events', () => {
  it('pass one by one', async () => {
    let write = (_text: string): void => {};
    const backend = await startBackend('events', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write = (text) => response.write(text);
      write('data: 0\n\n');
    });
    const { port, close } = await startEngine([backend.port]);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const reader = response.body?.getReader();
    onTestFinished(async () => {
      await reader?.cancel();
      await close();
      await backend.close();
    });
    // Each is read before the next is written: nothing waits for more.
    for (let i = 0; i < 3; i++) {
      const { value } = (await reader?.read()) ?? {};
      expect(Buffer.from(value ?? []).toString()).toBe(`data: ${i}\n\n`);
      write(`data: ${i + 1}\n\n`);
    }
  });
});

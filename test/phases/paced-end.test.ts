/** `throttle` on what is relayed: WebSockets, and tunnels that are not opened. */
import { createHash } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limitedEnd } from '../../proxy-engine/phases/paced-end.ts';
import { Link } from '../../proxy-engine/rules/link.ts';
import { startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';
import { openRaw } from '../support/websocket-frames.ts';

const SENT = Buffer.alloc(40_000, 'what is sent ');
const TICK_MS = 20;
const UP_A_TICK = 2000;
const DOWN_A_TICK = 1000;
const RULE = { name: 'slow', request: [{ throttle: { up: '800kbps', down: '400kbps' } }] };

/** What it got; it sends that back, and then closes its side when the client has. */
interface Echo {
  port: number;
  got: number;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function startEcho(): Promise<Echo> {
  const echo = { port: 0, got: 0 };
  const sendBack = (socket: Socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      echo.got += chunk.length;
      socket.write(chunk);
    });
    socket.on('end', () => socket.end());
    onTestFinished(() => void socket.destroy());
  };
  const http = createHttpServer();
  http.on('upgrade', ({ headers }, socket: Socket) => {
    const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${guid}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sendBack(socket);
  });
  // Who says "GET" wants a WebSocket; others are sent back what they say.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first.subarray(0, 4).toString() === 'GET ') http.emit('connection', socket);
      else sendBack(socket);
      socket.resume();
    });
  });
  echo.port = await listening(server);
  return echo;
}

/** Through a forward listener; resolves when the tunnel is there. */
function openTunnel(port: number, hello: Buffer, answerBytes: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(hello));
    onTestFinished(() => void socket.destroy());
    socket.once('error', reject);
    let left = answerBytes;
    const hear = (answer: Buffer) => {
      left -= answer.length;
      if (left > 0) return;
      socket.off('data', hear);
      resolve(socket);
    };
    socket.on('data', hear);
  });
}

const WAYS: [string, object, (port: number, target: number) => Promise<Duplex>][] = [
  ['a WebSocket over HTTP/1.1', {}, (port) => openRaw(port, 'http1')],
  ['a WebSocket over HTTP/2', {}, (port) => openRaw(port, 'http2')],
  [
    'a tunnel by CONNECT',
    { mode: 'forward' },
    (port, target) => {
      const hello = `CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
      return openTunnel(port, Buffer.from(hello), 'HTTP/1.1 200 Connection Established\r\n\r\n'.length);
    },
  ],
  [
    'a tunnel by SOCKS5',
    { mode: 'forward' },
    (port, target) => openTunnel(port, Buffer.of(5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, target >> 8, target & 0xff), 12),
  ],
];

describe.each(WAYS)('%s', (_way, listener, open) => {
  it('is as slow as the rule says, both ways, and nothing is lost', async () => {
    const clock = new FakeClock();
    const echo = await startEcho();
    const { port, close } = await startEngine([echo.port], { clock, listener, rules: [RULE] as never });
    onTestFinished(close);
    const client = await open(port, echo.port);
    const got: Buffer[] = [];
    let isOver = false;
    client.on('data', (chunk: Buffer) => got.push(chunk));
    client.on('end', () => (isOver = true));
    client.end(SENT);
    const most = { up: 0, down: 0 };
    let ticks = 0;
    await until(() => {
      most.up = Math.max(most.up, echo.got - ticks * UP_A_TICK);
      most.down = Math.max(most.down, Buffer.concat(got).length - ticks * DOWN_A_TICK);
      ticks++;
      clock.advance(TICK_MS);
      return isOver;
    });
    expect(most).toEqual({ up: 0, down: 0 });
    expect(Buffer.concat(got).equals(SENT)).toBe(true);
  });
});

it.each([
  ['delay', { delay: '300ms' }],
  ['the latency of a throttle', { throttle: { latency: '300ms' } }],
])('a tunnel waits for %s before it opens', async (_what, action) => {
  const clock = new FakeClock();
  const echo = await startEcho();
  const rules = [{ name: 'late', request: [action] }] as never;
  const { engine, port, close } = await startEngine([echo.port], { clock, listener: { mode: 'forward' }, rules });
  onTestFinished(close);
  const opened = WAYS[2]?.[2](port, echo.port);
  let isOpen = false;
  void opened?.then(() => (isOpen = true));
  await until(() => engine.state().rules.some(({ hits }) => hits > 0));
  clock.advance(299);
  await new Promise(setImmediate);
  expect(isOpen).toBe(false);
  clock.advance(1);
  await opened;
});

it('has ended when the socket under it has sent everything, and not before', async () => {
  let onTaken = (): void => {};
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => (onTaken = done) });
  const end = limitedEnd({ socket, rest: Buffer.alloc(0) }, { links: [new Link(1000)] }, new FakeClock());
  const closed = new Promise((resolve) => socket.once('close', resolve));
  end.socket.end('the last word', () => end.socket.destroy());
  await new Promise(setImmediate);
  expect([end.socket.writableFinished, socket.destroyed]).toEqual([false, false]);
  onTaken();
  await closed;
  expect(socket.writableFinished).toBe(true);
});

it('a socket that goes before it has sent everything does not keep its end open', async () => {
  const socket = new Duplex({ read() {}, write() {} });
  const end = limitedEnd({ socket, rest: Buffer.alloc(0) }, { links: [new Link(1000)] }, new FakeClock());
  const closed = new Promise((resolve) => end.socket.once('close', resolve));
  end.socket.end('the last word');
  await new Promise(setImmediate);
  socket.destroy();
  await closed;
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../proxy-engine/clock.ts';
import { Channels } from '../../proxy-engine/host/channel.ts';
import { startWebServer } from '../../proxy-engine/host/web-server.ts';
import { startHost } from '../support/engine-host.ts';

async function setUp() {
  const { host } = await startHost({}, null);
  const channels = new Channels(host, systemClock);
  const web = { hostname: '127.0.0.1', port: 0, token: 'T', rendererDir: null };
  const server = await startWebServer(host, channels, web);
  onTestFinished(() => channels.close());
  return { server, port: Number(new URL(server.origin).port) };
}

/** A client that leaves its side open, and what it is answered first. */
async function ask(port: number, head: string): Promise<{ socket: Socket; answer: string }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(`${head} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`);
  socket.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n');
  socket.write('Authorization: Bearer T\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return { socket, answer: String(answer).split('\r\n', 1)[0] ?? '' };
}

test('closes when its WebSocket clients, or those it refused, leave their side open', async () => {
  const { server, port } = await setUp();
  const { answer } = await ask(port, 'GET /channel');
  expect(answer).toBe('HTTP/1.1 101 Switching Protocols');
  const refused = await ask(port, 'GET /nowhere');
  expect(refused.answer).toBe('HTTP/1.1 404 Not Found');
  await server.close();
});

test('a client that offers h2c is answered as any other', async () => {
  const { server, port } = await setUp();
  onTestFinished(() => server.close());
  const lines = ['GET /healthz', 'GET /metrics', 'POST /api/state.get', 'POST /api/%'];
  const answers = await Promise.all(
    lines.map(async (line) => {
      const socket = connect(port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.write(`${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer T\r\nContent-Length: 0\r\n`);
      socket.write('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return String(answer).split(' ')[1];
    }),
  );
  expect(answers).toEqual(['200', '200', '200', '404']);
});

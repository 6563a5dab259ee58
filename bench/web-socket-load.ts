/** WebSockets that say something and wait for the echo, over and over. */
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { BACKEND_PORTS } from './backends.ts';
import type { LoadResult } from './load.ts';

const SOCKETS = 32;
const MESSAGE = JSON.stringify({ type: 'price', symbol: 'SWY', value: 42.5, note: 'x'.repeat(80) });
/** Where the peers send `/socket`. */
const ECHO_PORT = BACKEND_PORTS[0] + 90;

/** Counts messages in both directions: an echo is two. */
export async function webSocketLoad(proxyPort: number, seconds: number): Promise<LoadResult> {
  const server = new WebSocketServer({ port: ECHO_PORT, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data, { binary: false })));
  const counts = { requests: 0, errors: 0 };
  const clients = await Promise.all(Array.from({ length: SOCKETS }, () => openClient(proxyPort, counts)));
  const began = performance.now();
  for (const client of clients) client.send(MESSAGE);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const result = { ...counts, perSecond: (counts.requests / (performance.now() - began)) * 1000 };
  for (const client of clients) client.terminate();
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
  return result;
}

async function openClient(proxyPort: number, counts: { requests: number; errors: number }): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${proxyPort}/socket`, { perMessageDeflate: false });
  await once(client, 'open');
  client.on('message', () => {
    counts.requests += 2;
    client.send(MESSAGE);
  });
  client.on('error', () => counts.errors++);
  return client;
}

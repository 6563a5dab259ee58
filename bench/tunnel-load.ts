/** Clients that use a proxy: CONNECT, then TLS, then requests one after the other. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LoadResult } from './load.ts';

const TUNNELS = 32;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** `target`: port of the origin, on localhost. Whoever intercepts is not verified. */
export async function tunnelLoad(proxyPort: number, seconds: number, target: number): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: TUNNELS }, () => openTunnel(proxyPort, target)));
  const counts = { requests: 0, errors: 0 };
  const began = performance.now();
  const runs = sockets.map((socket) => keepAsking(socket, counts));
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const perSecond = (counts.requests / (performance.now() - began)) * 1000;
  const result = { ...counts, perSecond };
  for (const socket of sockets) socket.destroy();
  await Promise.all(runs);
  return result;
}

async function openTunnel(proxyPort: number, target: number): Promise<Socket> {
  const socket = connect({ port: proxyPort, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.write(`CONNECT localhost:${target} HTTP/1.1\r\nHost: localhost:${target}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(`CONNECT: ${answer.toString('latin1')}`);
  const secured = connectTls({ socket, servername: 'localhost', rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  return secured;
}

/** Resolves when the socket is closed. */
function keepAsking(socket: Socket, counts: { requests: number; errors: number }): Promise<void> {
  let missing = -1;
  let head = '';
  socket.on('data', (chunk: Buffer) => {
    if (missing < 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      missing = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - head.length;
    } else missing -= chunk.length;
    if (missing > 0) return;
    if (head.startsWith('HTTP/1.1 200')) counts.requests++;
    else counts.errors++;
    [missing, head] = [-1, ''];
    socket.write(REQUEST);
  });
  socket.on('error', () => counts.errors++);
  socket.write(REQUEST);
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

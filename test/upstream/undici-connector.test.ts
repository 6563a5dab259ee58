/** The same exchanges through our codec and through undici: what the client and the backend see must agree. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { send } from '../support/backend.ts';
import { startEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { kept } from '../support/kept.ts';
import { sendRaw } from '../support/raw.ts';

interface Seen {
  method?: string | undefined;
  url?: string | undefined;
  headers: string[];
  body: string;
}

/** Does what the path says, and keeps what it got. */
async function startOrigin(): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((incoming, response) => {
    void textOf(incoming).then((body) => {
      const { method, url, rawHeaders } = incoming;
      seen.push({ method, url, headers: forComparison(rawHeaders), body });
      const path = url ?? '';
      if (path.startsWith('/status/')) response.writeHead(Number(path.slice(8)), { 'x-kind': 'status' });
      if (path === '/gzip') response.setHeader('content-encoding', 'gzip');
      if (path === '/cookies') response.setHeader('set-cookie', ['a=1', 'b=2']);
      if (path === '/trailers') {
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('in pieces');
        response.addTrailers({ 'x-sum': '9' });
      }
      const bodyless = path === '/status/204' || path === '/status/304';
      response.end(bodyless ? undefined : path === '/gzip' ? gzipSync('zipped') : `got ${body.length}`);
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${String(data)}`)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(() => resolve()));
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** undici puts `host` first and says `connection: keep-alive`; ids differ. */
function forComparison(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) lines.push(`${raw[i]?.toLowerCase()}: ${raw[i + 1]}`);
  return lines.filter((line) => !/^(connection|keep-alive|date|x-request-id|host): /.test(line)).sort();
}

const CASES: [name: string, path: string, request: Parameters<typeof send>[2]][] = [
  ['GET', '/', {}],
  ['a query', '/p?q=1&r=%20', {}],
  ['HEAD', '/', { method: 'HEAD' }],
  ['OPTIONS', '/', { method: 'OPTIONS' }],
  ['POST with a length', '/', { method: 'POST', headers: { 'content-length': '5' }, body: 'hello' }],
  ['POST in chunks', '/', { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(300_000) }],
  ['PUT of nothing', '/', { method: 'PUT', headers: { 'content-length': '0' } }],
  ['DELETE with a body', '/', { method: 'DELETE', headers: { 'content-length': '2' }, body: 'ok' }],
  ['lists and spellings', '/', { headers: { 'X-One': '1', accept: 'a/b, c/d;q=0.1', cookie: 'a=1; b=2' } }],
  ['204', '/status/204', {}],
  ['304', '/status/304', {}],
  ['404', '/status/404', {}],
  ['500', '/status/500', {}],
  ['a coded body', '/gzip', {}],
  ['two cookies', '/cookies', {}],
  ['trailers', '/trailers', {}],
];

it.each(CASES)('%s', async (_name, path, request) => {
  const { port, seen } = await startOrigin();
  const replies = [];
  for (const upstream of ['codec', 'undici'] as const) {
    const engine = kept(await startEngine([port], { upstream }));
    const { status, headers, text } = await send(`127.0.0.1:${engine.port}`, path, {
      ...request,
      headers: { host: 'origin.test', ...request?.headers },
    });
    replies.push({ status, text, headers: forComparison(Object.entries(headers).flat().map(String)) });
  }
  expect(replies[1]).toEqual(replies[0]);
  expect(seen[1]).toEqual(seen[0]);
});

it.each(['codec', 'undici'] as const)('WebSocket through %s', async (upstream) => {
  const { port } = await startOrigin();
  const engine = kept(await startEngine([port], { upstream }));
  const socket = new WebSocket(`ws://127.0.0.1:${engine.port}/ws`);
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once('open', () => socket.send('hi'));
    socket.once('message', (data) => resolve(String(data)));
    socket.once('error', reject);
  });
  socket.close();
  expect(answer).toBe('echo hi');
});

it.each(['codec', 'undici'] as const)(
  'a backend that is not there is 502 through %s, and the next is tried',
  async (upstream) => {
    const { port } = await startOrigin();
    const alone = kept(await startEngine([CLOSED_PORT], { upstream }));
    const pair = kept(await startEngine([CLOSED_PORT, port], { upstream }));
    const refused = await send(`127.0.0.1:${alone.port}`);
    expect([refused.status, refused.headers['x-switchyard-error']]).toEqual([502, 'CONNECT_REFUSED']);
    expect((await send(`127.0.0.1:${pair.port}`)).status).toBe(200);
  },
);

it('keeps a connection for the next exchange', async () => {
  const { port } = await startOrigin();
  const engine = kept(await startEngine([port], { upstream: 'undici' }));
  const request = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
  const last = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
  const { text } = await sendRaw(engine.port, `${request}${last}`, () => false);
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  const { rows } = await engine.engine.store.query({ from: 0, limit: 10, order: 'asc' });
  const attempts = await Promise.all(
    rows.map(async ({ id }) => (await engine.engine.store.get(id))?.attempts[0]?.reused),
  );
  expect(attempts).toEqual([false, true]);
});

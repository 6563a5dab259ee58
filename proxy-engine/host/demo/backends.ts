/** Backends and clients to look at: no part of the proxy, only something for it to do. */
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

interface Character {
  name: string;
  /** What an answer takes, in milliseconds: at least, and how much more at random. */
  latencyMs: [least: number, spread: number];
  /** Share of requests that get 500. */
  errorShare: number;
}

const CHARACTERS: readonly Character[] = [
  { name: 'a', latencyMs: [4, 12], errorShare: 0 },
  { name: 'b', latencyMs: [40, 60], errorShare: 0 },
  { name: 'c', latencyMs: [10, 30], errorShare: 0.06 },
];

export interface DemoBackends {
  /** By the backend's name in assets/demo.yaml. */
  ports: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Three servers on free ports of 127.0.0.1. */
export async function startDemoBackends(random: () => number = Math.random): Promise<DemoBackends> {
  const servers = await Promise.all(CHARACTERS.map((character) => startBackend(character, random)));
  const ports = servers.map(
    (server, index) => [CHARACTERS[index]?.name ?? '', (server.address() as AddressInfo).port] as const,
  );
  return {
    ports: Object.fromEntries(ports),
    async close() {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

function startBackend(character: Character, random: () => number): Promise<Server> {
  const server = createServer((incoming, response) => void answer(character, random, incoming, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function answer(
  character: Character,
  random: () => number,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://demo');
  incoming.resume();
  response.setHeader('server', `demo-${character.name}`);
  if (pathname === '/healthz') return void response.end('ok\n');
  const [least, spread] = character.latencyMs;
  await sleep(least + random() * spread);
  const failed = random() < character.errorShare;
  const body = {
    backend: character.name,
    method: incoming.method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: incoming.headers,
  };
  sendJson(
    incoming,
    response,
    failed ? 500 : statusOf(pathname),
    failed ? { backend: character.name, error: 'the demo fails now and then' } : body,
  );
}

function statusOf(pathname: string): number {
  return pathname.endsWith('/missing') ? 404 : 200;
}

function sendJson(incoming: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const zip = /\bgzip\b/.test(incoming.headers['accept-encoding'] ?? '');
  const sent = zip ? gzipSync(bytes) : bytes;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': sent.length,
    ...(zip && { 'content-encoding': 'gzip' }),
  });
  response.end(sent);
}

interface Call {
  method: string;
  path: string;
  body?: string;
}

const CALLS: readonly Call[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/api/users?page=2' },
  { method: 'GET', path: '/api/users/17' },
  { method: 'POST', path: '/api/orders', body: '{"item":"tea","count":2}' },
  { method: 'GET', path: '/api/search?q=switch+yard' },
  { method: 'GET', path: '/assets/app.css' },
  { method: 'GET', path: '/api/missing' },
  { method: 'PUT', path: '/api/users/17', body: '{"name":"Ada"}' },
];

/** A few requests a second to `address` until the returned function is called. Failures are what there is to see: they are not told. */
export function startDemoTraffic(address: { host: string; port: number }, perSecond = 4): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let next = 0;
  const timer = setInterval(() => send(agent, address, CALLS[next++ % CALLS.length] as Call), 1000 / perSecond);
  timer.unref();
  return () => {
    clearInterval(timer);
    agent.destroy();
  };
}

function send(agent: Agent, address: { host: string; port: number }, { method, path, body }: Call): void {
  const headers = {
    'user-agent': 'switchyard-demo',
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'x-secret-internal': 'not for backends',
  };
  const outgoing = request({
    ...address,
    agent,
    method,
    path,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
  });
  outgoing.on('response', (response) => response.resume().on('error', () => {}));
  outgoing.on('error', () => {});
  outgoing.end(body);
}

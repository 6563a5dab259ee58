/** Backends that fail in one way each, over real sockets and processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { CLOSED_PORT } from './free-port.ts';
import { newAuthority } from './tls.ts';
import { until } from './until.ts';
import { ACCEPT } from './websocket-key.mjs';

export interface Faulty {
  url: string;
  /** What its pool needs in the config. */
  pool?: object;
  /** Does the harm when so many requests have been read. */
  strike?(requests: number): Promise<void>;
  close(): void;
}

type Act = (socket: Socket) => void;

/** Does `act` when a connection comes. */
async function onConnection(act: Act): Promise<Faulty> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    act(socket);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => closeAll(server, sockets) };
}

/** Does `act` when a whole request has come. */
function onRequest(act: Act): Promise<Faulty> {
  return onConnection((socket) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (!isWhole(text)) return;
      text = '';
      act(socket);
    });
  });
}

function isWhole(text: string): boolean {
  const [head = '', body] = text.split('\r\n\r\n', 2);
  if (body === undefined) return false;
  if (/^transfer-encoding: *chunked/im.test(head)) return text.endsWith('\r\n0\r\n\r\n');
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return text.length - head.length - 4 >= length;
}

async function listen(server: Server, backlog?: number): Promise<number> {
  server.listen({ port: 0, host: '127.0.0.1', ...(backlog !== undefined && { backlog }) });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function closeAll(server: Server, sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy();
  server.close();
}

/** The healthy one: answers everything at once, also upgrades. */
export async function healthyBackend(name = 'b'): Promise<Faulty> {
  const server = createHttp((incoming, response) => {
    incoming.resume();
    incoming.once('end', () => response.setHeader('x-backend', name).end(name));
  });
  const upgraded = new Set<Socket>();
  server.on('upgrade', (_incoming, socket: Socket) => {
    upgraded.add(socket);
    socket.on('error', () => {});
    socket.once('end', () => socket.end());
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nX-Backend: ${name}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${ACCEPT}\r\n`,
    );
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      closeAll(server, upgraded);
    },
  };
}

export async function closedPort(): Promise<Faulty> {
  return { url: `http://127.0.0.1:${CLOSED_PORT}`, close() {} };
}

/** A process that is stopped with its queue of connections full: the kernel answers no SYN. */
export async function fullBacklog(): Promise<Faulty> {
  const { child, port } = await backendProcess({ BACKLOG: '1' });
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.race(fillers.map((socket) => once(socket, 'connect')));
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}

/** A process that is stopped: its kernel still accepts connections and takes requests. */
export async function stoppedProcess(): Promise<Faulty> {
  const { child, port } = await backendProcess({});
  child.kill('SIGSTOP');
  return { url: `http://127.0.0.1:${port}`, close: () => child.kill('SIGKILL') };
}

/** A process that is killed when it has read its requests, before (`head`) or in the middle of (`body`) its answers. */
export async function killedProcess(when: 'head' | 'body'): Promise<Faulty> {
  const { child, port } = await backendProcess({ HOLD: when });
  let read = 0;
  child.stdout?.on('data', (data: Buffer) => {
    read += data.toString().split('\n').length - 1;
  });
  const strike = async (requests: number) => {
    await until(() => read === requests);
    child.kill('SIGKILL');
  };
  return { url: `http://127.0.0.1:${port}`, strike, close: () => child.kill('SIGKILL') };
}

/** `backend-process.mjs` with this environment, once it listens. */
export async function backendProcess(env: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const program = join(import.meta.dirname, 'backend-process.mjs');
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(line) };
}

export const resetOnAccept = () => onConnection((socket) => void socket.resetAndDestroy());
/** Answers the first request on each connection, and does `act` when another one comes on it. */
export function onReuse(act: Act, name = 'a'): Promise<Faulty> {
  const served = new WeakSet<Socket>();
  return onRequest((socket) => {
    if (served.has(socket)) return act(socket);
    served.add(socket);
    socket.write(`HTTP/1.1 200 OK\r\nX-Backend: ${name}\r\nContent-Length: 0\r\n\r\n`);
  });
}

export const closeOnAccept = () => onConnection((socket) => socket.end());
export const readAndClose = () => onRequest((socket) => socket.end());
export const readAndReset = () => onRequest((socket) => socket.resetAndDestroy());
export const neverAnswer = () => onRequest(() => {});
/** These bytes, then the end of the connection. */
export const say = (bytes: string) => onRequest((socket) => socket.end(bytes, 'latin1'));
/** These bytes, then a reset once they have been sent. */
export const sayAndReset = (bytes: string) =>
  onRequest((socket) => socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20)));
/** These bytes and nothing more. */
export const sayAndStall = (bytes: string) => onRequest((socket) => socket.write(bytes));
/** A body of five bytes, one each 20 ms. */
export const trickle = (bytes = 5) =>
  onRequest((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nX-Backend: a\r\nContent-Length: ${bytes}\r\n\r\n`);
    let left = bytes;
    const timer = setInterval(() => {
      if (left-- > 0) socket.write('x');
      else clearInterval(timer);
    }, 20);
    socket.once('close', () => clearInterval(timer));
  });

/** TLS with a certificate for `host`, made so many days ago, of an authority that its pool trusts. */
export async function badTls({ host = '127.0.0.1', daysAgo = 0 }): Promise<Faulty> {
  const authority = await newAuthority();
  const epoch = () => Date.now() - daysAgo * 24 * 60 * 60 * 1000;
  const faulty = await untrustedTls(await new LeafCertificates(authority, { epoch }).issue([host]));
  return { ...faulty, pool: { tls: { ca: [authority.certificateFile] } } };
}

/** TLS with a certificate that nobody trusts. */
export async function untrustedTls(certificate: { cert: string; key: string }): Promise<Faulty> {
  const server = createTls(certificate, (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  server.on('tlsClientError', () => {});
  const port = await listen(server);
  return { url: `https://127.0.0.1:${port}`, close: () => void server.close() };
}

/** A port that accepts and says nothing, where TLS is expected. */
export async function silentTls(): Promise<Faulty> {
  const silent = await onConnection(() => {});
  return { ...silent, url: silent.url.replace('http:', 'https:') };
}

export function unknownName(): Promise<Faulty> {
  return Promise.resolve({ url: 'http://no-such-host.invalid:3000', close() {} });
}

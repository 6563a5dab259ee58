/** Three readers of the same bytes: our parser, llhttp in its strict mode, and nginx in front of a backend. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProxyError } from '../../proxy-engine/errors.ts';
import type { ParsedRequest } from '../../proxy-engine/http/head.ts';
import { RequestParser } from '../../proxy-engine/http/parser.ts';
import { type OtherProxy, startNginx } from './other-proxies.ts';

/** What a reader has taken for a whole request. */
export interface ReadRequest {
  method: string;
  /** As it came; null: this reader does not tell. */
  target: string | null;
  /** Of the target; null: the same. */
  path: string | null;
  /** latin1 */
  body: string;
  /** `[name, value, …]`; null: this reader does not tell. */
  headers: string[] | null;
}

/** Each gives every whole request that it takes from the bytes of one connection, which ends behind them. */
export interface RequestReader {
  read(bytes: Buffer): Promise<ReadRequest[]>;
  close(): Promise<void>;
}

const LIMITS = { headBytes: 64 * 1024, headers: 200 };

/** Ours, fed in pieces that end at `cuts`. */
export function readOurs(bytes: Buffer, cuts: readonly number[] = []): ReadRequest[] {
  const whole: ReadRequest[] = [];
  let current: ParsedRequest | null = null;
  let body = '';
  let over = false;
  const parser = new RequestParser(LIMITS, {
    onHead(request) {
      current = request;
      body = '';
    },
    onBody: (chunk) => (body += chunk.toString('latin1')),
    onEnd() {
      const { head, target } = current as ParsedRequest;
      const headers = [...head.headers.flat];
      whole.push({ method: head.method, target: head.target, path: target.pathAndQuery, body, headers });
      over = !head.keepAlive;
    },
  });
  const feed = (chunk: Buffer): void => {
    let before = whole.length;
    parser.feed(chunk);
    for (; whole.length > before && !over; parser.next()) before = whole.length;
  };
  try {
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      if (!over && to > from) feed(bytes.subarray(from, to));
      from = Math.max(from, to);
    }
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
  }
  return whole;
}

/** What of Node's own parser is used here. */
interface Llhttp {
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void;
  execute(bytes: Buffer): number | Error;
  finish(): Error | undefined;
  [callback: number]: (...args: never[]) => unknown;
}
const { HTTPParser, methods } = createRequire(import.meta.url)('_http_common') as {
  HTTPParser: (new () => Llhttp) & Record<'REQUEST' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete', number>;
  methods: readonly string[];
};

/** Methods that llhttp knows: it refuses all others. */
export const LLHTTP_METHODS: ReadonlySet<string> = new Set(methods);

/** llhttp as Node's servers use it, strict. */
export function readByLlhttp(bytes: Buffer): ReadRequest[] {
  const whole: ReadRequest[] = [];
  let current: ReadRequest | null = null;
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {}, LIMITS.headBytes, 0);
  parser[HTTPParser.kOnHeadersComplete] = (
    _major,
    _minor,
    headers: string[],
    method: number,
    target: string,
  ): number => {
    current = { method: methods[method] ?? '', target, path: null, body: '', headers };
    return 0;
  };
  parser[HTTPParser.kOnBody] = (chunk: Buffer): void => {
    if (current) current.body += chunk.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete] = (): void => {
    if (current) whole.push(current);
    current = null;
  };
  if (!(parser.execute(bytes) instanceof Error)) parser.finish();
  return whole;
}

/** nginx, which reads whole bodies before it passes a request on in its own words. */
export async function nginxReader(): Promise<RequestReader> {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-'));
  const [front, back] = [join(directory, 'front.sock'), join(directory, 'back.sock')];
  const backend = await startTeller(back);
  const nginx = await startNginx(
    `upstream teller { server unix:${back}; keepalive 64; }
     client_header_buffer_size 16k; client_max_body_size 1m; client_body_buffer_size 64k; server_tokens off;`,
    `listen unix:${front};
     location / {
       proxy_pass http://teller; proxy_http_version 1.1; proxy_ignore_client_abort on;
       proxy_set_header Connection ''; proxy_set_header Host h;
     }`,
  );
  return { read: (bytes) => readThrough(front, bytes), close: () => closeAll(nginx, backend, directory) };
}

async function closeAll(nginx: OtherProxy, backend: Server, directory: string): Promise<void> {
  await nginx.close();
  backend.close();
  rmSync(directory, { recursive: true });
}

/** Tells of each request in a line, as JSON. nginx writes bodies with their length. */
async function startTeller(path: string): Promise<Server> {
  const server = createTcpServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let rest = tell(socket, text); rest !== null; rest = tell(socket, text)) text = rest;
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

function tell(socket: Socket, text: string): string | null {
  const headEnd = text.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return null;
  const [method, target] = text.split(' ', 2);
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  if (text.length < headEnd + length) return null;
  const body = text.slice(headEnd, headEnd + length);
  // In a header, so that answers to HEAD have it, too.
  const told = Buffer.from(JSON.stringify({ method, target: null, path: target, body, headers: null })).toString(
    'base64',
  );
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Told: ${told}\r\n\r\n`);
  return text.slice(headEnd + length);
}

function readThrough(path: string, bytes: Buffer): Promise<ReadRequest[]> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(bytes));
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => {});
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      const told = [...text.matchAll(/\r\nX-Told: (\S+)/g)].map(([, base64 = '']) => base64);
      resolve(told.map((base64) => JSON.parse(Buffer.from(base64, 'base64').toString()) as ReadRequest));
    });
  });
}

/** Origins for tests: each answers with its name and counts what reached it. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Backend {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** Requests that reached it, probes not counted. */
  readonly requests: number;
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on a free port of 127.0.0.1. Without `answer` it tells its name and the headers it got, as JSON. */
export async function startBackend(name: string, answer: Answer = tellHeaders(name)): Promise<Backend> {
  let requests = 0;
  const server = createServer((incoming, response) => {
    if (incoming.url === '/healthz') return void response.end('ok');
    requests++;
    answer(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function tellHeaders(name: string): Answer {
  return (incoming, response) => {
    incoming.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ backend: name, path: incoming.url, headers: incoming.headers }));
  };
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

export interface SendOptions {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** One request to `http://address/path` on a connection of its own. */
export function send(
  address: string,
  path = '/',
  { method = 'GET', headers = {}, body }: SendOptions = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // Node keeps the first of some lines otherwise.
    const options = { method, headers, agent: false, joinDuplicateHeaders: true };
    const outgoing = request(`http://${address}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Which backend answered each of `count` requests, sent one after the other. */
export async function answeredBy(address: string, count: number, path = '/'): Promise<string[]> {
  const names: string[] = [];
  for (let sent = 0; sent < count; sent++) {
    const { text } = await send(address, path);
    names.push((JSON.parse(text) as { backend: string }).backend);
  }
  return names;
}

/** Backends that tell their names, and clients that ask a proxy for them. */
import { Agent, createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface NamedBackends {
  readonly names: readonly string[];
  readonly ports: readonly number[];
  /** The next request for a path that ends in `/hold`; it stays open until the test ends its response. */
  nextHeld(): Promise<{ name: string; response: ServerResponse }>;
  /** Refuses connections until it is started again, at the same port. */
  stop(index: number): Promise<void>;
  start(index: number): Promise<void>;
  close(): void;
}

/** `a`, `b`, `c` … on free ports of 127.0.0.1. */
export async function startNamedBackends(count: number): Promise<NamedBackends> {
  const names = Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i));
  let take = (_name: string, _response: ServerResponse) => {};
  const servers = names.map((name) =>
    createServer((incoming, response) => {
      if (incoming.url?.endsWith('/hold')) take(name, response);
      else response.end(name);
    }),
  );
  const at = (index: number) => servers[index] as Server;
  const ports = await Promise.all(servers.map((server) => listen(server)));
  return {
    names,
    ports,
    start: async (index) => void (await listen(at(index), ports[index])),
    stop(index) {
      at(index).closeAllConnections();
      return new Promise((resolve) => at(index).close(() => resolve()));
    },
    nextHeld: () =>
      new Promise((resolve) => {
        take = (name, response) => resolve({ name, response });
      }),
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export interface Asked {
  /** Value of `x-key`. */
  key?: string;
  /** Loopback address that the client comes from, on a connection of its own. */
  from?: string;
}

/** The texts of the answers to these requests, sent one after the other. */
export async function askAll(address: string, path: string, requests: readonly Asked[]): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const texts: string[] = [];
  for (const { key = '', from } of requests) {
    const origin = from === undefined ? { agent } : { agent: false as const, localAddress: from };
    texts.push(await ask(`http://${address}${path}`, { headers: { 'x-key': key }, ...origin }));
  }
  agent.destroy();
  return texts;
}

/** The text of one answer. */
export function ask(url: string, options: Parameters<typeof request>[1] = { agent: false }): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk));
      response.once('end', () => resolve(text));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

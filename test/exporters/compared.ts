/** Switchyard and a real program that runs an exported file, side by side: what each client and each backend sees. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Backend, type Reply, send, startBackend } from '../support/backend.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import type { Sent } from './crossing-parts.ts';
import { type PeerName, startPeer } from './peers.ts';

export interface Difference {
  sent: Sent;
  /** Which part of what was seen: `status`, `>` and a header at the client, `<` and one at the backend … */
  part: string;
  ours: string | undefined;
  theirs: string | undefined;
}

export interface Ports {
  gateway: string;
  a: number;
  next: number;
}

/** Both run the same config until `stop`. */
export interface Sides {
  /** What the export says of `config`. */
  doubts: ExportDoubt[];
  config: Config;
  /** What differs between the two of what `sent` leads to. */
  compare(this: void, sent: Sent): Promise<Difference[]>;
  stop(this: void): Promise<void>;
}

/** An engine, two backends, and what they are compared with. */
export class Comparison {
  readonly #engine: Engine;
  readonly #backends: readonly [Backend, Backend];
  readonly #own: number;

  private constructor(engine: Engine, backends: readonly [Backend, Backend], own: number) {
    this.#engine = engine;
    this.#backends = backends;
    this.#own = own;
  }

  static async start(): Promise<Comparison> {
    const engine = await Engine.create({ capture: false, version: 'test' });
    const backends = [
      await startBackend('a', tellRequest('a')),
      await startBackend('next', tellRequest('next')),
    ] as const;
    return new Comparison(engine, backends, await freePort(OWN_HOST));
  }

  /** Lets `peer` run what is exported of the config that `configOf` makes. */
  async run(peer: PeerName, configOf: (ports: Ports) => Config): Promise<Sides> {
    const [a, next] = this.#backends.map(({ port }) => port) as [number, number];
    const own = this.#own;
    await this.#engine.apply(configOf({ gateway: `${OWN_HOST}:${own}`, a, next }), { baseDir: '.' });
    const other = await freePort(OWN_HOST);
    const config = configOf({ gateway: `${OWN_HOST}:${other}`, a, next });
    const { text, approximated, unmapped } = exportConfig(config, peer);
    const running = await startPeer(peer, text, other, OWN_HOST);
    return {
      doubts: [...approximated, ...unmapped],
      config,
      compare: async (sent) => differences(sent, ...(await Promise.all([ask(own, sent), ask(other, sent)]))),
      stop: () => running.stop(),
    };
  }

  async close(): Promise<void> {
    await this.#engine.close(0);
    await Promise.all(this.#backends.map((each) => each.close()));
  }
}

function tellRequest(name: string) {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    response.writeHead(request.url?.includes('missing') ? 404 : 200, {
      server: 'origin',
      'x-powered-by': 'tests',
      'content-type': request.url?.includes('page') ? 'text/html; charset=UTF-8' : 'application/json',
      ...(request.url?.includes('cookies') ? { 'set-cookie': ['a=1; Domain=x.y; Secure', 'b=2'] } : {}),
    });
    response.end(JSON.stringify({ backend: name, method: request.method, url: request.url, headers: request.headers }));
  };
}

const PER_HOP: ReadonlySet<string> = new Set(
  'connection keep-alive transfer-encoding content-length date vary x-case x-switchyard-error x-switchyard-pool'.split(
    ' ',
  ),
);

export function inWords({ part, ours, theirs }: Difference): string {
  return `${part}: ${ours} and not ${theirs}`;
}

/** Everything that client and backend saw, by part. */
function partsOf({ status, headers, text }: Reply): Map<string, string> {
  const parts = new Map([['status', String(status)]]);
  const addHeaders = (mark: string, lines: Reply['headers']) => {
    for (const [name, value] of Object.entries(lines))
      if (!PER_HOP.has(name)) parts.set(mark + name, name === 'x-request-id' ? 'made' : String(value));
  };
  addHeaders('>', headers);
  if (!text.startsWith('{"backend"')) {
    // Pages that a proxy makes by itself have texts of their own.
    if (status < 300) parts.set('text', text);
    return parts;
  }
  const {
    backend,
    method,
    url,
    headers: got,
  } = JSON.parse(text) as Record<'backend' | 'method' | 'url', string> & {
    headers: Reply['headers'];
  };
  addHeaders('<', got);
  return parts.set('backend', backend).set('method', method).set('url', url);
}

async function ask(port: number, { path, method, headers }: Sent): Promise<Map<string, string>> {
  return send(`${OWN_HOST}:${port}`, path, { method, headers }).then(
    partsOf,
    (error: Error) => new Map([['status', error.message]]),
  );
}

function differences(sent: Sent, ours: Map<string, string>, theirs: Map<string, string>): Difference[] {
  const parts = new Set([...ours.keys(), ...theirs.keys()]);
  return [...parts]
    .filter((part) => ours.get(part) !== theirs.get(part))
    .map((part) => ({ sent, part, ours: ours.get(part), theirs: theirs.get(part) }));
}

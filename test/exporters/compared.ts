/** Switchyard and a real program that runs an exported file, side by side: what each client and each backend sees. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import { type PeerName, startPeer } from './peers.ts';
import { exchange, type Sent, type WireReply } from './wire.ts';

export interface Difference {
  sent: Sent;
  /** Which part of what was seen: `status`, `>` and a header at the client, `<` and one at the backend … */
  part: string;
  ours: string | undefined;
  theirs: string | undefined;
  /** Ours is an answer that no config says, such as that no route holds. */
  isPage: boolean;
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

/** Headers of the answers to paths that have a word in them. */
const ANSWERED: readonly (readonly [word: string, lines: readonly string[]])[] = [
  ['cookies', ['set-cookie', 'a=1; Domain=x.y; Secure', 'set-cookie', 'b=2; Path=/']],
  ['multi', ['x-m', 'one', 'x-m', 'two']],
  ['emptyh', ['x-empty', '']],
  ['cc=', ['cache-control', 'no-store', 'etag', '"abc"', 'last-modified', 'Mon, 01 Jan 2024 00:00:00 GMT']],
];

function tellRequest(name: string) {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const { method = '', url = '', headers } = request;
    const status = statusFor(request);
    const told = JSON.stringify({ backend: name, method, url, headers });
    const hasBody = method !== 'HEAD' && status !== 101 && status !== 204 && status !== 304;
    const place = /loc=([^&]*)/.exec(url)?.[1];
    response.writeHead(status, [
      ...['server', 'origin', 'x-powered-by', 'tests'],
      ...['content-type', url.includes('page') ? 'text/html; charset=UTF-8' : 'application/json'],
      ...ANSWERED.flatMap(([word, lines]) => (url.includes(word) ? lines : [])),
      ...(place === undefined ? [] : ['location', decodeURIComponent(place)]),
      ...(status === 101 ? UPGRADED : []),
      ...(hasBody ? [] : ['told-by', Buffer.from(told).toString('base64url')]),
    ]);
    response.end(hasBody ? told : undefined);
    if (status === 101) request.socket.end();
  };
}

const UPGRADED = [
  'connection',
  'Upgrade',
  'upgrade',
  'websocket',
  'sec-websocket-accept',
  's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
];

function statusFor({ url = '', headers }: IncomingMessage): number {
  if (headers.upgrade !== undefined) return 101;
  return url.includes('missing') ? 404 : Number(/st=(\d+)/.exec(url)?.[1] ?? 200);
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
function partsOf({ status, headers, text }: WireReply): Map<string, string> {
  const parts = new Map([['status', String(status)]]);
  const addHeaders = (mark: string, lines: IncomingMessage['headers']) => {
    for (const [name, value] of Object.entries(lines))
      if (!PER_HOP.has(name)) parts.set(mark + name, String(value).replace(MADE_ID, 'made'));
  };
  const { 'told-by': toldBy, ...shown } = headers;
  addHeaders('>', shown);
  const told = toldBy === undefined ? text : Buffer.from(toldBy, 'base64url').toString();
  if (!told.startsWith('{"backend"')) return parts.set('text', text);
  const { headers: got, ...line } = JSON.parse(told) as Record<'backend' | 'method' | 'url', string> & {
    headers: IncomingMessage['headers'];
  };
  addHeaders('<', got);
  for (const [part, value] of Object.entries(line)) parts.set(part, value);
  return parts;
}

/** Of a request, in the forms of Switchyard and of nginx. */
const MADE_ID = /^[0-9a-f-]{32,36}$/;

interface Seen {
  parts: Map<string, string>;
  isPage: boolean;
}

async function ask(port: number, sent: Sent): Promise<Seen> {
  return exchange(OWN_HOST, port, sent).then(
    (reply) => ({ parts: partsOf(reply), isPage: isPage(reply) }),
    (error: Error) => ({ parts: new Map([['status', error.message]]), isPage: false }),
  );
}

/** It begins with its status; what cannot be read is answered with 400 alone. */
function isPage({ status, text }: WireReply): boolean {
  return /^[45]\d\d [A-Z]/.test(text) || (status === 400 && text === '');
}

/** Of answers with different statuses, nothing else has to be the same. */
function differences(sent: Sent, { parts: ours, isPage }: Seen, { parts: theirs }: Seen): Difference[] {
  const all = ours.get('status') === theirs.get('status') ? new Set([...ours.keys(), ...theirs.keys()]) : ['status'];
  return [...all]
    .filter((part) => ours.get(part) !== theirs.get(part))
    .map((part) => ({ sent, part, ours: ours.get(part), theirs: theirs.get(part), isPage }));
}

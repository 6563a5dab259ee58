/**
 * Conditions by actions by their order: what an exported file does otherwise than Switchyard is in its report.
 * `npm run fuzz` draws ten times as many cases.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Backend, type Reply, send, startBackend } from '../support/backend.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import { seededRandom } from '../support/request-fuzz.ts';
import { configOf, crossedCases, type Draw, edgeCases } from './crossing.ts';
import type { Case, Sent } from './crossing-parts.ts';
import { type PeerName, startPeer } from './peers.ts';

const PASSES = Math.ceil(Number(process.env['FUZZ_CASES'] ?? 1) / 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261129);
/** In one config. */
const BATCH = 64;

interface Difference {
  sent: Sent;
  /** Which part of what was seen: `status`, `>` and a header at the client, `<` and one at the backend … */
  part: string;
  ours: string | undefined;
  theirs: string | undefined;
}

/** What a report says without giving the whole case up, and the differences that it explains. */
const EXPLAINED: readonly { why: RegExp; explains(difference: Difference): boolean }[] = [
  {
    why: /leaves one, made of the last/,
    explains: ({ sent, ours, part }) =>
      hasMany(sent) || part === '>set-cookie' || (sent.headers['x-h'] !== undefined && /, /.test(ours ?? '')),
  },
  {
    why: /several lines/,
    // A header that is written for one case is so for all, and empty ones are then left out by nginx.
    explains: ({ sent, part, ours, theirs }) =>
      hasMany(sent) || (part === '<x-h' && ours === '' && theirs === undefined),
  },
  { why: /with a comma/, explains: ({ sent }) => sent.headers['x-h'] !== undefined },
  { why: /all lines of the header/, explains: ({ sent }) => sent.headers['x-h'] !== undefined },
  { why: /no line without a value|lines that have none/, explains: ({ ours }) => ours === '' },
  { why: /without a content-type then/, explains: ({ part }) => part === '>content-type' },
  { why: /page of its own/, explains: ({ part }) => part === '>content-type' },
  {
    why: /capitals|brackets/,
    explains: ({ ours, theirs, sent }) => ours?.toLowerCase() === theirs?.toLowerCase() || hasHostOnEdge(sent),
  },
  { why: /move to the end/, explains: ({ sent: { path } }) => /%6B|[?&][ku]\b/.test(path) },
  { why: /letters and digits/, explains: ({ sent: { path } }) => /%6B|%31|[?&]([ke])\b.*&\1\b/.test(path) },
  { why: /takes an empty/, explains: ({ sent }) => sent.headers['x-h'] === '' },
  { why: /stays as it is\b/, explains: ({ part, theirs }) => part === '>content-type' && /, /.test(theirs ?? '') },
  { why: /server: nginx/, explains: ({ part, theirs }) => part === '>server' && theirs === 'nginx' },
  { why: /Host line alone/, explains: () => false },
  { why: /letters, digits and underscores/, explains: () => false },
  { why: /one _$/, explains: () => false },
  { why: /begins no escape/, explains: ({ sent }) => sent.path.includes('%zz') },
  {
    why: /decoded path/,
    explains: ({ part, ours = '', theirs = '' }) => part === 'url' && unescaped(ours) === unescaped(theirs),
  },
  { why: /names itself/, explains: ({ part, theirs }) => part === '>server' && /^Caddy\b/.test(theirs ?? '') },
  { why: /sees all parameters/, explains: ({ sent }) => /q=.*q=/.test(sent.path) },
  { why: /a dollar in the value/, explains: ({ sent }) => JSON.stringify(sent.headers).includes('$') },
  { why: /right behind another|some empty matches twice/, explains: ({ part }) => part === '<x-h' || part === 'url' },
  { why: /first line of cookies/, explains: () => false },
];

function hasHostOnEdge({ headers: { host } }: Sent): boolean {
  return /^\[|\.$/.test(String(host));
}

function unescaped(url: string): string {
  return url.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hasMany({ headers }: Sent): boolean {
  return Array.isArray(headers['x-h']);
}

let backends: Backend[] = [];
let engine: Engine;
/** Of the engine. */
let own: number;
beforeAll(async () => {
  own = await freePort(OWN_HOST);
  engine = await Engine.create({ capture: false, version: 'test' });
  backends = await Promise.all(['a', 'next'].map((name) => startBackend(name, tellRequest(name))));
});
afterAll(async () => {
  await engine.close(0);
  await Promise.all(backends.map((each) => each.close()));
});

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
  'connection keep-alive transfer-encoding content-length date vary x-case x-switchyard-error'.split(' '),
);

function inWords({ part, ours, theirs }: Difference): string {
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

async function ask(port: number, name: string, { path, method, headers }: Sent): Promise<Map<string, string>> {
  const options = { method, headers: { ...headers, 'x-case': name } };
  return send(`${OWN_HOST}:${port}`, path, options).then(
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

function explanationOf({ why }: ExportDoubt) {
  return EXPLAINED.find((each) => each.why.test(why));
}

/** What the report says that may concern the case: of its rules, of its route, or of all. */
function doubtsOf(name: string, { routes, rules }: Config, doubts: readonly ExportDoubt[]): ExportDoubt[] {
  return doubts.filter((doubt) => {
    const [, kind, index] = /^(rules|routes)\[(\d+)\]/.exec(doubt.path) ?? [];
    if (kind === undefined) return explanationOf(doubt) !== undefined;
    const named = kind === 'rules' ? rules[Number(index)]?.name.split(' ')[0] : routes[Number(index)]?.name;
    return named === name;
  });
}

interface Tally {
  silent: string[];
  /** Cases that the report does not give up as a whole. */
  compared: number;
}

async function compare(peer: PeerName, cases: readonly Case[], tally: Tally): Promise<void> {
  const [a, next] = backends.map(({ port }) => port) as [number, number];
  await engine.apply(configOf(cases, { gateway: `${OWN_HOST}:${own}`, a, next }), { baseDir: '.' });
  const other = await freePort(OWN_HOST);
  const theirConfig = configOf(cases, { gateway: `${OWN_HOST}:${other}`, a, next });
  const { text, approximated, unmapped } = exportConfig(theirConfig, peer);
  const running = await startPeer(peer, text, other, OWN_HOST);
  try {
    const doubts = [...approximated, ...unmapped];
    const asked = cases.map((each) => askBoth(each, doubtsOf(each.name, theirConfig, doubts), other));
    for (const silent of await Promise.all(asked)) {
      if (silent === null) continue;
      tally.compared++;
      tally.silent.push(...silent);
    }
  } finally {
    await running.stop();
  }
}

/** Differences that no doubt explains; null: the report gives the case up. */
async function askBoth(
  { name, rules, route, requests }: Case,
  doubts: readonly ExportDoubt[],
  other: number,
): Promise<string[] | null> {
  const known = doubts.map(explanationOf);
  if (known.includes(undefined)) return null;
  const silent: string[] = [];
  for (const sent of requests) {
    const found = differences(sent, ...(await Promise.all([ask(own, name, sent), ask(other, name, sent)])));
    const unexplained = found.filter((each) => !known.some((one) => one?.explains(each)));
    if (unexplained.length > 0)
      silent.push(JSON.stringify({ rules, route, sent, unexplained: unexplained.map(inWords) }));
  }
  return silent;
}

/** Shares of the cases that a report lets stand; Caddy 2.6 has no words for methods, queries and statuses. */
describe.each([
  ['nginx', 0.8],
  ['haproxy', 0.95],
  ['caddy', 0.45],
] as const)('%s with the exported file', (peer, share) => {
  it(
    'does nothing otherwise that its report does not tell',
    async () => {
      const tally: Tally = { silent: [], compared: 0 };
      let count = 0;
      for (let pass = 0; pass < PASSES; pass++) {
        const random = seededRandom(SEED + pass);
        const draw: Draw = (from) => from[Math.floor(random() * from.length)]!;
        const cases = [...crossedCases(draw), ...edgeCases(draw)];
        count += cases.length;
        for (let at = 0; at < cases.length; at += BATCH) await compare(peer, cases.slice(at, at + BATCH), tally);
      }
      expect(tally.silent).toEqual([]);
      expect(tally.compared / count).toBeGreaterThan(share);
    },
    120_000 * PASSES,
  );
});

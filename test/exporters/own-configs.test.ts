/** Configs as a whole: names that an exported file takes for itself, and answers that are long or not of letters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { Comparison, inWords, type Ports } from './compared.ts';
import type { Sent } from './crossing-parts.ts';
import { explanationOf } from './explained.ts';
import type { PeerName } from './peers.ts';

let comparison: Comparison;
beforeAll(async () => {
  comparison = await Comparison.start();
});
afterAll(() => comparison.close());

interface Whole {
  routes?: object[];
  rules?: object[];
  pools?(this: void, api: object, next: object): Record<string, object>;
  requests: Sent[];
}

function configOf({ routes = [{ name: 'all', pool: 'api' }], rules = [], pools }: Whole, { gateway, a, next }: Ports) {
  const api = { backends: [{ name: 'a', url: `http://127.0.0.1:${a}` }], ejection: false };
  const other = { backends: [{ name: 'next', url: `http://127.0.0.1:${next}` }], ejection: false };
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: gateway } },
    routes,
    pools: { api, next: other, ...pools?.(api, other) },
    rules,
  });
}

function get(path: string, headers: Sent['headers'] = {}): Sent {
  return { method: 'GET', path, headers: { host: 'api.test', ...headers } };
}

/** What differs and no report tells, by request. */
async function differencesOf(peer: PeerName, whole: Whole): Promise<string[]> {
  const sides = await comparison.run(peer, (ports) => configOf(whole, ports));
  try {
    const known = sides.doubts.map(explanationOf);
    const found = (await Promise.all(whole.requests.map((sent) => sides.compare(sent)))).flat();
    const silent = found.filter((each) => !known.some((one) => one?.explains(each)));
    return silent.map((each) => `${each.sent.path} ${inWords(each)}`);
  } finally {
    await sides.stop();
  }
}

/** What exported files call things of their own, and what comes from two names by the same letters. */
const TAKEN = [
  'pool',
  'route',
  'host',
  'to',
  'method',
  'url',
  'listener',
  'hostport',
  'answered',
  'slow',
  'limit_slow',
  'a',
  'a_answered',
  'a-answered',
  'default',
  'gateway',
] as const;

const NAMES: Whole = {
  routes: [...TAKEN.map((name) => ({ name, match: `path ^= /${name}/`, pool: name })), { name: 'all', pool: 'api' }],
  pools: (api, next) => Object.fromEntries(TAKEN.map((name, i) => [name, i % 2 === 0 ? next : api])),
  rules: TAKEN.flatMap((name) => [
    {
      name,
      match: `path ^= /${name}/ or header[x-h] = one`,
      request: [{ set: { 'x-seen': '$path', [`x-seen-${name}`]: 'yes' } }],
      response: [{ set: { 'x-late': '$path', [`x-late-${name}`]: 'yes' } }],
      ...(name === 'slow' ? { limit: { requests: '1000/s', burst: 1000, key: 'client_ip' } } : {}),
    },
    {
      name: `${name} answers`,
      match: `path = /${name}/made`,
      request: [{ respond: { status: 201, headers: { 'content-type': 'text/plain' }, body: name } }],
    },
  ]),
  requests: TAKEN.flatMap((name) => [get(`/${name}/`), get(`/${name}/made`), get('/', { 'x-h': 'one' })]),
};

function answering(body: string): Whole {
  const respond = { status: 200, headers: { 'content-type': 'text/plain' }, body };
  return { rules: [{ name: 'r', match: 'path = /made', request: [{ respond }] }], requests: [get('/made'), get('/')] };
}

const BODIES: [string, string][] = [
  ['one letter', 'x'],
  ['line ends of both kinds', 'a\r\nb\nc\r\n'],
  ['what ends or quotes elsewhere', '\'a\' "b" \\ \\n `c` #d %[src] %% {e} ; \t\x0b\x7f'],
  ['just too long for a buffer', 'x'.repeat(16_000)],
  ['64 KiB', '{"é":"\\u00e9"}\r\n'.repeat(4096)],
];

describe.each(['haproxy', 'caddy'] as const)('%s with the exported file', (peer) => {
  it('keeps its own names apart from those of the config', async () => {
    expect(await differencesOf(peer, NAMES)).toEqual([]);
  });

  it.each(BODIES)('answers with %s', async (_, body) => {
    expect(await differencesOf(peer, answering(body))).toEqual([]);
  });
});

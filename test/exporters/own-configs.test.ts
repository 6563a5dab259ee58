/** Configs as a whole: names that an exported file takes for itself, and answers that are long or not of letters. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { Comparison, inWords, type Ports } from './compared.ts';
import { explanationOf } from './explained.ts';
import { complaintOf, type PeerName } from './peers.ts';
import type { Sent } from './wire.ts';

let comparison: Comparison;
beforeAll(async () => {
  comparison = await Comparison.start();
});
afterAll(() => comparison.close());

type Pool = { backends: object[] };

interface Whole {
  routes?: object[];
  rules?: object[];
  pools?(this: void, api: Pool, next: Pool): Record<string, object>;
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
    const silent = found.filter((each) => !known.some((explains) => explains?.(each)));
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

/** What reads as a number or a truth value where it stands without quotes. */
const NUMBERS: Whole = {
  routes: ['1.0', '01', 't', 'inf', '{n}'].flatMap((name, i) => [
    { name, match: `path ^= /to/${i}/`, pool: name },
    { name: `0${i}0`, match: `path = /made/${i}`, respond: { status: 202, headers: { 'x-made': '$route' } } },
  ]),
  pools: (api, next) => ({ '1.0': api, '01': next, t: api, inf: next, '{n}': api }),
  rules: [
    ...['1.0', '01', 't', '1.10', '{n}'].map((name, i) => ({
      name,
      match: `path = /to/${i}/closed`,
      request: [{ respond: { status: 403 } }],
    })),
    ...['1.0', '01', 't', 'inf', '{n}'].map((name, i) => ({
      name: `1.${i}`,
      match: `route = "${name}" and pool = "${name}"`,
      request: [{ set: { 'x-seen': 'yes' } }],
      response: [{ set: { 'x-late': 'yes' } }],
    })),
    { name: 'sent', match: 'path $= /sent', request: [{ pool: '01' }] },
  ],
  requests: [0, 1, 2, 3, 4].flatMap((i) =>
    [`/to/${i}/`, `/to/${i}/closed`, `/to/${i}/sent`, `/made/${i}`, '/none'].map((path) => get(path)),
  ),
};

/** What differs in case only, and is one to nginx where it names variables. */
const CASES: Whole = {
  routes: [
    { name: 'Upper', match: 'query[ID] = 7 or cookie[SID] = 7', pool: 'API' },
    { name: 'upper', match: 'query[id] = 7 or cookie[sid] = 7', pool: 'api' },
    { name: 'all', pool: 'next' },
  ],
  pools: (api, next) => ({ api, API: next }),
  rules: ['Tok', 'tok'].map((name) => ({
    name,
    match: `query[${name}] = s or route = ${name === 'Tok' ? 'Upper' : 'upper'}`,
    request: [{ set: { [`x-${name}`]: 'yes', 'x-seen': name } }],
  })),
  requests: [
    ...['/?id=7', '/?ID=7', '/?id=7&ID=8', '/?id=8&ID=7', '/?Tok=s', '/?tok=s'].map((path) => get(path)),
    ...['sid=7', 'SID=7', 'sid=7; SID=8'].map((cookie) => get('/', { cookie })),
  ],
};

const SEEN = { set: { 'x-seen': '$route/$pool' } };
const LATE = { set: { 'x-late': '$method $path $header[host]' } };

/** Rules act where no route holds, too. */
const UNROUTED: Whole = {
  routes: [{ name: 'r', match: 'path ^= /r', pool: 'api' }],
  rules: [
    {
      name: 'preflight',
      match: 'method = OPTIONS',
      request: [{ respond: { status: 204, headers: { 'access-control-allow-origin': '*' } } }],
    },
    { name: 'rewritten', match: 'path ^= /x', request: [{ path: { replace: '^/x', with: '/r' } }] },
    { name: 'sent', match: 'path = /y', request: [{ pool: 'next' }] },
    { name: 'told', match: 'not pool = api', request: [SEEN] },
    { name: 'late', response: [LATE] },
    { name: 'routed', match: 'route = r', response: [{ set: { 'x-routed': 'yes' } }] },
  ],
  requests: [...['/none', '/x/1', '/y', '/r'].map((path) => get(path)), { ...get('/none'), method: 'OPTIONS' }],
};

/** The draw is known to rules. */
const SPLIT: Whole = {
  routes: [
    {
      name: 's',
      match: 'path ^= /s',
      split: [
        { pool: 'api', weight: 100 },
        { pool: 'next', weight: 0 },
      ],
    },
    { name: 'rest', pool: 'next' },
  ],
  rules: [
    { name: 'p', match: 'pool = api', request: [SEEN], response: [LATE] },
    { name: 'q', match: 'path = /s/q', request: [{ pool: 'next' }] },
  ],
  requests: ['/s', '/s/q', '/'].map((path) => get(path)),
};

/** Host with its port and its capitals. */
const HOSTS: Whole = {
  routes: [
    { name: 'h', match: 'header[host] ~ "^Api"', pool: 'next' },
    { name: 'to', match: 'path = /to', redirect: { status: 307, location: 'http://$header[host]$path' } },
    { name: 'all', pool: 'api' },
  ],
  rules: [
    { name: 'has', match: 'has header[host]', request: [{ set: { 'x-seen': '$header[host]' } }] },
    { name: 'not', match: 'not header[host] $= ":81"', request: [SEEN] },
    { name: 'is', match: 'header[host] in ("Api.test:81", "x.test:81")', response: [LATE] },
    { name: 'sets', match: 'path = /set', request: [{ set: { host: 'x.test:81' } }], response: [LATE] },
  ],
  requests: ['api.test', 'Api.test:81', 'x.test:81'].flatMap((host) =>
    ['/', '/to', '/set'].map((path) => get(path, { host })),
  ),
};

const DEAD = { url: 'http://127.0.0.1:1' };

/** Rules for responses act on what a proxy says of a backend that it cannot reach. */
const ERRORS: Whole = {
  routes: [
    { name: 'dead', match: 'path ^= /dead', pool: 'dead' },
    { name: 'all', pool: 'api' },
  ],
  pools: (api) => ({ dead: { ...api, backends: [DEAD], retry: { attempts: 1 } } }),
  rules: [
    { name: 'rewrites', match: 'path = /dead/x', request: [SEEN, { path: { set: '/dead/y' } }] },
    { name: 'late', match: 'path ^= /dead', response: [{ set: { 'x-late': '$route $pool' } }] },
    { name: 'each', response: [{ set: { 'access-control-allow-origin': '*' } }] },
  ],
  requests: ['/dead', '/dead/x', '/'].map((path) => get(path)),
};

/** A backup takes over where a backend cannot be reached, ejected or not. */
const BACKUP: Whole = {
  pools: (api) => ({
    api: { ...api, backends: [DEAD, ...api.backends.map((backend) => ({ ...backend, backup: true }))] },
  }),
  requests: ['/', '/a'].map((path) => get(path)),
};

/** An answer ends what rules do to the request; those for responses act on it. */
const ANSWERED: Whole = {
  rules: [
    {
      name: 'first',
      match: 'path ^= /a',
      request: [SEEN, { respond: { status: 201, headers: { 'x-made': '$path' } } }],
    },
    { name: 'all', request: [{ path: { replace: '^/', with: '/n/' } }], response: [{ set: { 'x-all': 'yes' } }] },
    {
      name: 'second',
      match: 'path ^= /n/b',
      request: [{ respond: { status: 202, headers: { 'x-more': 'own' } } }],
      response: [LATE, { append: { 'x-more': 'added' } }],
    },
    { name: 'once', match: 'path ^= /n/c', request: [{ path: { set: '/n/d' } }] },
    { name: 'twice', match: 'path ^= /n/d', request: [{ path: { set: '/n/e' } }] },
    { name: 'late', match: 'not path ^= /n', response: [LATE] },
  ],
  requests: ['/a', '/b', '/c', '/'].map((path) => get(path)),
};

/** The id that a request carries goes on under the name that the pool has for it; without one each proxy makes its own. */
const NAMED_ID: Whole = {
  pools: (api) => ({ api: { ...api, forwarded: { requestId: 'X-Corr' } } }),
  requests: [
    get('/'),
    get('/', { 'x-request-id': 'mine' }),
    get('/', { 'x-corr': 'its' }),
    get('/', { 'x-corr': 'its', 'x-request-id': 'mine' }),
  ],
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

test('HAProxy uses a backup where the others are dead, and status 502 is what rules see', async () => {
  expect(await differencesOf('haproxy', BACKUP)).toEqual([]);
  const rule = { name: 'bad', match: 'status = 502', response: [{ set: { 'x-bad': 'yes' } }] };
  expect(await differencesOf('haproxy', { ...ERRORS, rules: [rule] })).toEqual([]);
});

describe.each(['nginx', 'haproxy', 'caddy'] as const)('%s with the exported file', (peer) => {
  it('keeps its own names apart from those of the config', async () => {
    expect(await differencesOf(peer, NAMES)).toEqual([]);
  });

  it('takes no name for a number', async () => {
    expect(await differencesOf(peer, NUMBERS)).toEqual([]);
  });

  it('keeps names apart that differ in case only', async () => {
    expect(await differencesOf(peer, CASES)).toEqual([]);
  });

  it.each<[string, Whole]>([
    ['where no route holds', UNROUTED],
    ['on split routes', SPLIT],
    ['that ask for Host', HOSTS],
    ['behind an answer', ANSWERED],
    ['and backends that are dead', ERRORS],
    ['and a name for ids', NAMED_ID],
  ])('rules %s do the same', async (_, whole) => {
    expect(await differencesOf(peer, whole)).toEqual([]);
  });

  it.each(BODIES)('answers with %s', async (_, body) => {
    expect(await differencesOf(peer, answering(body))).toEqual([]);
  });
});

test.each(['http://127.0.0.1:443', 'https://127.0.0.1:80', 'http://127.0.0.1:80'])(
  'Caddy takes a backend at %s',
  async (url) => {
    for (const protocol of ['auto', 'http2'])
      for (const backends of [[{ url }], [{ url }, { url: `${new URL(url).protocol}//127.0.0.1:8081` }]]) {
        const config = configSchema.parse({
          version: 1,
          listeners: { gateway: { address: '127.0.0.1:18080' } },
          routes: [{ name: 'all', pool: 'api' }],
          pools: { api: { backends, protocol } },
        });
        expect(await complaintOf('caddy', exportConfig(config, 'caddy').text)).toBeNull();
      }
  },
);

import { describe, expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { startNginx } from '../support/other-proxies.ts';
import { until } from '../support/until.ts';
import { importing, ownRules } from './importing.ts';

/** Of the names of a server that is the default one at its other address. */
const SHOP = '(host = shop.test or host $= .shop.test or listener = nginx-8443)';

describe('a site', () => {
  const { part, left, doubtful } = importing('site.conf');

  it('has its upstreams as pools', () => {
    expect(part.pools).toEqual({
      api: {
        preserveHost: false,
        policy: 'least_request',
        ejection: { consecutiveFailures: 2, baseTime: '5s' },
        backends: [
          { url: 'http://127.0.0.1:3001', weight: 3 },
          { url: 'http://127.0.0.1:3002', backup: true },
          { url: 'http://127.0.0.1:3003', state: 'maint' },
        ],
        timeouts: { head: '30s', idle: '30s' },
        retry: { attempts: 2, on: ['connect', 'reset', 502], nonIdempotent: false },
      },
      ring: {
        preserveHost: false,
        policy: 'ketama',
        hash: { on: 'uri' },
        backends: [{ url: 'http://ring.internal:80' }],
      },
      '127.0.0.1:9000': { preserveHost: false, backends: [{ url: 'http://127.0.0.1:9000' }] },
    });
  });

  it('has its locations as routes in the order in which nginx looks, those of named servers first', () => {
    expect(part.routes.map(({ name, match, pool }) => [name, match?.replace(/^\(.*?\) and /, ''), pool])).toEqual([
      ['odd hosts', 'host $= .', undefined],
      ['shop.test odd paths', SHOP, undefined],
      ['shop.test old slash', 'path = /old) and query != ""', undefined],
      ['shop.test old slash 2', 'path = /old', undefined],
      ['shop.test api slash', 'path = /api) and query != ""', undefined],
      ['shop.test api slash 2', 'path = /api', undefined],
      ['shop.test health', 'path = /health', undefined],
      ['shop.test old', 'path ^= /old/', '127.0.0.1:9000'],
      ['shop.test . png jpg', 'path ~i "\\\\.(png|jpg)$"', undefined],
      ['shop.test moved', 'path ^= /moved) and query != ""', undefined],
      ['shop.test moved 2', 'path ^= /moved', undefined],
      ['shop.test api if', `header[x] = y and (${SHOP} and path ^= /api/)`, undefined],
      ['shop.test api', 'path ^= /api/', 'api'],
      ['shop.test', SHOP.slice(1, -1), 'ring'],
      ['default', undefined, undefined],
    ]);
    expect(part.routes.at(-1)).toMatchObject({
      listeners: ['nginx-8080'],
      respond: { status: 404, body: 'nothing\nhere' },
    });
  });

  it('has what they do to heads, paths and rates as rules', () => {
    expect(part.rules.find(({ name }) => name === 'shop.test api')).toEqual({
      name: 'shop.test api',
      match: 'route = "shop.test api"',
      limit: { requests: '10/s', burst: 20, key: 'client_ip', status: 503 },
      request: [
        { set: { 'X-Real-IP': '$client_ip' } },
        { delete: ['X-Odd'] },
        { path: { replace: '^/api/', with: '/v1/' } },
        { set: { Host: '$host' } },
      ],
      response: [{ delete: ['X-Powered-By'] }],
    });
  });

  it('has one listener an address, with its certificates', () => {
    expect(part.listeners).toEqual({
      'nginx-8080': { address: '127.0.0.1:8080' },
      'nginx-8443': {
        address: '127.0.0.1:8443',
        tls: { certificates: [{ cert: 'tls/shop.pem', key: 'tls/shop.key' }] },
      },
    });
  });

  it('tells by line what it leaves out, and what is not quite the same', () => {
    expect(left.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'line 13: server unix:/run/api.sock',
      'line 15: queue 10',
      'line 39: proxy_set_header X-Odd $upstream_addr',
      'line 4: include mime.types',
      'line 30: client_max_body_size 1m',
      'line 52: location @fallback',
    ]);
    expect(doubtful.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'line 10: server 127.0.0.1:3001 weight=3 max_fails=2 fail_timeout=5s',
      'line 10: server 127.0.0.1:3001 weight=3 max_fails=2 fail_timeout=5s',
      'line 20: listener nginx-8080',
      'line 24: hosts',
      'line 24: paths',
      'line 45: limit_req zone=api burst=20 nodelay',
    ]);
  });
});

it.each([
  {
    conf: 'location / { proxy_pass https://api.test; }',
    pools: { 'api.test': { preserveHost: false, backends: [{ url: 'https://api.test:443' }], tls: { verify: false } } },
  },
  {
    conf: 'location / { grpc_pass grpc://127.0.0.1:50051; }',
    pools: {
      '127.0.0.1:50051': { preserveHost: false, backends: [{ url: 'http://127.0.0.1:50051' }], protocol: 'http2' },
    },
  },
])('$conf', ({ conf, pools }) => {
  expect(importConfig(`server { listen 127.0.0.1:80; ${conf} }`).part.pools).toEqual(pools);
});

it.each<[conf: string, part: object]>([
  [
    'http { proxy_set_header X-A 1; add_header X-B 2 always; server { listen 127.0.0.1:80; proxy_set_header X-C 3; location / { proxy_pass http://127.0.0.1:1; } } }',
    { rules: [{}, {}, {}, { request: [{ set: { 'X-C': '3' } }] }, { response: [{ append: { 'X-B': '2' } }] }] },
  ],
  [
    `server { listen 127.0.0.1:443 ssl; server_name a; ssl_certificate a.pem; ssl_certificate_key a.key; return 200; }
     server { listen 127.0.0.1:443 ssl; server_name b; ssl_certificate b.pem; ssl_certificate_key b.key; return 200; }`,
    {
      listeners: {
        'nginx-443': {
          tls: {
            certificates: [
              { cert: 'a.pem', key: 'a.key' },
              { cert: 'b.pem', key: 'b.key' },
            ],
          },
        },
      },
    },
  ],
  [
    'upstream u { server 127.0.0.1:1; } server { listen 127.0.0.1:80; location /a { location /a/b { proxy_pass https://u; } } }',
    { pools: { u: { backends: [{ url: 'https://127.0.0.1:1' }] } } },
  ],
  [
    'upstream u { server a.test; server b.test:443; } server { listen 127.0.0.1:80; location / { proxy_pass https://u; } }',
    { pools: { u: { backends: [{ url: 'https://a.test:80' }, { url: 'https://b.test:443' }] } } },
  ],
  [
    'upstream u { server 127.0.0.1:1; } server { listen 127.0.0.1:80; location / { grpc_pass u; } }',
    { pools: { u: { protocol: 'http2', backends: [{ url: 'http://127.0.0.1:1' }] } } },
  ],
  [
    `upstream mix { server 127.0.0.1:1; } server { listen 127.0.0.1:80; location /a { proxy_pass http://api.test; } location /b { proxy_pass https://api.test; }
     location /c { proxy_pass http://h:1; } location /d { grpc_pass grpc://h:1; } location /e { proxy_pass http://mix; } location /f { proxy_pass https://mix; } }`,
    {
      pools: {
        mix: { backends: [{ url: 'http://127.0.0.1:1' }] },
        'mix 2': { backends: [{ url: 'https://127.0.0.1:1' }], tls: { verify: false } },
        'api.test': { backends: [{ url: 'http://api.test:80' }] },
        'api.test 2': { backends: [{ url: 'https://api.test:443' }], tls: { verify: false } },
        'h:1': { backends: [{ url: 'http://h:1' }] },
        'h:1 2': { backends: [{ url: 'http://h:1' }], protocol: 'http2' },
      },
      routes: [{}, ...['api.test', 'api.test 2', 'h:1', 'h:1 2', 'mix', 'mix 2'].map((pool) => ({ pool }))],
    },
  ],
])('%s', (conf, part) => expect(importConfig(conf).part).toMatchObject(part));

it.each<[conf: string, timeouts: object, told: number]>([
  ['proxy_read_timeout 1d; location / { proxy_pass http://h; }', { head: '86400s', idle: '86400s' }, 0],
  [
    'proxy_connect_timeout "1m 30s"; location / { proxy_pass http://h; } location /a { proxy_pass http://h; }',
    { connect: '90s' },
    0,
  ],
  [
    'location / { proxy_pass http://h; } location /a { proxy_connect_timeout 5; proxy_pass http://h; }',
    { connect: '5s' },
    1,
  ],
])('time-outs of a pool: %s', (conf, timeouts, told) => {
  const { part, items } = importConfig(`server { listen 127.0.0.1:80; ${conf} }`);
  expect(part.pools.h?.timeouts).toEqual(timeouts);
  expect(items.filter(({ why = '' }) => why.startsWith('time-outs and retries belong')).length).toBe(told);
});

/** Conditions and destinations of the routes, and what the rules do on requests. */
function madeOf(conf: string) {
  const { part } = importConfig(`server { listen 127.0.0.1:80; ${conf} }`);
  const routes = part.routes
    .filter(({ name }) => name !== 'odd paths')
    .map(({ match, pool, redirect, respond }) => [match, pool ?? redirect?.location ?? respond?.status]);
  return { routes, request: ownRules(part).flatMap(({ request = [] }) => request) };
}

const APP = 'root /www; location @app { proxy_pass http://127.0.0.1:3000; }';

it.each<[conf: string, routes: unknown[], request: unknown[]]>([
  ['root /www; location / { add_header A b; }', [[undefined, 404]], [{ mapLocal: { dir: '/www', missing: 404 } }]],
  [
    'root /www; location / { try_files $uri $uri/ /index.html; }',
    [[undefined, 404]],
    [{ mapLocal: { dir: '/www', missing: 'pass' } }, { mapLocal: { file: '/www/index.html' } }],
  ],
  [
    `${APP} location / { try_files $uri @app; }`,
    [[undefined, '127.0.0.1:3000']],
    [{ mapLocal: { dir: '/www', index: false, missing: 'pass' } }],
  ],
  [
    'root /www; location ~ \\.php$ { fastcgi_pass 127.0.0.1:9000; } location / { }',
    [
      ['path ~ "\\\\.php$"', 502],
      [undefined, 404],
    ],
    [{ mapLocal: { dir: '/www', missing: 404 } }],
  ],
  [
    'location /old { rewrite ^/old/(.*)$ /new/$1 permanent; }',
    [
      ['path ~ "^/old/(.*)$" and path ^= /old and query != ""', '/new/$1?$query'],
      ['path ~ "^/old/(.*)$" and path ^= /old', '/new/$1'],
      ['path ^= /old', 404],
    ],
    [],
  ],
  [
    'rewrite ^/(.*)$ https://$host/$1? redirect; location / { proxy_pass http://127.0.0.1:3000; }',
    [
      ['path ~ "^/(.*)$"', 'https://$host/$1'],
      [undefined, '127.0.0.1:3000'],
    ],
    [],
  ],
  [
    'return 301 https://b.test; location /a { proxy_pass http://127.0.0.1:3000; }',
    [
      [undefined, 'https://b.test'],
      ['path ^= /a', '127.0.0.1:3000'],
    ],
    [],
  ],
])('%s', (conf, routes, request) => expect(madeOf(conf)).toEqual({ routes, request }));

it('a named location that try_files goes on to is no loss', () => {
  const { items } = importConfig(`server { listen 127.0.0.1:80; ${APP} location / { try_files $uri @app; } }`);
  const told = items.filter(({ outcome, what }) => outcome !== 'mapped' && what !== 'paths');
  expect(told.map(({ outcome, why }) => [outcome, why])).toEqual([
    ['approximated', expect.stringContaining('other methods than GET and HEAD')],
  ]);
});

it.each([
  { conf: 'location / { proxy_pass http://$backend; }', left: /its address has variables/ },
  { conf: 'location ~ ^/a { proxy_pass http://a/b; }', left: /a path behind proxy_pass/ },
  { conf: 'location / { limit_req zone=nowhere; proxy_pass http://a; }', left: /its zone is not in the file/ },
])('tells that it leaves out: $conf', ({ conf, left }) => {
  const { items } = importConfig(`server { listen 127.0.0.1:80; ${conf} }`);
  expect(items.filter(({ outcome }) => outcome === 'unmapped').map(({ why }) => why)).toContainEqual(
    expect.stringMatching(left),
  );
});

describe('limit_req', () => {
  const withLimit = (words: string) =>
    `limit_req_zone $binary_remote_addr zone=all:1m rate=1r/m;
     server { listen 127.0.0.1:80; limit_req zone=all burst=3${words}; limit_req_status 429; location / { proxy_pass http://a.test; } }`;

  // Six at once to the real nginx: one within the rate, three within burst, two refused.
  it.each<[words: string, passed: number, why: string[]]>([
    ['', 1, []],
    [' nodelay', 4, ['requests over the rate wait here; with nodelay nginx lets those within burst through at once']],
    [' delay=1', 2, ['requests over the rate wait here; with delay=1 nginx lets the first 1 of them through at once']],
  ])('waits in nginx and here, unless it says otherwise:%s', async (words, passed, why) => {
    const nginx = await startNginx(
      'limit_req_zone $binary_remote_addr zone=all:1m rate=1r/m;',
      `limit_req zone=all burst=3${words}; limit_req_status 429; root missing;`,
    );
    const statuses = await answeredAtOnce(nginx.address, passed + 2);
    await nginx.close();
    expect(statuses).toEqual({ passed, refused: 2 });
    const { part, items } = importConfig(withLimit(words));
    expect(ownRules(part)[0]?.limit).toEqual({ requests: '1/m', burst: 3, key: 'client_ip', status: 429 });
    expect(items.filter(({ outcome }) => outcome !== 'mapped').map((item) => item.why)).toEqual(why);
  });
});

/** Sends six; those that wait are given up when `count` are answered. */
async function answeredAtOnce(address: string, count: number): Promise<{ passed: number; refused: number }> {
  const giveUp = new AbortController();
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++)
    void fetch(`http://${address}/`, { signal: giveUp.signal }).then(
      ({ status }) => statuses.push(status),
      () => {},
    );
  await until(() => statuses.length >= count, `${count} answers`);
  giveUp.abort();
  const refused = statuses.filter((status) => status === 429).length;
  return { passed: statuses.length - refused, refused };
}

it('Host is what each location says', () => {
  const { part } = importConfig(`upstream app { server 127.0.0.1:1; } server { listen 127.0.0.1:80;
    location / { proxy_pass http://app; proxy_set_header Host $host; }
    location /same { proxy_pass http://app; proxy_set_header Host $http_host; }
    location /own { proxy_pass http://app; proxy_set_header Host shop.test; }
    location /none { proxy_pass http://app; } }`);
  expect(part.pools.app).toMatchObject({ preserveHost: true });
  expect(ownRules(part).map(({ match, request }) => [match, request])).toEqual([
    ['route = none', [{ set: { Host: 'app' } }]],
    ['route = own', [{ set: { Host: 'shop.test' } }]],
    ['route = default', [{ set: { Host: '$host' } }]],
  ]);
});

it.each<[servers: string, weights: (number | undefined)[], told: string]>([
  ['server a weight=300; server b weight=100;', [3, 1], ''],
  [
    'server a weight=257; server b weight=2;',
    [256, 2],
    'line 1: upstream u: weights go up to 256 here: shares are nearly the same',
  ],
  [
    'server a max_fails=0; server b;',
    [undefined, undefined],
    'line 1: server a max_fails=0: max_fails belongs to the pool here: what the last server says of it holds for all',
  ],
  ['server a max_conns=5; server b max_conns=5; server c down;', [undefined, undefined, undefined], ''],
])('upstream of %s', (servers, weights, told) => {
  const { part, items } = importConfig(`upstream u { ${servers} } server { location / { proxy_pass http://u; } }`);
  expect(part.pools.u?.backends?.map(({ weight }) => weight)).toEqual(weights);
  const lines = items.filter(({ outcome, what }) => outcome === 'approximated' && !what.startsWith('listener'));
  expect(lines.map(({ at, what, why }) => `${at}: ${what}: ${why}`).join()).toBe(told);
});

it('a pool that the config does not take takes no route along', () => {
  const conf = 'upstream u { server a max_conns=-1; } server { location / { proxy_pass http://u; } }';
  const { part } = importConfig(conf);
  expect([Object.keys(part.pools), part.routes.map(({ pool, respond }) => pool ?? respond?.status)]).toEqual([
    [],
    [502],
  ]);
});

/** What closes and cannot be asked as it is written closes more, never less; what serves is left out. */
import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { send } from '../support/backend.ts';
import { complaintOf } from './peers.ts';
import { smallConfig } from './reports.ts';
import { runExported } from './running.ts';

function exported(target: ExportTarget, parts: Parameters<typeof smallConfig>[0]) {
  const { text, unmapped } = exportConfig(smallConfig(parts), target);
  return { text: text.replace(/^#.*$/gm, ''), told: unmapped.map(({ path, what }) => `${path}: ${what}`) };
}

const FORBIDDEN = { pool: undefined, respond: { status: 403 } };
const CLOSES_MORE = /^routes\[0\]\.match: route api \(it closes (?:more than it did|everything that comes to it)\)$/;

test.each<[ExportTarget, string, RegExp]>([
  [
    'envoy',
    'path ^= /admin and not clientIp = 10.0.0.1',
    /match:\n +prefix: \/admin\n +direct_response:\n +status: 403/,
  ],
  ['envoy', 'clientIp = 10.0.0.1', /match:\n +prefix: \/\n +direct_response:\n +status: 403/],
  ['traefik', 'path ^= /admin and url *= secret', /rule: PathPrefix\(`\/admin`\)\n/],
  ['traefik', 'path ^= /admin and not (host = a.test and url *= x)', /rule: PathPrefix\(`\/admin`\)\n/],
  ['nginx', `path ^= /admin and header[x-a] = ${'x'.repeat(4100)}`, /"~\^\/admin" 1;/],
  ['nginx', 'path ^= /admin and has header["x.a"]', /"~\^\/admin" 1;/],
  ['traefik', 'path ^= /admin and has header[transfer-encoding]', /rule: PathPrefix\(`\/admin`\)\n/],
  [
    'caddy',
    'path ^= /admin and header[Trailer] = x',
    /@route_api expression `\{wire\.path\}\.startsWith\("\/admin"\)`/,
  ],
])('%s: a route for %s', (target, match, written) => {
  const { text, told } = exported(target, { route: { ...FORBIDDEN, match } });
  expect(text).toMatch(written);
  expect(told).toContainEqual(expect.stringMatching(CLOSES_MORE));
});

test.each<[ExportTarget, object, RegExp]>([
  ['envoy', { respond: { status: 403 } }, /prefix: \/v1\/\n(?:.*\n)*? +direct_response:\n +status: 403/],
  ['envoy', { abort: 'close' }, /prefix: \/v1\/\n(?:.*\n)*? +direct_response:\n +status: 403/],
  ['traefik', { respond: { status: 403 } }, /rejectStatusCode: 403/],
  ['traefik', { abort: 'close' }, /rejectStatusCode: 403/],
])('%s: a rule that does %j', (target, action, written) => {
  const match = target === 'envoy' ? 'path ^= /v1/ and clientIp = 10.0.0.1' : 'url *= secret';
  const { text, told } = exported(target, { rule: { match, request: [action] } });
  expect(text).toMatch(written);
  expect(told).toContainEqual(expect.stringMatching(/^rules\[0\]\.match: rule r \(it closes /));
});

test('what a file knows by its place is not asked, and closes no more', () => {
  const rule = {
    match: 'pool = api and listener = gateway and path ^= /v1/x',
    request: [{ respond: { status: 403 } }],
  };
  for (const target of ['nginx', 'haproxy', 'caddy', 'envoy', 'traefik'] as const)
    expect(exported(target, { rule }).told).not.toContainEqual(expect.stringMatching(/closes more/));
});

test('a route that serves is left out', () => {
  const { told } = exported('traefik', { route: { match: 'path ^= /admin and url *= secret' } });
  expect(told).toContain('routes[0].match: route api (its exchanges go to later routes)');
});

test.each(['haproxy', 'caddy'] as const)('%s takes the file', async (target) => {
  const { text } = exportConfig(
    smallConfig({ route: { ...FORBIDDEN, match: 'path ^= /admin and url *= "}"' } }),
    target,
  );
  expect(await complaintOf(target, text)).toBeNull();
});

/** What each document has beside what it shows. */
const BASE = {
  version: 1,
  listeners: { gateway: { address: '127.0.0.1:8080' } },
  pools: { api: { backends: [{ name: 'a', url: 'http://127.0.0.1:1' }] } },
};

function exportedWhole(target: ExportTarget, parts: object) {
  const { text, unmapped, approximated } = exportConfig(configSchema.parse({ ...BASE, ...parts }), target);
  const told = [...unmapped, ...approximated].map(({ path, what, why }) => `${path}: ${what}: ${why}`);
  return { text: text.replace(/^#.*$/gm, ''), told };
}

const REFUSED = { respond: { status: 403 } };
const ROUTES = [
  { name: 'public', match: 'path ^= /public', pool: 'api' },
  { name: 'rest', pool: 'api' },
];

test.each<[ExportTarget, string, RegExp]>([
  ['envoy', 'not route = public and not clientIp = 10.0.0.1', /status: 403/],
  ['envoy', 'route = public or clientIp = 10.0.0.1', /status: 403/],
  ['envoy', 'not (route = public or url *= x)', /status: 403/],
  ['traefik', 'not route = public and url *= x', /rejectStatusCode: 403/],
  ['caddy', 'not route = public and has header[trailer]', / 403/],
])('%s: a rule for %s', (target, match, written) => {
  const { text, told } = exportedWhole(target, {
    routes: ROUTES,
    rules: [{ name: 'r', match, request: [REFUSED] }],
  });
  expect(text).toMatch(written);
  expect(told).toContainEqual(
    expect.stringMatching(/^rules\[0\]\.match: rule r \(it closes (?:more than it did|everything that comes to it)\)/),
  );
});

test.each(['envoy', 'traefik'] as const)('%s: what refuses is there behind too many rules', (target) => {
  const many = Array.from({ length: 9 }, (_, i) => ({
    name: `t${i}`,
    match: `header[x-tenant-${i}] = 1`,
    request: [{ path: { replace: '^/v1', with: `/t${i}` } }],
  }));
  const guard = { name: 'guard', match: 'not header[x-key] = k1', request: [{ respond: { status: 401 } }] };
  const { text, told } = exportedWhole(target, { routes: ROUTES.slice(1), rules: [...many, guard] });
  const [first] = /x-key|X-Key/.exec(text) ?? [];
  expect(first).toBeDefined();
  expect(text).toMatch(/(?:status|rejectStatusCode): 401/);
  expect(told).toContainEqual(expect.stringMatching(/rule guard \(it closes more/));
});

test.each(['caddy', 'traefik'] as const)(
  '%s: an address behind a trusted proxy is not asked by what refuses',
  (target) => {
    const listeners = { gateway: { address: '127.0.0.1:8080', trustedProxies: ['127.0.0.0/8'] } };
    const blocked = { name: 'blocked', match: 'path ^= /x and clientIp = 6.6.6.6', ...REFUSED };
    const { text, told } = exportedWhole(target, { listeners, routes: [blocked, ...ROUTES] });
    expect(text).not.toContain('6.6.6.6');
    expect(text).toContain('403');
    expect(told).toContainEqual(
      expect.stringMatching(/^routes\[0\]\.match: route blocked \(it closes more than it did\): .* trusted proxy/),
    );
  },
);

test('HAProxy walks over trusted proxies to the address of the client', async () => {
  const port = await runExported('haproxy', {
    listener: { trustedProxies: ['127.0.0.0/8', '10.1.0.0/16'] },
    routes: [{ name: 'blocked', match: 'not clientIp ^= "10."', ...REFUSED }, ...ROUTES],
  });
  const statusOf = async (told: string) =>
    (await send(`127.0.0.1:${port}`, '/', { headers: { 'x-forwarded-for': told } })).status;
  const chains = [
    '10.9.9.9',
    '8.8.8.8, 10.1.1.1',
    '10.9.9.9, 10.1.1.1',
    '10.9.9.9, unknown',
    '8.8.8.8, 10.1.1.1, 10.1.1.2',
  ];
  expect(await Promise.all(chains.map(statusOf))).toEqual([200, 403, 200, 403, 403]);
});

test.each<[ExportTarget, RegExp]>([
  ['envoy', /safe_regex:\n +regex: \^?\/v1\/.*\n(?:.*\n)*? +status: 403|prefix: \/v1\/\n(?:.*\n)*? +status: 403/],
  ['traefik', /PathPrefix\(`\/v1\/`\)[^]*rejectStatusCode: 403/],
])('%s: what refuses behind what rewrites closes what is rewritten', (target, written) => {
  const { text, told } = exportedWhole(target, {
    routes: ROUTES,
    rules: [
      { name: 'rw', match: 'path ^= /v1/', request: [{ path: { replace: '^/v1/', with: '/v2/' } }] },
      { name: 'deny', match: 'path ^= /v2/secret', request: [REFUSED] },
    ],
  });
  expect(text).toMatch(written);
  expect(told).toContainEqual(expect.stringMatching(/^rules\[1\]\.match: rule deny \(it closes more than it did\)/));
});

test.each(['caddy', 'traefik'] as const)('%s asks for addresses at listeners that trust no proxy', (target) => {
  const listeners = {
    gateway: { address: '127.0.0.1:8080', trustedProxies: ['10.0.0.0/8'] },
    adm: { address: '127.0.0.1:8081' },
  };
  const blocked = { name: 'blocked', match: 'clientIp = 6.6.6.6', ...REFUSED };
  const asked = (parts: object) => exportedWhole(target, { listeners, ...parts });
  const own = asked({ routes: [{ ...blocked, listeners: ['adm'] }, ...ROUTES] });
  expect(own.text.match(/6\.6\.6\.6/g)).toHaveLength(1);
  expect(own.told).not.toContainEqual(expect.stringMatching(/closes/));
  const both = asked({ routes: [blocked, ...ROUTES] });
  expect(both.text.match(/6\.6\.6\.6/g)).toHaveLength(1);
  expect(both.told).toContainEqual(expect.stringMatching(/route blocked \(it closes everything that comes to it\)/));
  const served = asked({ routes: [{ name: 'office', match: 'clientIp = 6.6.6.6', pool: 'api' }] });
  expect(served.text.match(/6\.6\.6\.6/g)).toHaveLength(1);
  expect(served.told).toContainEqual(expect.stringMatching(/route office \(its exchanges go to later routes\)/));
});

test.each<[ExportTarget, object, RegExp]>([
  ['envoy', { redirect: { location: '/login' } }, /prefix: \/app\n[^]*status: 302\n[^]*value: \/login/],
  ['envoy', { redirect: { status: 303, location: '/login?next=$path' } }, /prefix: \/app\n/],
  ['traefik', { redirect: { location: 'https://sso.test/' } }, /rule: PathPrefix\(`\/app`\)\n/],
])('%s: a redirect to one place is a gate: %j', (target, action, written) => {
  const match = target === 'envoy' ? 'path ^= /app and clientIp = 10.0.0.1' : 'path ^= /app and url *= x';
  const { text, told } = exportedWhole(target, { routes: [{ name: 'login', match, ...action }, ...ROUTES] });
  expect(text).toMatch(written);
  expect(told).toContainEqual(expect.stringMatching(/^routes\[0\]\.match: route login \(it closes more than it did\)/));
});

test.each<[ExportTarget, object, string]>([
  ['nginx', { delete: ['x-int-*'] }, 'not header[x-int-role] = admin'],
  ['haproxy', { replaceHeader: { name: 'x-role', replace: '^.*$', with: '$host' } }, 'not header[x-role] = admin'],
  ['caddy', { method: 'POST' }, 'method = POST'],
  ['caddy', { query: { delete: ['ok'] } }, 'not has query[ok]'],
  ['haproxy', { mapRemote: { url: 'http://a.test/adm' } }, 'path ^= /adm'],
])('%s: a gate behind %j, which is not mapped, is told', (target, action, match) => {
  const gate = { name: 'gate', match, request: [REFUSED] };
  const { told } = exportedWhole(target, { routes: ROUTES, rules: [{ name: 'first', request: [action] }, gate] });
  expect(told).toContainEqual(expect.stringMatching(/^rules\[1\]\.match: rule gate \(it may stand open\)/));
  const { told: other } = exportedWhole(target, { routes: ROUTES, rules: [gate, { name: 'last', request: [action] }] });
  expect(other).not.toContainEqual(expect.stringMatching(/stand open/));
});

test.each(['nginx', 'haproxy', 'caddy', 'envoy', 'traefik'] as const)(
  '%s: of weights that are all 0 the first counts',
  (target) => {
    const split = [{ pool: 'api', weight: 0 }];
    const { text, told } = exportedWhole(target, { routes: [{ name: 'all', split }] });
    const { text: plain } = exportedWhole(target, { routes: [{ name: 'all', pool: 'api' }] });
    expect(text).toBe(plain);
    expect(told).not.toContainEqual(expect.stringMatching(/no pool/));
  },
);

test('a redirect that keeps the path is none', () => {
  const moved = { name: 'moved', match: 'path ^= /old and url *= x', redirect: { location: '/new$path' } };
  const { told } = exportedWhole('traefik', { routes: [moved, ...ROUTES] });
  expect(told).toContainEqual(expect.stringMatching(/route moved \(its exchanges go to later routes\)/));
});

test.each<[ExportTarget, string | undefined]>([
  ['envoy', undefined],
  ['nginx', '1.24'],
])('%s: a second line of a header opens no gate', (target, targetVersion) => {
  const match = 'header[x-a] = yes or header[x-a] $= no or header[x-a] ~ "^a(b|c)$"';
  const { text } = exportConfig(
    smallConfig({ route: { ...FORBIDDEN, match } }),
    target,
    targetVersion === undefined ? {} : { targetVersion },
  );
  expect(text).toMatch(/yes,/);
  expect(text).toMatch(/no,/);
  expect(text).toMatch(/a\(\?:b\|c\),/);
});

test.each<[ExportTarget, string | undefined, string, string]>([
  ['traefik', undefined, 'not header[x-a] in (a, b)', 'header[x-a]'],
  ['traefik', undefined, 'not query[k] = a', 'query[k]'],
  ['traefik', undefined, 'url *= x and not cookie[k] = a', 'cookie[k]'],
  ['envoy', undefined, 'query[k] != a', 'query[k]'],
  ['envoy', undefined, 'not header[x-a] $= a', 'header[x-a]'],
  ['nginx', '1.24', 'not header[x-a] ~ "a"', 'header[x-a]'],
])('%s %s: of %s, a second one that opens is told', (target, targetVersion, match, second) => {
  const config = smallConfig({ route: { ...FORBIDDEN, match } });
  const { unmapped } = exportConfig(config, target, targetVersion === undefined ? {} : { targetVersion });
  expect(unmapped.map(({ what }) => what)).toContain(`route api (a second ${second} opens it)`);
});

test.each<[ExportTarget, string | undefined, string]>([
  ['envoy', undefined, 'not header[x-a] in (a, b) and not header[x-b] ^= c and not header[x-c] ~ "^[A-Z0-9]{8}$"'],
  ['envoy', undefined, 'query[k] = a or header[x-a] *= a or not has cookie[k]'],
  ['traefik', undefined, 'header[x-a] = a'],
  ['nginx', '1.22', 'not header[x-a] ~ "a" and not query[k] = a'],
  ['nginx', '1.24', 'not header[x-a] ~ "^a+$" and not query[k] = a'],
])('%s %s: a second one does not open %s', (target, targetVersion, match) => {
  const config = smallConfig({ route: { ...FORBIDDEN, match } });
  const { unmapped } = exportConfig(config, target, targetVersion === undefined ? {} : { targetVersion });
  expect(unmapped.map(({ what }) => what)).not.toContainEqual(expect.stringMatching(/opens it/));
});

/** What a target cannot do as Switchyard does stands in the report, and names that are not plain still mean the same. */
import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { complaintOf } from './peers.ts';
import { exported, smallConfig } from './reports.ts';

const TRUSTED = { listener: { trustedProxies: ['127.0.0.0/8'] } };
const LIMITED = { rule: { limit: { requests: '5/s', key: '$header[x-user]' } } };
const SPLIT = {
  route: { pool: undefined, split: [{ pool: 'api', weight: 1 }] },
  rule: { match: 'pool = api', request: [{ set: { 'x-a': '1' } }] },
};
const REDIRECT = { route: { pool: undefined, redirect: { status: 302, location: '$query' } } };

const NAMED = { pool: { backends: [{ url: 'http://localhost:1' }, { url: 'http://b.test:2' }] } };
const SECURE = { pool: { backends: [{ url: 'https://127.0.0.1:1' }] } };
const CHECKED = { pool: { healthCheck: { type: 'http', path: '/', headers: { 'X-Empty': '' } } } };

/** A listener that asks clients for certificates. */
function asking(mode: string) {
  return { listener: { tls: { certificates: [{ cert: 'c.pem', key: 'k.pem' }], client: { mode, ca: 'ca.pem' } } } };
}

function toldOf(target: ExportTarget, parts: Parameters<typeof smallConfig>[0]) {
  const { approximated, unmapped } = exportConfig(smallConfig(parts), target);
  return [...approximated, ...unmapped].map(({ path, what, why }) => `${path}: ${what}: ${why}`);
}

test.each<[ExportTarget, string, string | undefined]>([
  ['nginx', '1.18', '1.22'],
  ['nginx', '1.22.1', undefined],
  ['haproxy', '2.4', '2.6'],
  ['caddy', '2.4', '2.6'],
  ['traefik', '2.11', '3.0'],
  ['traefik', '3.1', undefined],
])('what %s %s is made for is told where that is newer', (target, targetVersion, oldest) => {
  const told = exportConfig(smallConfig({}), target, { targetVersion }).approximated;
  const why = `the file is made as for ${oldest}, the oldest that is known here; it may be refused`;
  expect(told.find(({ what }) => what === `version ${targetVersion}`)?.why).toBe(
    oldest === undefined ? undefined : why,
  );
});

test.each([
  ['round_robin', [1, 3]],
  ['random', [85, 255]],
  ['ip_hash', [85, 255]],
])('HAProxy: the more points on its ring, the less shares of %s scatter', (policy, weights) => {
  const { text } = exportConfig(smallConfig({ pool: { policy } }), 'haproxy');
  expect([...text.matchAll(/^ +server \S+ \S+ weight (\d+)/gm)].map(([, weight]) => Number(weight))).toEqual(weights);
});

test.each([
  ['round_robin', [{ backup: true }, { backup: true }], ['', '']],
  ['random', [{ backup: true }, { backup: true }], ['', '']],
  ['round_robin', [{}, { backup: true }], ['', ' backup']],
  ['ip_hash', [{ state: 'maint' }, { backup: true }], [' down', '']],
  ['round_robin', [{ state: 'maint' }, { backup: true, weight: 0 }], [' down', ' down']],
  ['first', [{}, {}], ['', ' backup']],
  ['first', [{ state: 'maint' }, {}, {}], [' down backup', '', ' backup']],
  ['first', [{ backup: true }, {}], [' backup', '']],
])('nginx with policy %s has backups of %j', async (policy, backends, words) => {
  const pool = { policy, backends: backends.map((each, i) => ({ url: `http://127.0.0.1:${i + 1}`, ...each })) };
  const { text } = exportConfig(smallConfig({ pool }), 'nginx');
  const found = [...text.matchAll(/^ +server 127\.0\.0\.1:\d .*fail_timeout=2s(.*);$/gm)].map(([, more]) => more);
  expect(found).toEqual(words);
  expect(await complaintOf('nginx', text)).toBeNull();
});

test.each([
  [{ cookie: 'S' }, 'sticky cookie S expires=3600s httponly samesite=lax path=/;'],
  [{ cookie: 'S', ttl: '1500ms', path: '/a' }, 'sticky cookie S expires=2s httponly samesite=lax path=/a;'],
])('nginx of 1.29.6 binds clients by %j', (sticky, line) => {
  const { text } = exportConfig(smallConfig({ pool: { sticky } }), 'nginx', { targetVersion: '1.29.6' });
  expect(text).toContain(line);
});

test('Caddy quotes the address of an IPv6 client in Forwarded', async () => {
  const { text } = exportConfig(smallConfig({ listener: { address: '[::1]:8080' } }), 'caddy');
  expect(text).toMatch(/vars @ipv6_api node `"\[\{http\.request\.remote\.host\}\]"`\n[^]*for=\{http\.vars\.node\};/);
  expect(await complaintOf('caddy', text)).toBeNull();
});

test('Caddy has each backend once where it hashes', () => {
  const { text } = exportConfig(smallConfig({ pool: { policy: 'ip_hash' } }), 'caddy');
  expect(text).toMatch(/^\s*to http:\/\/127\.0\.0\.1:1 http:\/\/127\.0\.0\.1:2$/m);
});

test.each<[ExportTarget, Parameters<typeof smallConfig>[0], RegExp]>([
  [
    'nginx',
    TRUSTED,
    /^listeners.gateway.trustedProxies: X-Forwarded-Proto, .* Forwarded .* redirect to https never ends$/,
  ],
  ['haproxy', TRUSTED, /X-Forwarded-For gets the client's address once more/],
  [
    'haproxy',
    TRUSTED,
    /^listeners.gateway.trustedProxies: X-Forwarded-Proto, .* Forwarded .* redirect to https never ends$/,
  ],
  ['traefik', TRUSTED, /^listeners.gateway.trustedProxies: .* ask the connection itself$/],
  ['nginx', LIMITED, /^rules\[0\].limit: limit of rule r on answers of nginx itself: .* comes before limit_req$/],
  ['nginx', LIMITED, /^rules\[0\].limit: the answer at the limit: without retry-after/],
  ['haproxy', LIMITED, /^rules\[0\].limit: the answer at the limit: without retry-after/],
  ['caddy', {}, /^always: answers without a content-type: Caddy guesses/],
  ['envoy', {}, /^always: answers of its own to gRPC: Envoy writes 200, /],
  ['traefik', {}, /^always: requests: Traefik .* makes a & of a ; in a query$/],
  ['traefik', {}, /^always: a backend whose TLS fails: Traefik answers 500, /],
  ['caddy', { rule: { match: 'not websocket', request: [] } }, /rule r: it asks for `Upgrade: websocket` alone/],
  ['haproxy', {}, /^listeners.gateway.protocols: answers of HAProxy itself to HTTP\/2: /],
  ['caddy', {}, /^listeners.gateway.protocols: answers of Caddy itself to HTTP\/2: /],
  [
    'haproxy',
    { route: { pool: undefined, respond: { status: 503, bodyFile: '/down.html' } } },
    /^routes\[0\].respond: answer without a content-type: HAProxy says application\/octet-stream: browsers save it$/,
  ],
  ['nginx', { pool: { backends: [{ url: 'http://127.0.0.1:1' }] } }, /^pools.api.retry: a pool of one backend: /],
  [
    'caddy',
    { route: { match: 'query[q] ~ "\\\\bunion\\\\b"', pool: undefined, respond: { status: 403 } } },
    /closes everything .* edge of a word$/,
  ],
  ['haproxy', { rule: { match: 'query[q] ~ "^.{1,2}$"', request: [] } }, /rule r: HAProxy compares bytes/],
  ...(['nginx', 'haproxy', 'caddy'] as const).map((target): [ExportTarget, object, RegExp] => [
    target,
    {},
    /limits.requestTimeout: .* \(Switchyard's default\): .* no such bound$/,
  ]),
  ['haproxy', { pool: { policy: 'least_request' } }, /^pools.api.backends: weights: .* whatever its weight$/],
  ['haproxy', { pool: { policy: 'random' } }, /^pools.api.policy: policy random: .* scatter$/],
  ['haproxy', {}, /^listeners.gateway.protocols: HTTP\/2 of clients: .* POST, too$/],
  ['caddy', { pool: { policy: 'ketama', hash: { on: 'path' } } }, /^pools.api.backends: weights: Caddy hashes/],
  ['haproxy', REDIRECT, /^routes\[0\].redirect: an empty value: .* lines that have none$/],
  ['haproxy', { rule: { request: [{ set: { 'x-a': '$pool' } }] } }, /\$pool: the name in letters, digits/],
  ['haproxy', { rule: { request: [{ set: { 'x-a': '$listener' } }] } }, /\$listener: the name in letters, digits/],
  ['haproxy', { rule: { response: [{ set: { 'x-a': '$backend' } }] } }, /\$backend: .* are one _$/],
  ['nginx', {}, /^always: error pages: .* in HTML, and another text/],
  ['nginx', {}, /requests: nginx answers 405 to TRACE/],
  ['nginx', {}, /headers of one connection: .* neither TE, Expect nor trailers$/],
  ['nginx', {}, /^pools.api.forwarded: Forwarded, Via, x-request-id: of several lines .* only the first/],
  ['nginx', { rule: { match: 'header[x_u] = 1', request: [] } }, /^rules: x_u: .* the same with -/],
  ['nginx', { rule: { match: 'header[x-h] ~ "^[é]$"', request: [] } }, /rule r: nginx compares bytes/],
  [
    'nginx',
    { rule: { request: [{ append: { 'x-n': '1' } }] } },
    /^rules: x-n: of several lines .* where no rule holds$/,
  ],
  [
    'nginx',
    { rule: { match: `header[x-h] = ${'x'.repeat(4096)}`, request: [] } },
    /^rules.0..match: rule r: nginx takes at most 4095 bytes/,
  ],
  [
    'caddy',
    { rule: { response: [{ append: { 'x-n': '1' } }] } },
    /^rules\[0\].response\[0\].append.x-n: append: done twice where an interim answer/,
  ],
  ['haproxy', {}, /^always: an unusual Host: .* takes the usual port away/],
  [
    'haproxy',
    { rule: { request: [{ respond: { status: 204, body: 'x' } }] } },
    /status 204: HAProxy leaves out the content-type, and the body/,
  ],
  [
    'nginx',
    { rule: { request: [{ set: { 'x-a': '$pool' } }] } },
    /an empty value: nginx sends no line without a value$/,
  ],
  ...(['haproxy', 'caddy'] as const).map((target): [typeof target, Parameters<typeof smallConfig>[0], RegExp] => [
    target,
    { rule: { request: [{ set: { host: '$cookie[c]' } }] } },
    /an empty Host: it does not leave that of the request/,
  ]),
  ['caddy', {}, /leaves out a User-Agent that is empty/],
  ['caddy', {}, /braces, \| and \^/],
  ['haproxy', TRUSTED, /X-Forwarded-Host and Forwarded of trusted proxies: HAProxy asks the connection/],
  [
    'haproxy',
    { rule: { request: [{ set: { 'x-a': '$header[cookie]' } }] } },
    /^rules: more than 4 lines of cookies: .* answers 400 to more$/,
  ],
  ['haproxy', { rule: { match: 'header[x-h] ~ "^[é]$"', request: [] } }, /a letter that is not ASCII is several/],
  ['haproxy', {}, /headers that Connection names: HAProxy passes them on/],
  ['haproxy', { route: { respond: { bodyFile: 'page.html' }, pool: undefined } }, /a file as the body/],
  ['haproxy', { rule: { request: [{ respond: { body: 'x'.repeat(20_000) } }] } }, /^rules: buffers of 32 KiB/],
  ['haproxy', { rule: { request: [{ respond: { body: 'x'.repeat(200_000) } }] } }, /of more than 128 KiB/],
  ['haproxy', { rule: { request: [{ respond: { body: 'a\0b' } }] } }, /a NUL has no spelling in HAProxy/],
  ['caddy', { pool: { forwarded: { xForwarded: false } } }, /they do not go on as they came$/],
  ['caddy', { pool: { sticky: { cookie: 'c' } } }, /without Max-Age, HttpOnly and SameSite$/],
  ['caddy', {}, /3 attempts .* tried again, POST, PUT and PATCH with a body from Caddy 2.11.2 on/],
  ['caddy', { pool: { healthCheck: { expectStatus: ['200-204'] } } }, /^pools.api.healthCheck.expectStatus: .*: 200$/],
  ['caddy', {}, /^pools.api.connections.perBackend: at most 256 .* 503 when all have so many$/],
  ['caddy', { pool: { backends: [{ url: 'http://d:1', weight: 0 }] } }, /d:1 drains \(weight 0\): .* no such weight/],
  ['caddy', { pool: { backends: [{ url: 'http://d:1', state: 'drain' }] } }, /d:1 is drain: .* no such state/],
  ['caddy', {}, /Caddy takes Proxy-Authorization and trailers out of requests/],
  [
    'traefik',
    { route: { match: 'header[host] = a.test' } },
    /^routes\[0\].match: .* Host without its port, and in lower/,
  ],
  ['traefik', { route: { match: 'header[host] = "a.test:81"' } }, /Traefik compares Host without its port$/],
  ['traefik', SPLIT, /^rules\[0\].match: rule r on route api: Traefik has no matcher for pool$/],
  ['nginx', NAMED, /^pools.api.backends: localhost, b.test: nginx looks a name up when it starts only/],
  ['haproxy', NAMED, /^pools.api.backends: localhost, b.test: HAProxy looks a name up .* one address of it/],
  ['nginx', SECURE, /^pools.api.tls.serverName: 127.0.0.1: nginx finds it among the names/],
  ['haproxy', SECURE, /^pools.api.tls.serverName: 127.0.0.1: HAProxy finds it among the names/],
  ['haproxy', CHECKED, /^pools.api.healthCheck.headers: x-empty: HAProxy sends no header without/],
  [
    'haproxy',
    { pool: { healthCheck: { interval: '1s' } } },
    /^pools.api.healthCheck.timeout: .* interval, 1s: a slower/,
  ],
  ['haproxy', CHECKED, /^pools.api.healthCheck.host: each backend's own Host: HAProxy asks all/],
  ['nginx', {}, /^pools.api.timeouts: WebSockets: nginx closes one that is silent for 60s$/],
  ['nginx', asking('require'), /^listeners.gateway.tls.client.mode: require: nginx answers 400 where/],
  ['nginx', asking('request'), /^listeners.gateway.tls.client.mode: request: nginx answers 400 to a/],
  ['caddy', asking('request'), /^listeners.gateway.tls.client.mode: request: Caddy answers 421 where Host/],
  ['caddy', {}, /answers 400 to an empty line before a request/],
  [
    'nginx',
    { rule: { response: [{ set: { 'content-type': 'a/b' } }] } },
    /content-type: in error .* second one is added$/,
  ],
])('%s tells of %j', (target, parts, line) => {
  expect(toldOf(target, parts)).toContainEqual(expect.stringMatching(line));
});

test('nginx is not said to leave matches where there is one', () => {
  const told = (replace: string) =>
    toldOf('nginx', { rule: { request: [{ replaceHeader: { name: 'x-a', replace, with: 'b' } }] } }).join();
  expect(told('\\.test$')).not.toContain('first match');
  for (const replace of ['\\.test\\$', 'a|b$', 'a*$', 'a']) expect(told(replace)).toContain('first match');
});

test('a client without what a limit asks for is not counted', () => {
  const text = (target: ExportTarget) => exportConfig(smallConfig(LIMITED), target).text;
  expect(text('nginx')).toContain('limit_req_zone $http_x_user zone=limit_r');
  expect(text('haproxy')).toContain('if { req.fhdr(x-user,1),length gt 0 }\n');
  expect(toldOf('traefik', LIMITED)).toContainEqual(
    expect.stringMatching(/requests without the key share one bucket$/),
  );
});

const NAMES = ['my pool', 'my-pool', 'my_pool'];

test.each([
  ['pool = "my pool"', ['my_pool']],
  ['pool = my-pool', ['my_pool_2']],
  ['pool = my_pool', ['my_pool_3']],
  ['pool ^= "my "', ['my_pool']],
  ['pool $= pool', ['my_pool', 'my_pool_2', 'my_pool_3']],
  ['pool *= "-"', ['my_pool_2']],
  ['pool ~i "^MY[ -]"', ['my_pool', 'my_pool_2']],
  ['pool = none', []],
])('HAProxy asks %s of ids', async (match, ids) => {
  const { text } = exportConfig(namedConfig(match), 'haproxy');
  const asked = [...text.matchAll(/\{ var\(txn\.pool\) -m str -- (\S+) \}/g)].map(([, id]) => id);
  expect([...new Set(asked)]).toEqual(ids);
  expect(await complaintOf('haproxy', text)).toBeNull();
});

test.each([
  ['listener = "gate way"', ['gate_way']],
  ['listener = gate-way', ['gate_way_2']],
  ['not listener = gate-way', ['gate_way_2']],
])('HAProxy asks %s of ids', (match, ids) => {
  const { text } = exportConfig(namedConfig(match), 'haproxy');
  const asked = [...text.matchAll(/\{ fe_name -m str -- (\S+) \}/g)].map(([, id]) => id);
  expect([...new Set(asked)]).toEqual(ids);
});

test('routes of a listener stay with it', () => {
  const { text } = exportConfig(namedConfig('path = /'), 'haproxy');
  const [, first = '', second = ''] = text.split(/^frontend /m);
  expect(first).toMatch(/^gate_way\n[^]*set-var\(txn.route\) str\(r0\)/);
  expect(second).toMatch(/^gate_way_2\n/);
  expect(second).not.toContain('str(r0) if');
});

function namedConfig(match: string) {
  const backends = [{ url: 'http://127.0.0.1:1' }];
  return configSchema.parse({
    version: 1,
    listeners: { 'gate way': { address: '127.0.0.1:8081' }, 'gate-way': { address: '127.0.0.1:8082' } },
    routes: NAMES.map((pool, i) => ({
      name: `r${i}`,
      match: `path ^= /${i}`,
      pool,
      ...(i === 0 ? { listeners: ['gate way'] } : {}),
    })),
    pools: Object.fromEntries(NAMES.map((name) => [name, { backends }])),
    rules: [{ name: 'r', match, request: [{ set: { 'x-seen': 'it holds' } }] }],
  });
}

test('Traefik asks for Host by its own matchers', () => {
  const ruleOf = (match: string) =>
    /rule: (?!.*!HostRegexp)(.*)/.exec(exportConfig(smallConfig({ route: { match } }), 'traefik').text)?.[1];
  expect(ruleOf('header[host] = a.test')).toBe('Host(`a.test`)');
  expect(ruleOf('header[host] $= .test')).toBe('HostRegexp(`\\.test$`)');
  expect(ruleOf('has header[host] and path = /x')).toBe('PathPrefix(`/`) && Path(`/x`)');
});

test.each([
  [{ on: 'cookie', name: 'uid' }, '{cookies.uid}'],
  [{ on: 'query', name: 'u' }, '{parameters.u}'],
  [{ on: 'path' }, '{wire.path}'],
])('Caddy hashes %j by a header of its own, and writes no cookie', async (hash, value) => {
  const { text } = exportConfig(smallConfig({ pool: { policy: 'ketama', hash } }), 'caddy');
  expect(text).toMatch(/lb_policy header X-Switchyard-Hash\n[^]*header_up -X-Switchyard-Hash\n/);
  expect(text).toContain(`request_header X-Switchyard-Hash ${value}\n`);
  expect(text).not.toContain('lb_policy cookie');
  expect(await complaintOf('caddy', text)).toBeNull();
});

test.each(['nginx', 'haproxy', 'caddy'] as const)('%s takes no time at all for none', async (target) => {
  const pool = { timeouts: { connect: '0ms', head: '0ms', idle: '0ms' } };
  const listener = { limits: { headTimeout: '1ms', idleTimeout: '1ms' } };
  const { text } = exportConfig(smallConfig({ pool, listener }), target);
  expect(text.replace(/^#.*$/gm, '')).not.toMatch(/(?:time-?out\S*|read_header|idle)(?: \w+)? 0m?s/);
  expect(await complaintOf(target, text)).toBeNull();
});

test('Caddy has one block for routes that ask the same', () => {
  const routes = ['first', 'second'].map((name) => ({ name, match: 'path = /x', pool: 'api' }));
  const config = { ...smallConfig({}), routes };
  const { text } = exportConfig(config, 'caddy');
  expect(text).toContain('@route_first expression');
  expect(text).not.toContain('@route_second expression');
});

test('Caddy tries nothing again on nothing', () => {
  const pool = { retry: { attempts: 3, on: [] } };
  expect(exportConfig(smallConfig({ pool }), 'caddy').text).toContain('lb_retries 0\n');
  expect(toldOf('caddy', { pool })).not.toContainEqual(expect.stringMatching(/attempts on/));
});

test('the split route of Traefik stays where a rule cannot be asked', () => {
  expect(toldOf('traefik', SPLIT)).not.toContainEqual(expect.stringMatching(/go to later routes/));
});

test('Caddy does not tell how it uses backups that it leaves out', () => {
  const backends = [{ url: 'http://a:1' }, { url: 'http://b:1' }, { name: 'spare', url: 'http://c:1', backup: true }];
  const told = toldOf('caddy', { pool: { backends } });
  expect(told).toContainEqual(expect.stringMatching(/backup spare: Caddy has backups for a single backend only/));
  expect(told).not.toContainEqual(expect.stringMatching(/only then Caddy uses them/));
});

test('of an answer from a file HAProxy’s report does not say that it may be empty', () => {
  const respond = { status: 200, bodyFile: '/a.css', headers: { 'Content-Type': 'text/css' } };
  const told = toldOf('haproxy', { route: { pool: undefined, respond } }).join('\n');
  expect(told).toContain('a file as the body');
  expect(told).not.toMatch(/an empty body|without a content-type/);
});

test.each(['header[x-a] = 1', 'responseHeader[set-cookie] *= b'])(
  'nginx from 1.23 on asks all lines for %s',
  (match) => {
    const told = (version: string) =>
      exported('nginx', { rule: { match, response: [{ set: { 'x-b': '1' } }] } }, version).text;
    expect(told('1.23')).toContain('rules[0].match: rule r: several lines of one header are one, joined with commas');
    expect(told('1.22')).not.toContain('several lines of one header are one');
  },
);

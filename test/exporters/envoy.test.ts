import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { comparedConfig, fullConfig } from './configs.ts';
import { complaintsAbout } from './envoy-schema.ts';
import { containing, exported, type Places } from './reports.ts';

const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';

function complaintsOf(text: string): string[] {
  return complaintsAbout(BOOTSTRAP, parse(text, { version: '1.1' }));
}

interface Case {
  name: string;
  parts: Parameters<typeof exported>[1];
  places: Places;
  /** Pieces of the text. */
  has?: string[];
  version?: string;
}

const CASES: Case[] = [
  {
    name: 'an answer with 201, to which Envoy would add a Location',
    parts: { route: { pool: undefined, respond: { status: 201, body: '{}' } } },
    places: { mapped: ['routes[0]'] },
    has: ['response_headers_to_remove:\n'],
  },
  {
    name: 'a backup, to which a request comes at once when the others fail it',
    parts: { pool: { backends: [{ url: 'http://127.0.0.1:1' }, { url: 'http://127.0.0.1:2', backup: true }] } },
    places: { approximated: ['pools.api.backends'] },
    has: ['previous_priorities.v3.PreviousPrioritiesConfig', 'update_frequency: 1'],
  },
  {
    name: 'backends on this machine, of either family',
    parts: { pool: { backends: [{ url: 'http://localhost:1' }, { url: 'http://127.0.0.1:2' }] } },
    places: { mapped: ['pools.api.backends'] },
    has: ['type: STATIC', 'address: 127.0.0.1', 'additional_addresses:', 'address: ::1'],
  },
  {
    name: 'backends with names, of which Envoy would take the addresses of IPv6 alone',
    parts: { pool: { backends: [{ url: 'http://api.internal:1' }, { url: 'http://localhost:2' }] } },
    places: { approximated: ['pools.api.backends'] },
    has: ['dns_lookup_family: V4_PREFERRED', 'address: localhost'],
  },
  {
    name: 'checks in HTTP/2, also while there is no traffic',
    parts: { pool: { protocol: 'http2', healthCheck: {} } },
    places: { mapped: ['pools.api.healthCheck'] },
    has: ['codec_client_type: HTTP2', 'no_traffic_interval: 5s'],
  },
  {
    name: 'checks in HTTP/2 over TLS',
    parts: { pool: { protocol: 'http2', backends: [{ url: 'https://127.0.0.1:1' }], healthCheck: { type: 'grpc' } } },
    places: { mapped: ['pools.api.healthCheck'] },
    has: ['tls_options:', '- h2\n'],
  },
  {
    name: 'a pattern for methods, whatever their case',
    parts: { rule: { match: 'method ~ "^(get|put)$"', response: [{ set: { 'x-a': '1' } }] } },
    places: { mapped: ['rules[0].response[0].set.x-a'] },
    has: ['(?i)', 'proxy_100_continue: true'],
  },
  {
    name: 'a header of the response, which may have several lines',
    parts: { rule: { match: 'responseHeader[set-cookie] ^= a', response: [{ set: { 'x-a': '1' } }] } },
    places: { approximated: ['rules[0].match'] },
  },
  {
    name: 'weights, in an order of its own',
    parts: {},
    places: { mapped: ['pools.api.backends'], approximated: ['pools.api.policy'] },
    has: ['load_balancing_weight: 3', 'lb_policy: ROUND_ROBIN'],
  },
  {
    name: 'least requests',
    parts: { pool: { policy: 'least_request' } },
    places: { mapped: ['pools.api.policy'] },
    has: ['lb_policy: LEAST_REQUEST'],
  },
  {
    name: 'a hash ring by header',
    parts: { pool: { policy: 'ketama', hash: { on: 'header', name: 'x-user' } } },
    places: { approximated: ['pools.api.policy'] },
    has: ['lb_policy: RING_HASH', 'header_name: x-user'],
  },
  {
    name: 'an HTTP check with thresholds and a text in the body',
    parts: {
      pool: { healthCheck: { path: '/up', rise: 2, fall: 4, expectBody: 'ok', expectStatus: [200, '301-302'] } },
    },
    places: { mapped: ['pools.api.healthCheck'] },
    has: ['unhealthy_threshold: 4', 'text: 6f6b', 'response_buffer_size: 0', 'start: 303'],
  },
  {
    name: 'a pattern in the body of a check',
    parts: { pool: { healthCheck: { expectBody: '/ok|fine/' } } },
    places: { unmapped: ['pools.api.healthCheck.expectBody'] },
  },
  {
    name: 'states',
    parts: {
      pool: {
        backends: [
          { url: 'http://a:1', state: 'maint' },
          { url: 'http://b:1', state: 'drain' },
        ],
      },
    },
    places: {},
    has: ['type: STRICT_DNS', 'health_status: UNHEALTHY', 'health_status: DRAINING'],
  },
  {
    name: 'a check with a Host among its headers, with which Envoy would not start',
    parts: { pool: { healthCheck: { headers: { Host: 'a.test', 'x-a': '1' } } } },
    places: { mapped: ['pools.api.healthCheck'] },
    has: ['host: a.test'],
  },
  {
    name: 'a gRPC check',
    parts: { pool: { protocol: 'http2', healthCheck: { type: 'grpc' } } },
    places: { mapped: ['pools.api.healthCheck'] },
    has: ['grpc_health_check'],
  },
  {
    name: 'a gRPC check of a pool of HTTP/1.1, with which Envoy would not start',
    parts: { pool: { healthCheck: { type: 'grpc' } } },
    places: { approximated: ['pools.api.healthCheck'] },
    has: ['tcp_health_check'],
  },
  {
    name: 'a backup',
    parts: { pool: { backends: [{ url: 'http://127.0.0.1:1' }, { url: 'http://127.0.0.1:2', backup: true }] } },
    places: { approximated: ['pools.api.backends'] },
    has: ['priority: 1'],
  },
  {
    name: 'retries with their budget and back-off',
    parts: { pool: { retry: { on: ['connect', 502], budgetPercent: 10 } } },
    places: { mapped: ['pools.api.retry'], approximated: ['pools.api.retry'] },
    has: ['retry_on: connect-failure,retriable-status-codes', 'value: 10', 'previous_hosts'],
  },
  {
    name: 'slow start of a ring',
    parts: { pool: { policy: 'maglev', hash: { on: 'uri' }, slowStart: '10s' } },
    places: { unmapped: ['pools.api.slowStart'] },
  },
  {
    name: 'discovery by DNS',
    parts: { pool: { backends: undefined, discover: { dns: 'api.internal:3000', type: 'A', refresh: '5s' } } },
    places: { mapped: ['pools.api.discover'] },
    has: ['dns_refresh_rate: 5s', 'address: api.internal'],
  },
  {
    name: 'TLS to backends',
    parts: { pool: { backends: [{ url: 'https://127.0.0.1:1' }], tls: { ca: ['ca.pem'], serverName: 'api.test' } } },
    places: { mapped: ['pools.api.backends'] },
    has: ['sni: api.test', 'filename: ca.pem', 'exact: api.test'],
  },
  {
    name: 'a listener with TLS and client certificates',
    parts: {
      listener: {
        tls: { certificates: [{ cert: 'a.pem', key: 'a.key' }], client: { mode: 'require', ca: 'clients.pem' } },
        proxyProtocol: true,
      },
    },
    places: { mapped: ['listeners.gateway'] },
    has: ['require_client_certificate: true', 'filename: a.key', 'proxy_protocol.v3.ProxyProtocol'],
  },
  {
    name: 'certificates of the local authority',
    parts: { listener: { tls: { local: true } } },
    places: { unmapped: ['listeners.gateway.tls.local', 'listeners.gateway.tls'] },
  },
  {
    name: 'trusted proxies before 1.33',
    parts: { listener: { trustedProxies: ['10.0.0.0/8'] } },
    places: { unmapped: ['listeners.gateway.trustedProxies'] },
  },
  {
    name: 'a split that sticks',
    parts: { route: { pool: undefined, split: [{ pool: 'api', weight: 9 }], stickyBy: 'client_ip' } },
    places: { mapped: ['routes[0].split'], unmapped: ['routes[0].stickyBy'] },
    has: ['weight: 9'],
  },
  {
    name: 'a mirror',
    parts: { route: { mirror: { pool: 'api', percent: 12.5 } } },
    places: { approximated: ['routes[0].mirror'] },
    has: ['numerator: 125000'],
  },
  {
    name: 'an answer with a variable in its body',
    parts: { route: { pool: undefined, respond: { body: 'you are $client_ip' } } },
    places: { unmapped: ['routes[0].respond'] },
  },
  {
    name: 'a redirect to https',
    parts: {
      route: { match: 'scheme = http', pool: undefined, redirect: { status: 301, location: 'https://$host$path' } },
    },
    places: { approximated: ['routes[0].redirect'] },
    has: ['scheme_redirect: https', 'port_redirect: 443', 'strip_query: true', 'MOVED_PERMANENTLY'],
  },
  {
    name: 'a redirect to https with its query',
    parts: { route: { pool: undefined, redirect: { status: 301, location: 'https://$host$path?$query' } } },
    places: { approximated: ['routes[0].redirect'] },
    has: [
      'redirect:\n                            scheme_redirect: https\n                            port_redirect: 443\n                            response_code',
    ],
  },
  {
    name: 'a redirect to another host',
    parts: { route: { pool: undefined, redirect: { status: 308, location: 'https://example.com$path' } } },
    places: { mapped: ['routes[0]'] },
    has: ['host_redirect: example.com', 'PERMANENT_REDIRECT'],
  },
  {
    name: 'a redirect with a group of the path',
    parts: { route: { match: 'path ~ "^/v1/(.*)"', pool: undefined, redirect: { status: 308, location: '/v2/$1' } } },
    places: { approximated: ['routes[0].redirect'] },
    has: ['substitution: /v2/\\1', 'PERMANENT_REDIRECT'],
  },
  {
    name: 'a redirect by a pattern in any case that leaves out the end of the path',
    parts: { route: { match: 'path ~i "/lazy/(.+?)/"', pool: undefined, redirect: { location: '/z/$1' } } },
    places: { approximated: ['routes[0].redirect'] },
    has: ['regex: (?i)^.*?(?:/lazy/(.+?)/).*$'],
  },
  {
    name: 'a path that may lose its first slash',
    parts: { rule: { request: [{ path: { replace: '^/v1', with: '' } }] } },
    places: { mapped: ['rules[0].request[0]'] },
    has: ['regex: ^/v1/?', 'substitution: /'],
  },
  {
    name: 'what is empty is not what is absent',
    parts: { route: { match: 'not header[x-a] = "" and query[q] = "" and header[x-b] ^= ""' } },
    places: { approximated: ['routes[0].match'] },
    has: ['present_match: true', '(?:q|%71)(=)?(&.*)?'],
  },
  {
    name: 'headers in both phases, with variables',
    parts: {
      rule: {
        request: [{ set: { 'x-a': '$client_ip 100%' } }, { append: { 'x-b': 'c' } }, { delete: ['x-secret'] }],
        response: [{ set: { 'x-p': '$route' } }],
      },
    },
    places: { mapped: ['rules[0].request[0].set.x-a', 'rules[0].request[2]', 'rules[0].response[0].set.x-p'] },
    has: ['%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% 100%%', 'remove: x-secret', '%ROUTE_NAME%'],
  },
  {
    name: 'one header of two that Envoy cannot write',
    parts: { rule: { request: [{ set: { 'x-a': '$query', 'x-b': 'c' } }, { delete: ['x-internal-*'] }] } },
    places: {
      mapped: ['rules[0].request[0].set.x-b'],
      unmapped: ['rules[0].request[0].set.x-a', 'rules[0].request[1]'],
    },
  },
  {
    name: 'a rule for some exchanges of a route',
    parts: { rule: { match: 'route = api and not cookie[beta] = 1', request: [{ set: { 'x-a': 'b' } }] } },
    places: { mapped: ['rules[0].request[0].set.x-a'] },
    has: ['SkipFilter', 'beta[ \\t]*=[ \\t]*"?1"?[ \\t]*(;.*)?'],
  },
  {
    name: 'a rule that waits for the status',
    parts: { rule: { match: 'status = 5xx', response: [{ set: { 'cache-control': 'no-store' } }] } },
    places: { mapped: ['rules[0].response[0].set.cache-control'] },
    has: ['HttpResponseStatusCodeMatchInput', 'regex: 5..'],
  },
  {
    name: 'a path rewritten where a header says so',
    parts: { rule: { match: 'has header[x-new]', request: [{ path: { replace: '^/v1/', with: '/v2/' } }] } },
    places: { mapped: ['rules[0].request[0]'] },
    has: ['regex: ^/v1/', 'present_match: true'],
  },
  {
    name: 'an answer instead of the route',
    parts: { rule: { match: 'path = /v1/mock', request: [{ respond: { status: 202, body: '{}' } }] } },
    places: { mapped: ['rules[0].request[0]'] },
    has: ['status: 202', 'regex: /v1/mock'],
  },
  {
    name: 'delay and limit',
    parts: { rule: { limit: { requests: '50/s', burst: 20 }, request: [{ delay: '300ms' }] } },
    places: { mapped: ['rules[0].request'], approximated: ['rules[0].limit'] },
    has: ['fixed_delay: 0.3s', 'fill_interval: 0.06s'],
  },
  {
    name: 'parameters before 1.33',
    parts: { rule: { request: [{ query: { set: { a: 'b' } } }] } },
    places: { unmapped: ['rules[0].request[0]'] },
  },
  {
    name: 'values that are empty, which take the place of what the client sent',
    parts: {
      rule: {
        request: [{ set: { 'x-user': '$header[x-auth-user]', 'x-internal': '' } }],
        response: [{ set: { 'x-powered-by': '' } }],
      },
    },
    places: { mapped: ['rules[0].request[0].set.x-internal'] },
    has: ['key: x-internal\n', 'keep_empty_value: true'],
  },
  {
    name: 'a long answer',
    parts: { route: { pool: undefined, respond: { body: '長'.repeat(2000) } } },
    places: { mapped: ['routes[0]'], approximated: ['routes[0].respond'] },
    has: ['max_direct_response_body_size_bytes: 6000'],
  },
  {
    name: 'an answer out of a file',
    parts: { rule: { request: [{ respond: { bodyFile: 'mock.json' } }] } },
    places: { mapped: ['rules[0].request[0]'] },
    has: ['max_direct_response_body_size_bytes: 4294967295', 'filename: mock.json'],
  },
  {
    name: 'a pattern of many words',
    parts: { route: { match: 'path ~ "^/(dashboard|settings|billing|reports|integrations|notifications)/"' } },
    places: { mapped: ['routes[0]'] },
    has: ['re2.max_program_size.error_level: 4294967295'],
  },
  {
    name: 'a limit that answers with a status of nobody',
    parts: { rule: { limit: { requests: '5/s', status: 420 } } },
    places: { approximated: ['rules[0].limit.status'] },
    has: ['code: 429'],
  },
  {
    name: 'times of nothing',
    parts: { pool: { retry: { backoff: { base: '0ms', max: '0ms' } }, ejection: { baseTime: '0s' } } },
    places: { approximated: ['pools.api.retry.backoff', 'pools.api.ejection.baseTime'] },
    has: ['base_interval: 0.001s', 'max_interval: 0.001s', 'base_ejection_time: 0.001s'],
  },
  {
    name: 'a body to keep that is longer than any',
    parts: { pool: { retry: { bufferBytes: '4GiB' } } },
    places: { mapped: ['pools.api.retry'] },
    has: ['per_request_buffer_limit_bytes: 4294967295'],
  },
  {
    name: 'a check by a method of its own that expects nothing',
    parts: { pool: { healthCheck: { path: '/up', method: 'PURGE', expectBody: '' } } },
    places: { unmapped: ['pools.api.healthCheck.method'] },
  },
  {
    name: 'a value that is too long',
    parts: { rule: { request: [{ set: { 'x-a': 'a'.repeat(16_385) } }] } },
    places: { unmapped: ['rules[0].request[0].set.x-a'] },
  },
  {
    name: 'forwarding headers that are not ours',
    parts: { pool: { forwarded: { xForwarded: false } } },
    places: { approximated: ['pools.api.forwarded.xForwarded'] },
  },
  {
    name: 'scripts and breakpoints',
    parts: { rule: { request: [{ script: 'x.js' }, { breakpoint: true }] } },
    places: { unmapped: ['rules[0].request[0]', 'rules[0].request[1]'] },
  },
];

describe('Envoy', () => {
  it.each(CASES)('$name', ({ parts, places, has = [] }) => {
    const { text, found } = exported('envoy', parts);
    expect(complaintsOf(text)).toEqual([]);
    expect(found).toMatchObject(containing(places, (paths) => expect.arrayContaining(paths)));
    for (const piece of has) expect(text).toContain(piece);
  });

  it.each([
    ['full', fullConfig()],
    ['compared', comparedConfig({ gateway: 1, a: 2, b: 3, next: 4 })],
  ])('a large config fits the published schema: %s', (_, config) => {
    const { text, unmapped, approximated } = exportConfig(config, 'envoy');
    expect(complaintsOf(text)).toEqual([]);
    for (const { what, why } of [...approximated, ...unmapped]) expect(text).toContain(`${what}: ${why}`);
  });

  it.each(['1.31', '1.33'])('%s writes X-Forwarded-For by itself for whom a balancer names', (version) => {
    const of = (proxyProtocol: boolean) =>
      exported('envoy', { listener: { trustedProxies: ['10.0.0.0/8'], proxyProtocol } }, version).text;
    expect(of(true)).toContain('skip_xff_append: false');
    expect(of(true)).not.toContain('key: x-forwarded-for');
    expect(of(false)).toContain('key: x-forwarded-for');
    expect(of(false)).not.toContain('skip_xff_append: false');
  });

  it('from 1.33 on changes parameters and believes proxies by their addresses', () => {
    const rule = { request: [{ query: { set: { 'a b&': '1' }, delete: ['utm'] } }] };
    const { text, found } = exported('envoy', { rule, listener: { trustedProxies: ['10.0.0.0/8'] } }, '1.33');
    expect(found.unmapped).toEqual(['listeners.gateway.trustedProxies']);
    expect(text).toContain('query_parameter_mutations');
    expect(text).toContain('key: a%20b%26');
    expect(text).toContain('parameters: Envoy puts all of them in the order of their names');
    expect(text).toContain('address_prefix: 10.0.0.0');
  });
});

interface Cluster {
  transport_socket: { typed_config: { sni?: string; common_tls_context: { validation_context: object } } };
  transport_socket_matches?: { name: string; match: object; transport_socket: Cluster['transport_socket'] }[];
  load_assignment: { endpoints: { lb_endpoints: { metadata?: object }[] }[] };
}

it.each([
  [['https://a.test'], {}, ['a.test'], [undefined]],
  [['https://a.test:1', 'https://a.test:2'], {}, ['a.test'], [undefined, undefined]],
  [['https://a.test', 'https://b.test'], {}, ['a.test', 'b.test'], [undefined, 'b.test']],
  [['https://a.test', 'https://b.test'], { serverName: 'c.test' }, ['c.test'], [undefined, undefined]],
  [['https://[::1]:1'], {}, [undefined], [undefined]],
])('backends %j with %j are asked for by their own names', (urls, tls, names, ofEndpoints) => {
  const { text } = exported('envoy', { pool: { backends: urls.map((url) => ({ url })), tls } });
  const [cluster] = (parse(text) as { static_resources: { clusters: Cluster[] } }).static_resources.clusters;
  const others = cluster?.transport_socket_matches ?? [];
  const sockets = [cluster?.transport_socket, ...others.map(({ transport_socket }) => transport_socket)];
  expect(sockets.map((socket) => socket?.typed_config.sni)).toEqual(names);
  for (const [i, name] of names.entries())
    expect(sockets[i]?.typed_config.common_tls_context.validation_context).toMatchObject({
      match_typed_subject_alt_names: [
        name === undefined
          ? { san_type: 'IP_ADDRESS', matcher: { exact: '::1' } }
          : { san_type: 'DNS', matcher: { exact: name } },
      ],
    });
  const endpoints = cluster?.load_assignment.endpoints.flatMap(({ lb_endpoints }) => lb_endpoints) ?? [];
  expect(endpoints.map(({ metadata }) => metadata)).toEqual(
    ofEndpoints.map((name) => name && { filter_metadata: { 'envoy.transport_socket_match': { name } } }),
  );
});

it('a check sets no header that Envoy refuses', () => {
  const { text } = exported('envoy', { pool: { healthCheck: { headers: { Host: 'a.test', 'x-a': '1' } } } });
  expect(text).toContain('key: x-a');
  expect(text).not.toMatch(/key: host/i);
});

it('the client’s X-Forwarded-For goes on where no forwarding headers are wanted', () => {
  const { text } = exported('envoy', { pool: { forwarded: { xForwarded: false } } });
  expect(text.replace(/^#.*$/gm, '')).not.toContain('x-forwarded-for');
});

it('takes HTTP/1.0, keeps trailers, and answers 502 where a backend is not reached', () => {
  const { text } = exported('envoy', {});
  for (const piece of ['accept_http_10: true', 'enable_trailers: true', 'status_code: 502'])
    expect(text).toContain(piece);
});

it('the check against the schema finds mistakes', () => {
  const cluster = {
    nme: 'x',
    connect_timeout: '2',
    lb_policy: 'NONE',
    transport_socket: { name: 'tls', typed_config: { '@type': 'x.Y' } },
    load_assignment: { cluster_name: 'x', endpoints: [{ priority: 129 }] },
  };
  const complaints = complaintsAbout(BOOTSTRAP, { static_resources: { clusters: [cluster] } }).join('\n');
  for (const piece of [
    'no field nme',
    '2 is no duration',
    'NONE is no LbPolicy',
    'there is no message x.Y',
    'needs name',
    '129 is not lte 128',
  ])
    expect(complaints).toContain(piece);
});

it('rules act where no route holds: filters are for all, and answers come before the 404', () => {
  const respond = { status: 204, headers: { 'access-control-allow-origin': '*' } };
  const parts = { rule: { match: 'method = OPTIONS', request: [{ respond }] } };
  const { text } = exported('envoy', parts);
  const answers = [...text.matchAll(/status: (\d+)/g)].map(([, status]) => status);
  expect(answers).toEqual(['400', '204', '204', '404']);
  const { text: late } = exported('envoy', { rule: { response: [{ set: { 'x-late': 'yes' } }] } });
  expect(late).toContain('header_mutation.r.response');
  expect(late).not.toContain('disabled');
  const { text: routed } = exported('envoy', {
    rule: { match: 'route = api', response: [{ set: { 'x-late': 'y' } }] },
  });
  expect(routed).toMatch(/disabled: true/);
  expect(routed).toMatch(/FilterConfig\n +config: \{\}/);
});

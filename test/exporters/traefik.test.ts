import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { comparedConfig, fullConfig } from './configs.ts';
import { typeMistakes } from './published-types.ts';
import { containing, exported, type Places } from './reports.ts';
import { dynamicConfiguration } from './traefik-shape.ts';

interface Case {
  name: string;
  parts: Parameters<typeof exported>[1];
  places: Places;
  /** Pieces of the text. */
  has?: string[];
}

const CASES: Case[] = [
  {
    name: 'weights, in an order of its own',
    parts: {},
    places: { mapped: ['pools.api.backends'], approximated: ['pools.api.policy'] },
    has: ['weight: 3', 'strategy: wrr', 'rule: PathPrefix(`/v1/`)'],
  },
  {
    name: 'conditions of every kind',
    parts: {
      route: {
        match:
          '(method = GET or host = api.test) and not header[x-a] = b and query[k] = v and path ~ "^/v1/[0-9]+" and clientIp = 10.0.0.1',
      },
    },
    places: { mapped: ['routes[0]'] },
    has: [
      '(Method(`GET`) || Host(`api.test`)) && !Header(`x-a`, `b`) && Query(`k`, `v`)',
      'PathRegexp(`^/v1/[0-9]+`)',
      'ClientIP(`10.0.0.1`)',
    ],
  },
  {
    name: 'a condition that Traefik does not know',
    parts: { route: { match: 'url *= x' } },
    places: { unmapped: ['routes[0].match'] },
  },
  {
    name: 'policies by the client and by time',
    parts: { pool: { policy: 'peak_ewma' } },
    places: { approximated: ['pools.api.policy'] },
    has: ['strategy: leasttime'],
  },
  {
    name: 'a ring by header',
    parts: { pool: { policy: 'ketama', hash: { on: 'header', name: 'x-user' } } },
    places: { unmapped: ['pools.api.policy'] },
  },
  {
    name: 'an HTTP check',
    parts: { pool: { healthCheck: { path: '/up', expectStatus: [204] } } },
    places: { mapped: ['pools.api.healthCheck'], approximated: ['pools.api.healthCheck'] },
    has: ['path: /up', 'status: 204'],
  },
  {
    name: 'a TCP check',
    parts: { pool: { healthCheck: { type: 'tcp' } } },
    places: { unmapped: ['pools.api.healthCheck'] },
  },
  {
    name: 'a gRPC check in TLS',
    parts: { pool: { backends: [{ url: 'https://a:1' }], healthCheck: { type: 'grpc' } } },
    places: { unmapped: ['pools.api.healthCheck'] },
  },
  {
    name: 'a check with a Host among its headers',
    parts: { pool: { healthCheck: { host: 'b.test', headers: { HOST: 'a.test', 'x-a': '1' } } } },
    places: { mapped: ['pools.api.healthCheck'] },
    has: ['hostname: a.test', 'headers:\n            x-a: "1"', 'answers of 500 and above'],
  },
  {
    name: 'a backup with a check',
    parts: {
      pool: { backends: [{ url: 'http://a:1' }, { url: 'http://b:1', backup: true }], healthCheck: { path: '/up' } },
    },
    places: { mapped: ['pools.api.backends'] },
    has: ['fallback: api-backup'],
  },
  {
    name: 'a backup without one',
    parts: { pool: { backends: [{ url: 'http://a:1' }, { url: 'http://b:1', backup: true }] } },
    places: { unmapped: ['pools.api.backends'] },
  },
  {
    name: 'backups alone, which need no check',
    parts: {
      pool: {
        backends: [
          { url: 'http://a:1', weight: 0 },
          { url: 'http://b:1', backup: true },
        ],
      },
    },
    places: { mapped: ['pools.api.backends'], unmapped: ['pools.api.backends[0]'] },
    has: ['url: http://b:1', 'a:1 drains (weight 0): Traefik has no such weight'],
  },
  {
    name: 'maint, slow start, a bound of connections',
    parts: {
      pool: {
        backends: [{ url: 'http://a:1', state: 'maint' }, { url: 'http://b:1' }],
        slowStart: '5s',
        connections: { perBackend: 9 },
      },
    },
    places: { unmapped: ['pools.api.backends[0]', 'pools.api.slowStart', 'pools.api.connections'] },
  },
  {
    name: 'a sticky cookie and TLS to backends',
    parts: {
      pool: {
        backends: [{ url: 'https://a:1' }],
        sticky: { cookie: 'S' },
        tls: { verify: false, serverName: 'api.test' },
      },
    },
    places: { approximated: ['pools.api.sticky'] },
    has: ['maxAge: 3600', 'httpOnly: true', 'sameSite: lax', 'insecureSkipVerify: true', 'serverName: api.test'],
  },
  {
    name: 'a listener with TLS, client certificates and trusted proxies',
    parts: {
      listener: {
        tls: { certificates: [{ cert: 'a.pem', key: 'a.key' }], client: { mode: 'require', ca: 'clients.pem' } },
        trustedProxies: ['10.0.0.0/8'],
      },
    },
    places: { mapped: ['listeners.gateway'] },
    has: [
      'certFile: a.pem',
      'RequireAndVerifyClientCert',
      '--entryPoints.gateway.forwardedHeaders.trustedIPs=10.0.0.0/8',
    ],
  },
  {
    name: 'a split and a mirror',
    parts: { route: { pool: undefined, split: [{ pool: 'api', weight: 9 }], mirror: { pool: 'api', percent: 10 } } },
    places: { mapped: ['routes[0].mirror'], approximated: ['routes[0].split'] },
    has: ['percent: 10', 'weight: 9'],
  },
  {
    name: 'an answer',
    parts: { route: { pool: undefined, respond: { status: 503 } } },
    places: { approximated: ['routes[0].respond'] },
    has: ['rejectStatusCode: 503'],
  },
  {
    name: 'an answer with more than a status, which nobody has a name for',
    parts: { route: { pool: undefined, respond: { status: 499, body: 'x' } } },
    places: { unmapped: ['routes[0].respond'] },
    has: ['rejectStatusCode: 403'],
  },
  {
    name: 'rules that let nothing through',
    parts: { rule: { match: 'header[x-a] = 1', request: [{ respond: { status: 451 } }] } },
    places: { approximated: ['rules[0].request[0]'] },
    has: ['rejectStatusCode: 451'],
  },
  {
    name: 'a rule that ends connections',
    parts: { rule: { match: 'header[x-a] = 1', request: [{ abort: 'close' }] } },
    places: { approximated: ['rules[0].request[0]'] },
    has: ['rejectStatusCode: 403'],
  },
  {
    name: 'a redirect with a group of the path',
    parts: { route: { match: 'path ~ "^/v1/(.*)"', pool: undefined, redirect: { status: 308, location: '/v2/$1' } } },
    places: { approximated: ['routes[0].redirect'] },
    has: ['regex: ^https?://[^/]+/v1/(.*)', 'replacement: /v2/${1}'],
  },
  {
    name: 'a redirect by a pattern that leaves out the end of the path',
    parts: { route: { match: 'path ~i "^/lazy/(.+?)/"', pool: undefined, redirect: { location: '/z/$1' } } },
    places: { approximated: ['routes[0].redirect'] },
    has: ['regex: ^https?://[^/]+(?i)/lazy/(.+?)/.*$'],
  },
  {
    name: 'a path that may lose its first slash, and a parameter that may come twice',
    parts: { rule: { match: 'query[q] = 1', request: [{ path: { replace: 'v1', with: 'v2' } }] } },
    places: { approximated: ['rules[0].request[0]', 'rules[0].match'] },
    has: ['regex: v1'],
  },
  {
    name: 'headers, of which one has a variable',
    parts: {
      rule: {
        request: [{ set: { 'x-a': 'b', 'x-c': '$uuid' } }, { delete: ['x-secret'] }, { append: { 'x-d': 'e' } }],
        response: [{ delete: ['server'] }],
      },
    },
    places: {
      mapped: ['rules[0].request[0].set.x-a', 'rules[0].request[1]', 'rules[0].response[0]'],
      unmapped: ['rules[0].request[0].set.x-c', 'rules[0].request[2].append.x-d'],
    },
    has: ['x-secret: ""', 'server: ""'],
  },
  {
    name: 'one header in two spellings, of which the last counts',
    parts: {
      rule: {
        request: [
          { delete: ['authorization'] },
          { set: { Authorization: 'Bearer x', host: 'a.test' } },
          { host: 'b.test' },
        ],
        response: [{ set: { Server: 'x' } }, { delete: ['server'] }],
      },
    },
    places: { mapped: ['rules[0].request[1].set.Authorization'] },
    has: [
      'customRequestHeaders:\n          Authorization: Bearer x\n          Host: b.test\n',
      'customResponseHeaders:\n          server: ""\n',
    ],
  },
  {
    name: 'a header that is set to nothing',
    parts: { rule: { request: [{ set: { 'x-a': '' } }] } },
    places: { approximated: ['rules[0].request[0].set.x-a'] },
    has: ['x-a: ""'],
  },
  {
    name: 'what its matchers would refuse',
    parts: {
      route: {
        match:
          'not path ^= v1 and not clientIp = foo and not clientIp = "10.0.0.0/8" and (path = "" or header[x-a] = "" or query[q] = "" or path ^= "" or host *= "")',
      },
    },
    places: { mapped: ['routes[0]'] },
    has: [
      '!PathRegexp(`^v1`) && !!PathPrefix(`/`) && !!PathPrefix(`/`) && (PathRegexp(`^$`) || HeaderRegexp(`x-a`, `^$`) || QueryRegexp(`q`, `^$`) || PathRegexp(`^`) || HostRegexp(`(?i)`))',
    ],
  },
  {
    name: 'paths with escapes, which it compares without',
    parts: {
      route: {
        match:
          'path ^= "/hr%20files/" or path = "/%C3%A9t%c3%a9" or path ~ "^/a%2Eb%20(c|d)" or path *= "/a%2Fb%25" or path ^= "/%2f"',
      },
    },
    places: { mapped: ['routes[0]'] },
    has: [
      'PathPrefix(`/hr files/`) || Path(`/été`) || PathRegexp(`^/a\\.b (c|d)`) || PathRegexp(`/a%2Fb%25`) || PathPrefix(`/%2f`)',
    ],
  },
  {
    name: 'a host that is not ASCII',
    parts: { route: { match: 'host = é.test or path = /x' } },
    places: { unmapped: ['routes[0].match'] },
  },
  {
    name: 'a path rewritten for some exchanges of a route',
    parts: { rule: { match: 'has header[x-new]', request: [{ path: { replace: '^/v1/', with: '/v2/' } }] } },
    places: { mapped: ['rules[0].request[0]'], approximated: ['rules[0].request'] },
    has: ['PathPrefix(`/v1/`) && HeaderRegexp(`x-new`, `.*`)', 'replacement: /v2/'],
  },
  {
    name: 'a limit by header',
    parts: { rule: { limit: { requests: '30/m', burst: 4, key: 'header[x-user]' } } },
    places: { mapped: ['rules[0].limit'], approximated: ['rules[0].limit'] },
    has: ['average: 30', 'period: 1m', 'burst: 5', 'requestHeaderName: x-user'],
  },
  {
    name: 'a rule that waits for the status',
    parts: { rule: { match: 'status = 5xx', response: [{ set: { 'cache-control': 'no-store' } }] } },
    places: { unmapped: ['rules[0].match'] },
  },
];

function mistakesIn(text: string): unknown[] {
  const result = dynamicConfiguration.safeParse(parse(text, { version: '1.1' }));
  return result.success ? missingReferences(result.data.http) : result.error.issues;
}

/** Names that nothing has. */
function missingReferences({ routers = {}, middlewares = {}, services = {}, serversTransports = {} }: Http): string[] {
  const wanted = Object.values(routers).flatMap((router) => [
    ...(router.middlewares ?? []).filter((name) => !(name in middlewares)),
    ...(router.service in services || router.service === 'noop@internal' ? [] : [router.service]),
  ]);
  const transports = Object.values(services).flatMap((service) =>
    'loadBalancer' in service ? [service.loadBalancer.serversTransport] : [],
  );
  return [...wanted, ...transports.filter((name) => !(name in serversTransports))];
}

type Http = ReturnType<typeof dynamicConfiguration.parse>['http'];

it('knows the scheme by the entry point, and keeps host and path in a redirect', () => {
  const route = { match: 'scheme = http', pool: undefined, redirect: { status: 301, location: 'https://$host$path' } };
  const { text } = exported('traefik', { route });
  expect(text).toContain('replacement: https://${1}${2}');
  expect(text).toContain('rule: PathPrefix(`/`)');
  const [, pattern = ''] = /regex: (.*)/.exec(text) ?? [];
  expect('http://a.test:8080/x?y=1'.replace(new RegExp(pattern), 'https://$1$2')).toBe('https://a.test/x');
  expect('http://a.test/x?y=1?'.replace(new RegExp(pattern), '$3')).toBe('y=1?');
  const whole = { ...route, redirect: { status: 301, location: 'https://$host$path?$query' } };
  expect(exported('traefik', { route: whole }).text).toContain('replacement: https://${1}${2}?${3}');
  const tls = { certificates: [{ cert: 'a.pem', key: 'a.key' }] };
  expect(exported('traefik', { listener: { tls }, route }).text).not.toContain('redirectRegex');
});

describe('Traefik', () => {
  it.each(CASES)('$name', ({ parts, places, has = [] }) => {
    const { text, found } = exported('traefik', parts);
    expect(mistakesIn(text)).toEqual([]);
    expect(found).toMatchObject(containing(places, (paths) => expect.arrayContaining(paths)));
    for (const piece of has) expect(text).toContain(piece);
  });

  describe('as its published schema has it', () => {
    const [definitions, type] = [
      '@schemastore/traefik-v3-file-provider',
      'HttpsJsonSchemastoreOrgTraefikV3FileProviderJson',
    ];
    // The schema is of 3.1; what came later is in none that is published.
    const configs = [fullConfig(), comparedConfig({ gateway: 1, a: 2, b: 3, next: 4 })];
    const texts = [
      ...CASES.map(({ parts }) => exported('traefik', parts, '3.1').text),
      ...configs.map((config) => exportConfig(config, 'traefik', { targetVersion: '3.1' }).text),
    ];
    const documents = texts.map((text) => parse(text, { version: '1.1' }) as object);

    it('every export', () => expect(typeMistakes(definitions, type, documents)).toEqual([]));

    it.each([
      [
        'a key that there is not',
        { http: { services: { a: { loadBalancer: { servers: [{ url: 'http://a' }], stick: 1 } } } } },
      ],
      ['a number in place of a text', { http: { routers: { a: { rule: 1, service: 'a' } } } }],
    ])('%s is found', (_what, document) =>
      expect(typeMistakes(definitions, type, [document]).length).toBeGreaterThan(0),
    );
  });

  it.each([
    ['full', fullConfig()],
    ['compared', comparedConfig({ gateway: 1, a: 2, b: 3, next: 4 })],
  ])('a large config is in the form of the file provider: %s', (_, config) => {
    const { text, unmapped, approximated } = exportConfig(config, 'traefik');
    expect(mistakesIn(text)).toEqual([]);
    for (const { what, why } of [...approximated, ...unmapped]) expect(text).toContain(`${what}: ${why}`);
  });

  it('before 3.6 leaves out what came later', () => {
    const { text, found } = exported('traefik', { pool: { policy: 'peak_ewma' } }, '3.3');
    expect(text).not.toMatch(/strategy|passiveHealthCheck/);
    expect(found.unmapped).toContain('pools.api.policy');
  });

  it('keeps the order of routes by priority', () => {
    const { http } = dynamicConfiguration.parse(
      parse(exportConfig(comparedConfig({ gateway: 1, a: 2, b: 3, next: 4 }), 'traefik').text, { version: '1.1' }),
    );
    const priorities = Object.values(http.routers ?? {}).map(({ priority }) => priority);
    expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
    expect(new Set(priorities).size).toBe(priorities.length);
  });
});

import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';
import type { Exchange, ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import type { HeadChange, HeadStep } from '../../proxy-engine/contract/head-step.ts';
import type { BackendStatus, EngineState } from '../../proxy-engine/contract/state.ts';

function backend(name: string, port: number, more: Partial<BackendStatus> = {}): BackendStatus {
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    weight: 1,
    state: 'ready',
    backup: false,
    health: 'healthy',
    available: true,
    reason: '200 OK in 2 ms, 1 s ago',
    inFlight: 2,
    requests: 12_043,
    failures: 0,
    rate: 20,
    p50Ms: 12,
    p95Ms: 36,
    p99Ms: 71,
    history: Array.from({ length: 60 }, (_, index) => (index % 23 === 22 ? 'slow' : 'ok')),
    recentFailures: [],
    ...more,
  };
}

export const exampleState: EngineState = {
  revision: 7,
  configFile: '/home/ada/shop/demo.yaml',
  listeners: [
    { name: 'gateway', address: '127.0.0.1:8080', mode: 'reverse', secure: false },
    { name: 'proxy', address: '127.0.0.1:8888', mode: 'forward', secure: false },
  ],
  routes: [
    { name: 'api', match: 'host = api.localhost and path ^= /v1/', to: 'pool api', hits: 31_220 },
    { name: 'canary', match: 'path ^= /shop', to: 'split shop 95, shop-next 5', hits: 940 },
    { name: 'down', match: 'path = /maintenance', to: 'respond 503', hits: 0 },
  ],
  rules: [
    {
      name: 'Header rewrite',
      group: 'Local dev',
      match: 'route = api and method in (GET, POST)',
      enabled: true,
      hits: 18_301,
    },
    { name: 'Strip server', group: 'Local dev', enabled: true, hits: 48_201 },
    { name: 'Slow search', match: 'path ^= /search', enabled: false, hits: 12 },
  ],
  pools: [
    {
      name: 'api',
      policy: 'round_robin',
      check: 'GET /healthz every 5 s',
      retry: '3 attempts · connect, reset',
      backends: [
        backend('a', 3001, {
          available: false,
          ejectedUntil: Date.now() + 300_000,
          rate: 0,
          inFlight: 0,
          failures: 14,
          reason: '3 × connection refused since 14:02:07',
          history: Array.from({ length: 60 }, (_, index) => (index > 54 ? 'fail' : 'ok')),
          recentFailures: [{ at: Date.now() - 4000, reason: 'connection refused', times: 14 }],
        }),
        backend('b', 3002, { rate: 27, inFlight: 4 }),
        backend('c', 3003, { rate: 14, p95Ms: 41, failures: 52, fault: { latencyMs: 200, percent: 10 } }),
        backend('spare', 3009, {
          state: 'maint',
          backup: true,
          available: false,
          health: 'unknown',
          rate: 0,
          inFlight: 0,
          requests: 0,
          p50Ms: 0,
          p95Ms: 0,
          p99Ms: 0,
          reason: 'maint by you, 13:58',
          history: [],
        }),
      ],
    },
  ],
  breakpoints: { held: [], next: null, holdMs: 300_000 },
  capture: { level: 'full', recording: true, exchanges: 48_201, bytes: 912_000_000, notRecorded: 0, withoutBodies: 0 },
};

const PATHS = [
  '/v1/orders?page=2',
  '/v1/orders',
  '/v1/users/81',
  '/v1/cart/items',
  '/v1/search?q=boots&sort=price&filter=size%3A42&session=4f1d2c9be2a84d6fbe4d1c2a9b5f7e60',
  '/v1/orders/9931/lines',
  '/v1/login',
  '/v1/users/81/avatar',
] as const;

/** A row that is the same for the same id. */
export function exchangeRow(id: number): ExchangeRow {
  const backendName = (['b', 'c', 'b', 'c', 'a'] as const)[id % 5];
  const failed = id % 41 === 0;
  const status = failed ? undefined : id % 17 === 0 ? 503 : id % 13 === 0 ? 404 : id % 11 === 0 ? 304 : 200;
  return {
    id,
    startedAt: 1_795_000_000_000 + id * 37,
    method: id % 6 === 3 ? 'POST' : id % 29 === 0 ? 'DELETE' : 'GET',
    scheme: 'http',
    host: id % 19 === 0 ? 'very-long-subdomain.staging.api.localhost:8080' : 'api.localhost',
    path: PATHS[id % PATHS.length] ?? '/',
    status,
    protocol: 'HTTP/1.1',
    listener: 'gateway',
    route: 'api',
    pool: 'api',
    backend: failed ? undefined : backendName,
    attempts: failed ? 0 : id % 5 === 2 ? 2 : 1,
    durationMs: ((id * 173) % 9000) / 20 + 0.4,
    requestSizeBytes: id % 6 === 3 ? 25 : 0,
    responseSizeBytes: (id * 977) % 40_000,
    contentType: 'application/json',
    error: failed ? { code: 'HEAD_TIMEOUT', source: 'backend', message: 'no response head within 60 s' } : undefined,
    rules: id % 3 === 0 ? ['Header rewrite'] : [],
  };
}

const NO_TIME = { blocked: -1, dns: -1, connect: -1, tls: -1, send: -1, wait: -1, receive: -1 };

export function exampleExchange(id: number): Exchange {
  const row = exchangeRow(id);
  const headers: [string, string][] = [
    ['Host', 'api.localhost:8080'],
    ['User-Agent', 'curl/8.9.1'],
    ['Accept', 'application/json'],
    ['Cookie', 'session=4f1d2c9be2a84d6fbe4d1c2a9b5f7e60; theme=dark'],
    ['X-Secret-Internal', '1f9c'],
  ];
  const request = { method: row.method, target: row.path, version: 'HTTP/1.1', headers };
  return {
    ...row,
    request: {
      ...request,
      trailers: [],
      body: { sizeBytes: row.requestSizeBytes, captured: row.requestSizeBytes, truncated: false },
    },
    response:
      row.status === undefined
        ? undefined
        : {
            status: row.status,
            reason: row.status === 200 ? 'OK' : 'Service Unavailable',
            version: 'HTTP/1.1',
            headers: [
              ['content-type', 'application/json; charset=utf-8'],
              ['date', 'Mon, 23 Nov 2026 20:00:00 GMT'],
              ['set-cookie', 'session=4f1d2c9b; Path=/; HttpOnly; SameSite=Lax'],
              ['x-proxy', 'switchyard'],
            ],
            trailers: [],
            body: { sizeBytes: 1840, captured: 1840, truncated: false },
          },
    sent: {
      ...request,
      target: row.path.replace('/v1/', '/anything/'),
      headers: [
        ['Host', 'api.localhost:8080'],
        ['User-Agent', 'Switchyard/1.0'],
        ['Accept', 'application/json'],
        ['Cookie', 'session=4f1d2c9be2a84d6fbe4d1c2a9b5f7e60; theme=dark'],
        ['X-Proxy-Added', 'switchyard'],
      ],
    },
    attempts: [
      {
        backend: 'a',
        address: '127.0.0.1:3001',
        why: 'round_robin',
        outcome: 'retried',
        error: { code: 'CONNECT_REFUSED', source: 'backend', message: 'connection refused, nothing was sent' },
        reused: false,
        startedMs: 0,
        timings: { ...NO_TIME, connect: 5.1 },
        bytesSent: 0,
        bytesReceived: 0,
      },
      {
        backend: 'b',
        address: '127.0.0.1:3002',
        why: 'round_robin, a already tried',
        outcome: 'answered',
        status: 200,
        reused: true,
        startedMs: 5.4,
        timings: { ...NO_TIME, send: 0.2, wait: 34.1, receive: 2.1 },
        bytesSent: 420,
        bytesReceived: 2210,
      },
    ],
    rules: [
      {
        name: 'Header rewrite',
        phase: 'request',
        actions: ['set user-agent', 'set x-proxy-added', 'delete x-secret-internal', 'path'],
      },
      { name: 'Header rewrite', phase: 'response', actions: ['set x-proxy'] },
    ],
    steps: exampleSteps(),
    timings: { blocked: 0.1, dns: -1, connect: 5.1, tls: -1, send: 0.2, wait: 34.1, receive: 2.1 },
    client: { address: '127.0.0.1', port: 51_234 },
  };
}

function exampleSteps(): HeadStep[] {
  const set = (name: string, value: string): HeadChange => ({ op: 'set', name, values: [value] });
  const head = (...headers: [string, string][]) => ({ line: 'GET /v1/orders', headers });
  const agent: [string, string] = ['User-Agent', 'curl/8.9.1'];
  const own: [string, string] = ['User-Agent', 'Switchyard/1.0'];
  const rule = 'Header rewrite';
  return [
    {
      phase: 'request',
      rule,
      action: 'set user-agent',
      changes: [set('user-agent', own[1])],
      before: head(agent),
      after: head(own),
    },
    {
      phase: 'request',
      rule,
      action: 'set x-proxy-added',
      changes: [set('x-proxy-added', 'switchyard')],
      before: head(own),
      after: head(own, ['x-proxy-added', 'switchyard']),
    },
    { phase: 'request', rule, action: 'delay 20 ms', changes: [] },
  ];
}

export const exampleConfigText = `version: 1

listeners:
  gateway:
    address: 127.0.0.1:8080
  proxy:
    address: 127.0.0.1:8888
    mode: forward

routes:
  # the shop's API
  - name: api
    match: 'host = api.localhost and path ^= /v1/'
    pool: api
  - name: canary
    match: 'path ^= /shop'
    split: [{ pool: api, weight: 95 }, { pool: api, weight: 5 }]
  - name: down
    match: 'path = /maintenance'
    respond: { status: 503, headers: { retry-after: '30' }, body: 'back soon' }

pools:
  api:
    policy: round_robin
    backends:
      - { name: a, url: 'http://127.0.0.1:3001', weight: 1 }
      - { name: b, url: 'http://127.0.0.1:3002', weight: 1 }
      - { name: c, url: 'http://127.0.0.1:3003', weight: 1 }
      - { name: spare, url: 'http://127.0.0.1:3009', backup: true, state: maint }

rules:
  - name: Header rewrite
    group: Local dev
    match: 'route = api and method in (GET, POST)'
    request:
      - set: { x-proxy-added: switchyard, user-agent: 'Switchyard/1.0' } # who we are
      - delete: [x-secret-internal]
      - path: { replace: '^/v1/', with: '/anything/' }
    response:
      - set: { x-proxy: switchyard }
  - name: Strip server
    group: Local dev
    response:
      - delete: [server]
  - name: Slow search
    enabled: false
    match: 'path ^= /search'
    request: [{ delay: 300ms }]
`;

export const exampleConfig: Config = configSchema.parse({
  version: 1,
  listeners: { gateway: { address: '127.0.0.1:8080' }, proxy: { address: '127.0.0.1:8888', mode: 'forward' } },
  pools: { api: { backends: [{ name: 'a', url: 'http://127.0.0.1:3001' }] } },
  routes: [{ name: 'api', pool: 'api' }],
  rules: [{ name: 'Header rewrite' }, { name: 'Strip server' }, { name: 'Slow search', enabled: false }],
});

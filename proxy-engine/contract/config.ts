/**
 * The configuration document: one schema for the file, the window and the control API.
 * Parsed values carry plain numbers: durations are milliseconds, sizes bytes, bandwidths bytes per second, rates per second.
 * Defaults stand here and nowhere else.
 */
import { z } from 'zod';
import { bandwidth, duration, rate, size } from './units.ts';

const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s/"',()[\]]+( [^\s/"',()[\]]+)*$/, {
    error: 'a name has no quotes, commas, brackets, slashes or outer spaces',
  });
/** A condition in the expression language; compiled (and its mistakes told) by `match/compile`. */
const expression = z.string().min(1);
const headerName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected a header name (RFC 9110 §5.1 token)' });
const headerValue = z.string().regex(/^[^\r\n\0]*$/, { error: 'a header value has no line breaks' });
const headerPattern = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected a header name, or a pattern such as x-internal-*' });
const status = z.number().int().min(200).max(599);
const file = z.string().min(1);

// ── listeners ────────────────────────────────────────────────────────────────────────────────────────────────────────

const address = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:/\s]+):\d{1,5}$/, {
  error: 'expected host:port, such as 127.0.0.1:8080 or [::1]:8080',
});

const listenerTls = z.strictObject({
  local: z.boolean().default(false).describe('Leaf certificates from the local authority, by SNI, made on demand.'),
  certificates: z.array(z.strictObject({ cert: file, key: file })).default([]),
  client: z
    .strictObject({ mode: z.enum(['none', 'request', 'require']).default('none'), ca: file.optional() })
    .default({ mode: 'none' }),
});

const limits = z.strictObject({
  headBytes: size.default(64 * 1024),
  headers: z.number().int().min(1).max(10_000).default(200),
  connections: z.number().int().min(1).default(10_000),
  requestTimeout: duration.default(60_000),
  headTimeout: duration.default(10_000),
  idleTimeout: duration.default(75_000),
});

const proxyUrl = z.string().check((ctx) => {
  const problem = proxyUrlProblem(ctx.value);
  if (problem) ctx.issues.push({ code: 'custom', input: null, message: problem });
});

/** Why `text` cannot be the URL of an upstream proxy, or null. It may hold credentials: no message repeats it. */
export function proxyUrlProblem(text: string): string | null {
  const expected =
    'expected http://, socks5:// or socks5h:// with host:port, such as http://user:password@127.0.0.1:3128';
  if (!URL.canParse(text)) return expected;
  const { protocol, hostname, port, pathname, search, hash } = new URL(text);
  if (!['http:', 'socks5:', 'socks5h:'].includes(protocol) || hostname === '') return expected;
  if (port === '' && protocol !== 'http:') return `${expected}; the port is missing`;
  if ((pathname !== '/' && pathname !== '') || search || hash) return `${expected}; it has no path`;
  return null;
}

const upstreamProxy = z.union([
  proxyUrl,
  z.strictObject({
    url: proxyUrl,
    except: expression.optional().describe('What goes straight to its origin all the same.'),
  }),
]);

const listener = z.strictObject({
  address,
  allowRemote: z.boolean().default(false).describe('Needed for an address that is not loopback.'),
  mode: z.enum(['reverse', 'forward']).default('reverse'),
  protocols: z
    .array(z.enum(['http1', 'http2']))
    .min(1)
    .default(['http1', 'http2']),
  tls: listenerTls.optional(),
  intercept: expression.optional(),
  upstreamProxy: upstreamProxy
    .optional()
    .describe(
      'Where what no pool takes is sent through: http://, socks5:// or socks5h://, with credentials or without.',
    ),
  trustedProxies: z
    .array(z.string())
    .default([])
    .describe('CIDRs whose X-Forwarded-*, Forwarded or PROXY header is believed.'),
  proxyProtocol: z.boolean().default(false),
  limits: limits.prefault({}),
});

// ── answers and actions ──────────────────────────────────────────────────────────────────────────────────────────────

const headerMap = z.record(headerName, headerValue);

const respond = z.strictObject({
  status: status.default(200),
  headers: headerMap.default({}),
  body: z.string().optional(),
  bodyFile: file.optional(),
});

const redirect = z.strictObject({
  status: z.number().int().min(300).max(399).default(302),
  location: z.string().min(1),
});

const replacement = z.strictObject({ replace: z.string().min(1), with: z.string() });

/** Exactly one key: one action. */
const sharedActions = [
  z.strictObject({ set: headerMap }),
  z.strictObject({ append: headerMap }),
  z.strictObject({ delete: z.array(headerPattern).min(1) }),
  z.strictObject({ replaceHeader: z.strictObject({ name: headerName, replace: z.string().min(1), with: z.string() }) }),
  z.strictObject({ abort: z.enum(['reset', 'close', 'hang']) }),
  z.strictObject({ delay: duration }),
  z.strictObject({
    throttle: z.strictObject({ down: bandwidth.optional(), up: bandwidth.optional(), latency: duration.optional() }),
  }),
  z.strictObject({
    body: z.union([
      z.strictObject({ set: z.string() }),
      z.strictObject({ file }),
      replacement,
      z.strictObject({ jsonPatch: z.array(z.record(z.string(), z.unknown())) }),
    ]),
  }),
  z.strictObject({ breakpoint: z.literal(true) }),
  z.strictObject({ script: file }),
  z.strictObject({ mark: z.strictObject({ color: z.string().optional(), note: z.string().optional() }) }),
] as const;

const requestAction = z.union([
  ...sharedActions,
  z.strictObject({ method: z.string().regex(/^[A-Z][A-Z0-9-]*$/) }),
  z.strictObject({ scheme: z.enum(['http', 'https']) }),
  z.strictObject({ host: z.string().min(1) }),
  z.strictObject({ path: z.union([replacement, z.strictObject({ set: z.string().startsWith('/') })]) }),
  z.strictObject({
    query: z.strictObject({
      set: z.record(z.string(), z.string()).default({}),
      delete: z.array(z.string()).default([]),
    }),
  }),
  z.strictObject({ pool: name }),
  z.strictObject({ backend: z.string().regex(/^[^/]+\/[^/]+$/, { error: 'expected POOL/NAME' }) }),
  z.strictObject({ respond }),
  z.strictObject({
    mapLocal: z.union([
      z.strictObject({
        dir: file,
        strip: z.string().default(''),
        missing: z.union([z.literal('pass'), z.literal(404)]).default('pass'),
      }),
      z.strictObject({ file }),
    ]),
  }),
  z.strictObject({ mapRemote: z.strictObject({ url: z.url(), preserveHost: z.boolean().default(false) }) }),
]);

const responseAction = z.union([...sharedActions, z.strictObject({ status })]);

const rule = z.strictObject({
  name,
  group: name.optional(),
  enabled: z.boolean().default(true),
  match: expression.optional(),
  limit: z
    .strictObject({
      requests: rate,
      burst: z.number().int().min(0).default(0),
      key: z.string().default('client_ip'),
      status: status.default(429),
    })
    .optional(),
  request: z.array(requestAction).default([]),
  response: z.array(responseAction).default([]),
});

// ── routes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const DESTINATIONS = ['pool', 'split', 'respond', 'redirect', 'original'] as const;

const route = z
  .strictObject({
    name,
    listeners: z.array(name).optional(),
    match: expression.optional(),
    pool: name.optional(),
    split: z
      .array(z.strictObject({ pool: name, weight: z.number().int().min(0).max(1_000_000) }))
      .min(1)
      .optional(),
    stickyBy: z.string().optional(),
    respond: respond.optional(),
    redirect: redirect.optional(),
    original: z.literal(true).optional(),
    mirror: z.strictObject({ pool: name, percent: z.number().min(0).max(100).default(100) }).optional(),
  })
  .check((ctx) => {
    const given = DESTINATIONS.filter((key) => ctx.value[key] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none' : given.join(' and ');
    ctx.issues.push({
      code: 'custom',
      input: ctx.value,
      path: [],
      message: `a route has exactly one of ${DESTINATIONS.join(', ')}; found ${found}`,
    });
  });

// ── pools ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const backendState = z.enum(['ready', 'drain', 'maint']);

const backendUrl = z.string().check((ctx) => {
  const problem = backendUrlProblem(ctx.value);
  if (problem) ctx.issues.push({ code: 'custom', input: ctx.value, message: problem });
});

/** Why `text` cannot be a backend's URL, or null. A backend is an origin: scheme, host and port. */
export function backendUrlProblem(text: string): string | null {
  const found = `, found ${JSON.stringify(text)}`;
  if (!URL.canParse(text)) return `expected a URL such as http://127.0.0.1:3001${found}`;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `expected http:// or https://${found}`;
  if (url.username || url.password)
    return 'a backend URL has no credentials; set an authorization header in a rule instead';
  if ((url.pathname !== '/' && url.pathname !== '') || url.search || url.hash)
    return `a backend URL ends with its port: no path, query or fragment; use a path action in a rule${found}`;
  return null;
}

const backend = z.strictObject({
  name: name.optional().describe('Default: host:port of the URL.'),
  url: backendUrl,
  weight: z.number().int().min(0).max(256).default(1).describe('0 drains.'),
  state: backendState.default('ready'),
  backup: z.boolean().default(false).describe('Used only when no other is available.'),
});

const statusRange = z.union([
  status,
  z.string().regex(/^[1-5]\d\d(-[1-5]\d\d)?$/, { error: 'expected a status or a range such as 200-399' }),
]);

const healthCheck = z.strictObject({
  type: z.enum(['tcp', 'http', 'grpc']).default('http'),
  path: z.string().startsWith('/').default('/'),
  method: z.string().default('GET'),
  headers: headerMap.default({}),
  host: z.string().optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  interval: duration.default(5000),
  timeout: duration.default(2000),
  rise: z.number().int().min(1).max(100).default(2),
  fall: z.number().int().min(1).max(100).default(3),
  expectStatus: z.array(statusRange).min(1).default(['200-399']),
  expectBody: z.string().optional().describe('A substring, or /regex/.'),
});

const ejection = z.strictObject({
  consecutiveFailures: z.number().int().min(1).default(3),
  baseTime: duration.default(2000),
  maxTime: duration.default(30_000),
  maxPercent: z.number().min(0).max(100).default(50),
});

const retryOn = z.union([
  z.enum(['connect', 'reset', 'timeout', 'refused_stream']),
  z.number().int().min(400).max(599),
]);

const retry = z.strictObject({
  attempts: z.number().int().min(1).max(16).default(3).describe('In all, the first included.'),
  on: z.array(retryOn).default(['connect', 'reset']),
  nonIdempotent: z.boolean().default(false),
  budgetPercent: z.number().min(0).max(100).default(20),
  backoff: z.strictObject({ base: duration.default(25), max: duration.default(250) }).prefault({}),
  bufferBytes: size.default(64 * 1024),
});

const hash = z
  .strictObject({
    on: z.enum(['header', 'cookie', 'query', 'path', 'uri', 'client_ip']),
    name: z.string().min(1).optional(),
  })
  .check(({ value, issues }) => {
    const { on, name } = value;
    if (name !== undefined || (on !== 'header' && on !== 'cookie' && on !== 'query')) return;
    issues.push({ code: 'custom', input: value, path: [], message: `a hash on a ${on} needs its name` });
  });

const policy = z.enum([
  'round_robin',
  'random',
  'least_request',
  'peak_ewma',
  'ketama',
  'ring_hash',
  'maglev',
  'ip_hash',
  'first',
]);

const pool = z
  .strictObject({
    policy: policy.default('round_robin'),
    hash: hash.optional(),
    protocol: z.enum(['auto', 'http1', 'http2']).default('auto'),
    backends: z.array(backend).min(1, { error: 'a pool needs at least one backend, or discover' }).optional(),
    discover: z
      .union([
        z.strictObject({
          dns: z.string().min(1),
          type: z.enum(['A', 'AAAA', 'SRV']).default('A'),
          refresh: duration.default(10_000),
        }),
        z.strictObject({ file }),
      ])
      .optional(),
    healthCheck: healthCheck.optional(),
    ejection: z.union([z.literal(false), ejection]).prefault({}),
    slowStart: duration.optional(),
    panicThreshold: z.number().min(0).max(100).default(0),
    retry: retry.prefault({}),
    timeouts: z
      .strictObject({
        connect: duration.default(2000),
        head: duration.default(60_000),
        idle: duration.default(60_000),
        total: duration.default(0),
      })
      .prefault({}),
    connections: z
      .strictObject({
        perBackend: z.number().int().min(1).default(256),
        maxInFlight: z.number().int().min(0).default(0),
        queue: z.number().int().min(0).default(0),
        idle: duration.default(60_000),
      })
      .prefault({}),
    sticky: z
      .strictObject({ cookie: z.string().min(1), path: z.string().default('/'), ttl: duration.default(3_600_000) })
      .optional(),
    tls: z
      .strictObject({
        verify: z.boolean().default(true),
        ca: z.array(file).default([]),
        serverName: z.string().optional(),
        cert: file.optional(),
        key: file.optional(),
      })
      .prefault({}),
    preserveHost: z.boolean().default(true),
    forwarded: z
      .strictObject({
        xForwarded: z.boolean().default(true),
        rfc7239: z.boolean().default(false),
        via: z.union([z.string().min(1), z.literal(false)]).default('switchyard'),
        requestId: z.union([headerName, z.literal(false)]).default('x-request-id'),
      })
      .prefault({}),
  })
  .check(({ value, issues }) => {
    if (value.hash !== undefined || !['ketama', 'ring_hash', 'maglev'].includes(value.policy)) return;
    const message = `${value.policy} needs hash: what of a request chooses the backend, such as { on: uri }`;
    issues.push({ code: 'custom', input: value.policy, path: ['policy'], message });
  })
  .check((ctx) => {
    if ((ctx.value.backends === undefined) !== (ctx.value.discover === undefined)) return;
    ctx.issues.push({
      code: 'custom',
      input: ctx.value,
      path: [],
      message: ctx.value.backends ? 'a pool has backends or discover, not both' : 'a pool needs backends, or discover',
    });
  });

// ── the document ─────────────────────────────────────────────────────────────────────────────────────────────────────

const capture = z.strictObject({
  bodies: size.default(1024 ** 2),
  exchanges: z.number().int().min(1).default(1_000_000),
  disk: size.default(2 * 1024 ** 3),
  /** What began longer ago is dropped; absent: age is no reason. */
  age: duration.optional(),
  redact: z.array(headerPattern).default(['authorization', 'cookie', 'set-cookie']),
});

export const configSchema = z.strictObject({
  version: z.literal(1).default(1),
  listeners: z.record(name, listener).default({}),
  routes: z.array(route).default([]),
  pools: z.record(name, pool).default({}),
  rules: z.array(rule).default([]),
  groups: z.record(name, z.strictObject({ select: z.enum(['many', 'one']).default('many') })).default({}),
  capture: capture.prefault({}),
  include: z.array(file).default([]),
});

/** The document as a person writes it. */
export type ConfigDocument = z.input<typeof configSchema>;
/** The document parsed: every default filled in, units resolved to numbers. */
export type Config = z.output<typeof configSchema>;
export type ListenerConfig = z.output<typeof listener>;
export type RouteConfig = z.output<typeof route>;
export type PoolConfig = z.output<typeof pool>;
export type BackendConfig = z.output<typeof backend>;
export type HealthCheckConfig = z.output<typeof healthCheck>;
export type EjectionConfig = z.output<typeof ejection>;
export type RetryConfig = z.output<typeof retry>;
export type RuleConfig = z.output<typeof rule>;
export type RequestActionConfig = z.output<typeof requestAction>;
export type ResponseActionConfig = z.output<typeof responseAction>;
export type RespondConfig = z.output<typeof respond>;
export type CaptureConfig = z.output<typeof capture>;
export type LimitsConfig = z.output<typeof limits>;
export type PolicyName = PoolConfig['policy'];
export type BackendState = z.infer<typeof backendState>;

export { backendState as backendStateSchema, hash as hashSchema, policy as policySchema };

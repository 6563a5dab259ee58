/** A pool of the config and its backends. */
import { z } from 'zod';
import {
  cookieName,
  cookiePath,
  file,
  headerMap,
  headerName,
  hostValue,
  name,
  probeMethod,
  probePath,
  status,
} from './config-fields.ts';
import { duration, size } from './units.ts';

export const backendState = z.enum(['ready', 'drain', 'maint']);

const backendUrl = z.string().check((ctx) => {
  const problem = backendUrlProblem(ctx.value);
  if (problem) ctx.issues.push({ code: 'custom', input: ctx.value, message: problem });
});

/** What is wrong with the port of a URL that cannot be read; null: it is something else. */
export function portProblem(url: string): string | null {
  const port = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(url)?.[1];
  return port !== undefined && Number(port) > 65_535 ? `expected a port from 1 to 65535, found ${port}` : null;
}

/** Why `text` cannot be a backend's URL, or null. A backend is an origin: scheme, host and port. */
export function backendUrlProblem(text: string): string | null {
  const found = `, found ${JSON.stringify(text)}`;
  if (!URL.canParse(text)) return portProblem(text) ?? `expected a URL such as http://127.0.0.1:3001${found}`;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `expected http:// or https://${found}`;
  if (url.username || url.password)
    return 'a backend URL has no credentials; set an authorization header in a rule instead';
  if ((url.pathname !== '/' && url.pathname !== '') || url.search || url.hash)
    return `a backend URL ends with its port: no path, query or fragment; use a path action in a rule${found}`;
  return null;
}

export const backend = z.strictObject({
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

/** What is done again and again: more often would be a load of its own. */
const MIN_PERIOD_MS = 10;
const period = duration.refine((ms) => ms >= MIN_PERIOD_MS, { error: `expected at least ${MIN_PERIOD_MS}ms` });
const cookieAge = duration.refine((ms) => ms > 0, {
  error: 'expected more than 0: browsers would drop the cookie at once',
});
const timeLimit = duration.refine((ms) => ms > 0, { error: 'expected more than 0: nothing answers in no time' });

export const healthCheck = z.strictObject({
  type: z.enum(['tcp', 'http', 'grpc']).default('http'),
  path: probePath.default('/'),
  method: probeMethod.default('GET'),
  headers: headerMap.default({}),
  host: hostValue.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  interval: period.default(5000),
  timeout: timeLimit.default(2000),
  rise: z.number().int().min(1).max(100).default(2),
  fall: z.number().int().min(1).max(100).default(3),
  expectStatus: z.array(statusRange).min(1).default(['200-399']),
  expectBody: z.string().optional().describe('A substring, or /regex/.'),
});

export const ejection = z.strictObject({
  consecutiveFailures: z.number().int().min(1).default(3),
  baseTime: duration.default(2000),
  maxTime: duration.default(30_000),
  maxPercent: z.number().min(0).max(100).default(50),
});

const retryOn = z.union([
  z.enum(['connect', 'reset', 'timeout', 'refused_stream']),
  z.number().int().min(400).max(599),
]);

export const retry = z.strictObject({
  attempts: z.number().int().min(1).max(16).default(3).describe('In all, the first included.'),
  on: z.array(retryOn).default(['connect', 'reset']),
  nonIdempotent: z.boolean().default(false),
  budgetPercent: z.number().min(0).max(100).default(20),
  backoff: z.strictObject({ base: duration.default(25), max: duration.default(250) }).prefault({}),
  bufferBytes: size.default(64 * 1024),
});

export const hash = z
  .strictObject({
    on: z.enum(['header', 'cookie', 'query', 'path', 'uri', 'client_ip']),
    name: z.string().min(1).optional(),
  })
  .check(({ value, issues }) => {
    const { on, name } = value;
    if (name !== undefined || (on !== 'header' && on !== 'cookie' && on !== 'query')) return;
    issues.push({ code: 'custom', input: value, path: [], message: `a hash on a ${on} needs its name` });
  });

export const policy = z.enum([
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

/** Who received it (RFC 9110 §7.6.3): a name of ours, or a host with its port. */
const viaName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(:\d+)?$/, {
  error: 'expected a name such as switchyard, in ASCII and without blanks',
});

const dnsTarget = z
  .string()
  .regex(/^(https?:\/\/)?[^\s:/?#@[\]]+(:\d+)?\/?$/, {
    error: 'expected a name and a port, such as api.internal:3000',
  })
  .refine((text) => Number(/:(\d+)\/?$/.exec(text)?.[1] ?? 80) <= 65_535, { error: 'expected a port from 1 to 65535' });

export const pool = z
  .strictObject({
    policy: policy.default('round_robin'),
    hash: hash.optional(),
    protocol: z.enum(['auto', 'http1', 'http2']).default('auto'),
    backends: z.array(backend).min(1, { error: 'a pool needs at least one backend, or discover' }).optional(),
    discover: z
      .union([
        z.strictObject({
          dns: dnsTarget,
          type: z.enum(['A', 'AAAA', 'SRV']).default('A'),
          refresh: period.default(10_000),
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
      .strictObject({ cookie: cookieName, path: cookiePath.default('/'), ttl: cookieAge.default(3_600_000) })
      .optional(),
    tls: z
      .strictObject({
        verify: z.boolean().default(true),
        ca: z.array(file).default([]),
        serverName: z.string().optional(),
        cert: file.optional(),
        key: file.optional(),
      })
      .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
        error: 'expected cert and key, or neither; they may be the same file',
      })
      .prefault({}),
    preserveHost: z.boolean().default(true),
    forwarded: z
      .strictObject({
        xForwarded: z
          .boolean()
          .default(true)
          .describe('X-Forwarded-For, -Proto and -Host. A Forwarded that came gets an element, too.'),
        rfc7239: z.boolean().default(false).describe('Forwarded (RFC 7239), whether one came or not.'),
        via: z.union([viaName, z.literal(false)]).default('switchyard'),
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

/** A listener of the config. */
import { z } from 'zod';
import { expression, file } from './config-fields.ts';
import { portProblem } from './pool-config.ts';
import { duration, size } from './units.ts';

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

/** Not 0, which stands for "none" elsewhere: here it would close a connection before it has said anything. */
const patience = duration.refine((ms) => ms > 0, {
  error: 'expected more than 0: connections would be closed at once',
});

export const limits = z.strictObject({
  headBytes: size
    .refine((bytes) => bytes > 0, { error: 'expected more than 0: no request has so small a head' })
    .default(64 * 1024),
  headers: z.number().int().min(1).max(10_000).default(200),
  connections: z.number().int().min(1).default(10_000),
  requestTimeout: duration.default(60_000),
  headTimeout: patience.default(10_000),
  idleTimeout: patience.default(75_000),
});

const proxyUrl = z.string().check((ctx) => {
  const problem = proxyUrlProblem(ctx.value);
  if (problem) ctx.issues.push({ code: 'custom', input: null, message: problem });
});

/** Why `text` cannot be the URL of an upstream proxy, or null. It may hold credentials: no message repeats it. */
export function proxyUrlProblem(text: string): string | null {
  const expected =
    'expected http://, socks5:// or socks5h:// with host:port, such as http://user:password@127.0.0.1:3128';
  if (!URL.canParse(text)) return portProblem(text) ?? expected;
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

export const listener = z.strictObject({
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

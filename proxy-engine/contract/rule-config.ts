/** A rule of the config and its actions. */
import { z } from 'zod';
import { expression, file, headerMap, headerName, headerPattern, name, respond, status } from './config-fields.ts';
import { bandwidth, duration, rate } from './units.ts';

/** People quote it, beside a `pass` that needs no quotes. */
const quoted404 = z.literal('404').transform(() => 404 as const);

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

export const requestAction = z.union([
  ...sharedActions,
  z.strictObject({
    method: z
      .string()
      .regex(/^[A-Z][A-Z0-9-]*$/, { error: 'expected a method in capitals, such as GET' })
      .refine((method) => method !== 'CONNECT', { error: 'CONNECT opens a tunnel; a rule makes none of a request' }),
  }),
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
        index: z.boolean().default(true).describe('Whether a directory answers with its index.html.'),
        missing: z.union([z.literal('pass'), z.literal(404), quoted404]).default('pass'),
      }),
      z.strictObject({ file }),
    ]),
  }),
  z.strictObject({ mapRemote: z.strictObject({ url: z.url(), preserveHost: z.boolean().default(false) }) }),
]);

export const responseAction = z.union([...sharedActions, z.strictObject({ status })]);

export const rule = z.strictObject({
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

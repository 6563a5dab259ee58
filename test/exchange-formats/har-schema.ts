/** The rules of HAR 1.2, and those of Chrome's importer, which takes no number that is not one. Names with `_` are everybody's own. */
import { z } from 'zod';

const size = z.number().int().min(-1);
const time = z.iso.datetime({ offset: true });
const pair = { name: z.string(), value: z.string(), comment: z.string().optional() };

/** Only what the specification names, and names with `_`. */
function har<S extends z.ZodRawShape>(shape: S) {
  return z.looseObject(shape).superRefine((value, context) => {
    for (const key of Object.keys(value))
      if (!key.startsWith('_') && !Object.hasOwn(shape, key))
        context.addIssue({ code: 'custom', path: [key], message: 'no field of HAR 1.2' });
  });
}

const cookie = har({
  ...pair,
  path: z.string().optional(),
  domain: z.string().optional(),
  expires: time.optional(),
  httpOnly: z.boolean().optional(),
  secure: z.boolean().optional(),
  sameSite: z.string().optional(),
});

const request = har({
  method: z.string().min(1),
  url: z.url(),
  httpVersion: z.string().min(1),
  cookies: z.array(cookie),
  headers: z.array(har(pair)),
  queryString: z.array(har(pair)),
  postData: har({
    mimeType: z.string(),
    text: z.string(),
    params: z.array(z.unknown()).max(0),
    comment: z.string().optional(),
  }).optional(),
  headersSize: size,
  bodySize: size,
  comment: z.string().optional(),
});

const response = har({
  status: z.number().int().min(0),
  statusText: z.string(),
  httpVersion: z.string().min(1),
  cookies: z.array(cookie),
  headers: z.array(har(pair)),
  content: har({
    size: z.number().int().min(0),
    compression: z.number().optional(),
    mimeType: z.string(),
    text: z.string().optional(),
    encoding: z.literal('base64').optional(),
    comment: z.string().optional(),
  }),
  redirectURL: z.string(),
  headersSize: size,
  bodySize: size,
  comment: z.string().optional(),
});

const optionalMs = z.union([z.literal(-1), z.number().min(0)]);
const ms = z.number().min(0);
const timings = har({
  blocked: optionalMs,
  dns: optionalMs,
  connect: optionalMs,
  ssl: optionalMs,
  send: ms,
  wait: ms,
  receive: ms,
  comment: z.string().optional(),
});

export const entrySchema = har({
  pageref: z.string().optional(),
  startedDateTime: time,
  time: ms,
  request,
  response,
  cache: z.strictObject({}),
  timings,
  serverIPAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  connection: z.string().optional(),
  comment: z.string().optional(),
}).refine(({ time: whole, timings: { blocked, dns, connect, ssl, send, wait, receive } }) => {
  const sum = [blocked, dns, connect, send, wait, receive].reduce((total, part) => total + Math.max(0, part), 0);
  return Math.abs(sum - whole) < 0.001 && ssl <= connect;
}, 'time is not the sum of the timings, or ssl is no part of connect');

export const harSchema = z.strictObject({
  log: har({
    version: z.literal('1.2'),
    creator: har({ name: z.string(), version: z.string() }),
    pages: z.array(z.unknown()).optional(),
    entries: z.array(entrySchema),
    comment: z.string().optional(),
  }),
});

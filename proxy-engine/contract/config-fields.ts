/** What many parts of the config are made of. */
import { z } from 'zod';

export const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s/"',()[\]]+( [^\s/"',()[\]]+)*$/, {
    error: 'a name has no quotes, commas, brackets, slashes or outer spaces',
  });
/** A condition in the expression language; compiled (and its mistakes told) by `match/compile`. */
export const expression = z.string().min(1);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
export const headerName = z.string().regex(TOKEN, { error: 'expected a header name (RFC 9110 §5.1 token)' });
export const cookieName = z.string().regex(TOKEN, { error: 'expected a cookie name: letters, digits, - or _' });
/** What a cookie is bound to (RFC 6265 §4.1.1). */
export const cookiePath = z
  .string()
  .regex(/^\/[\x20-\x3a\x3c-\x7e]*$/, { error: 'expected a path such as /app, of ASCII and without semicolons' });
/** Of a request that we make ourselves. */
export const probeMethod = z
  .string()
  .regex(TOKEN, { error: 'expected a method such as GET' })
  .refine((method) => method !== 'CONNECT', { error: 'CONNECT opens a tunnel; it checks nothing' });
export const probePath = z.string().regex(/^\/[\x21-\x22\x24-\x7e]*$/, {
  error: 'expected a path such as /healthz; a space is %20, other letters likewise',
});
export const hostValue = z.string().regex(/^[^\s/?#@]+$/, { error: 'expected a host such as api.internal' });
const HEADER_VALUE = /^[\t -~\x80-\uffff]*$/;
export const headerValue = z
  .string()
  .regex(HEADER_VALUE, { error: 'a header value has no line breaks or other controls' });
export const headerPattern = z
  .string()
  .regex(TOKEN, { error: 'expected a header name, or a pattern such as x-internal-*' });
export const status = z.number().int().min(200).max(599);
export const file = z.string().min(1);
export const headerMap = z.record(headerName, headerValue);

/** An answer without a backend: of a route or a rule. */
export const respond = z.strictObject({
  status: status.default(200),
  headers: headerMap.default({}),
  body: z.string().optional(),
  bodyFile: file.optional(),
});

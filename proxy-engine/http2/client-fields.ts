/**
 * A client's request of HTTP/2 as an HTTP/1.1 head, and the answer back (RFC 9113 §8.3). The head goes through the same strict
 * parser as every other one: what HTTP/1.1 would refuse, or read as two messages, is refused here as well.
 */
import { ProxyError } from '../errors.ts';
import { type ParsedRequest, parseRequestHead } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import type { ParserLimits } from '../http/parser.ts';
import { hasField, splitFields, toFields, toLines } from './fields.ts';

const REQUEST_PSEUDO = new Set([':method', ':scheme', ':authority', ':path', ':protocol']);

export interface RequestContext {
  limits: ParserLimits;
  /** Nothing follows the head. */
  endStream: boolean;
  /** Base64 of 16 random bytes, for a WebSocket, which has none in HTTP/2 (RFC 8441 §5). */
  webSocketKey: () => string;
}

/** Throws ProxyError (4xx, 501). `flat` is `[name, value, …]`, pseudo-fields first. */
export function readRequest(flat: readonly string[], context: RequestContext): ParsedRequest {
  const { limits, endStream } = context;
  const text = requestText(flat, context);
  if (text.length > limits.headBytes)
    throw new ProxyError('HEAD_TOO_LARGE', `the head is longer than ${limits.headBytes} bytes`);
  const request = parseRequestHead(Buffer.from(text, 'latin1'), limits);
  const { head } = request;
  const isOpen =
    !endStream && head.upgrade === null && head.method !== 'CONNECT' && !head.headers.has('content-length');
  if (isOpen) head.framing = 'chunked';
  return request;
}

function requestText(flat: readonly string[], context: RequestContext): string {
  const { pseudo, regular } = splitFields(flat, 'BAD_REQUEST');
  for (const name of pseudo.keys())
    if (!REQUEST_PSEUDO.has(name)) throw malformed(`an unknown pseudo-field ${name}`, '8.3');
  const method = pseudo.get(':method') ?? '';
  const authority = authorityOf(pseudo, regular);
  const lines = withoutHost(regular);
  if (pseudo.has(':protocol')) return webSocketText(pseudo, authority, lines, context);
  if (method === 'CONNECT') return connectText(pseudo, authority, lines);
  return `${method} ${pathOf(pseudo, method)} HTTP/1.1\r\nhost: ${authority}\r\n${toLines(lines)}`;
}

function malformed(what: string, section: string): ProxyError {
  return new ProxyError('BAD_REQUEST', `${what} (RFC 9113 §${section})`);
}

/** `:authority` decides; a Host that says something else could be taken for another site by the next server. */
function authorityOf(pseudo: ReadonlyMap<string, string>, regular: readonly string[]): string {
  const hosts = regular.filter((_, i) => i % 2 === 1 && regular[i - 1] === 'host');
  if (hosts.length > 1) throw malformed('more than one host', '8.3.1');
  const authority = pseudo.get(':authority') ?? hosts[0] ?? '';
  if (authority === '') throw malformed('neither :authority nor host', '8.3.1');
  if (hosts[0] !== undefined && hosts[0].toLowerCase() !== authority.toLowerCase())
    throw malformed('a host that is not :authority', '8.3.1');
  return authority;
}

function withoutHost(regular: readonly string[]): readonly string[] {
  return hasField(regular, 'host') ? regular.filter((_, i) => regular[i - (i % 2)] !== 'host') : regular;
}

function pathOf(pseudo: ReadonlyMap<string, string>, method: string): string {
  const path = pseudo.get(':path') ?? '';
  const scheme = pseudo.get(':scheme') ?? '';
  if (scheme !== 'http' && scheme !== 'https') throw malformed(`:scheme ${quote(scheme)}`, '8.3.1');
  if (path.startsWith('/') || (path === '*' && method === 'OPTIONS')) return path;
  throw malformed(`:path ${quote(path)}`, '8.3.1');
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** RFC 9113 §8.5. */
function connectText(pseudo: ReadonlyMap<string, string>, authority: string, lines: readonly string[]): string {
  if (pseudo.has(':path') || pseudo.has(':scheme')) throw malformed('CONNECT with :path or :scheme', '8.5');
  return `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${toLines(lines)}`;
}

/** RFC 8441 §5: an extended CONNECT becomes the upgrade that a server of HTTP/1.1 knows. */
function webSocketText(
  pseudo: ReadonlyMap<string, string>,
  authority: string,
  lines: readonly string[],
  { webSocketKey }: RequestContext,
): string {
  if (pseudo.get(':method') !== 'CONNECT') throw malformed(':protocol without CONNECT', '8.5');
  const protocol = pseudo.get(':protocol') ?? '';
  if (protocol !== 'websocket')
    throw new ProxyError('UNSUPPORTED_CODING', `:protocol ${quote(protocol)}: only websocket is supported (RFC 8441)`);
  if (hasField(lines, 'sec-websocket-key') || hasField(lines, 'content-length'))
    throw malformed('a WebSocket with a key or a length', '8.5');
  const upgrade = `connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ${webSocketKey()}\r\n`;
  return `GET ${pathOf(pseudo, 'GET')} HTTP/1.1\r\nhost: ${authority}\r\n${upgrade}${toLines(lines)}`;
}

/**
 * An answer's fields. 101 to a WebSocket becomes 200 (RFC 8441 §5). What HTTP/2 libraries refuse, 600 and above, becomes 502, and so
 * does any other success that answers a WebSocket (`toWebSocket`): its client would take it for open.
 */
export function responseFields(status: number, headers: Headers, toWebSocket = false): string[] {
  const fields = toFields(headers);
  if (status === 101) return [':status', '200', ...without(fields, ['sec-websocket-accept', 'content-length'])];
  if (status > 599 || (toWebSocket && status >= 200 && status < 300))
    return [':status', '502', 'x-switchyard-status', String(status), ...fields];
  if (mayNotSayLength(status)) return [':status', String(status), ...without(fields, ['content-length'])];
  return [':status', String(status), ...fields];
}

/** RFC 9110 §8.6; 205 has no content either (§15.3.6), and clients reset the stream when its length says that there is some. */
function mayNotSayLength(status: number): boolean {
  return status < 200 || status === 204 || status === 205;
}

function without(fields: readonly string[], names: readonly string[]): string[] {
  return fields.filter((_, i) => !names.includes(fields[i - (i % 2)] as string));
}

/** Whether nothing but the head is sent, so that it can end the stream (RFC 9110 §6.4.1). */
export function isBodyless(method: string, status: number, length: number): boolean {
  return status !== 101 && (method === 'HEAD' || status === 204 || status === 205 || status === 304 || length === 0);
}

/**
 * Whether fields may follow the body: of a backend of HTTP/2 always (`isFramed`), else not behind a length, unless they were
 * promised or are gRPC's.
 */
export function mayHaveTrailers(headers: Headers, length: number, isFramed: boolean): boolean {
  const isGrpc = () => headers.get('content-type')?.startsWith('application/grpc') ?? false;
  return isFramed || length < 0 || headers.has('trailer') || isGrpc();
}

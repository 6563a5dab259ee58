/** A request that a person wrote, or that was recorded, as the head and body that a client would send. Pure. */
import { domainToASCII } from 'node:url';
import type { HeaderLines } from '../contract/exchange.ts';
import { ProxyError } from '../errors.ts';
import { FIELD_VALUE } from '../http/chars.ts';
import { malformed } from '../http/fields.ts';
import { type ParsedRequest, parseRequestHead } from '../http/head.ts';
import { Headers } from '../http/headers.ts';
import { type ParsedTarget, parseTarget } from '../http/target.ts';
import { headText } from '../upstream/forward-headers.ts';

/** URL and header lines are latin1, one char a byte. */
export interface RequestParts {
  method: string;
  url: string;
  headers: HeaderLines;
  body: Buffer;
  trailers: HeaderLines;
  /** `HTTP/1.1` or `HTTP/2`: what it counts as for rules and for gRPC. */
  protocol: string;
  /** A Host that was given says for whom it is, as of clients of a reverse listener; else the URL does. */
  hostDecides?: boolean;
}

export interface ComposedRequest {
  parsed: ParsedRequest;
  scheme: 'http' | 'https';
  /** host[:port] of the URL. */
  authority: string;
  body: Buffer;
  trailers: Headers | null;
  protocol: string;
}

const LIMITS = { headers: 1000 };
const HAS_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** Throws ProxyError when no client could send this. */
export function composeRequest(parts: RequestParts): ComposedRequest {
  const target = readUrl(parts.url);
  const headers = headersOf(parts, target.authority);
  const isOther = !parts.hostDecides && headers.get('host')?.toLowerCase() !== target.authority.toLowerCase();
  const text = isOther ? `${target.scheme}://${target.authority}${target.pathAndQuery}` : target.pathAndQuery;
  const raw = Buffer.from(headText(`${parts.method} ${text} HTTP/1.1`, headers), 'latin1');
  const parsed = parseRequestHead(raw, LIMITS);
  if (parsed.head.upgrade !== null)
    throw new ProxyError('BAD_REQUEST', 'a WebSocket needs a client that stays; leave out Upgrade');
  const trailers = parts.trailers.length > 0 ? Headers.of(parts.trailers) : null;
  if (trailers) parsed.head.framing = 'chunked';
  const { body, protocol } = parts;
  return { parsed, scheme: schemeOf(target), authority: target.authority, body, trailers, protocol };
}

function schemeOf({ scheme }: ParsedTarget): 'http' | 'https' {
  return scheme === 'https' ? 'https' : 'http';
}

/** A URL as people write it: spaces and letters beyond ASCII as a browser would send them, everything else as it is. */
export function writtenUrl(text: string): string {
  const [, before = '', host = '', after = ''] =
    /^((?:[a-z][a-z0-9+.-]*:\/\/)?)([^/?#]*)(.*)$/is.exec(text.trim()) ?? [];
  return before + asciiHost(host) + after.replace(/[^!-~]+/gu, encodeURIComponent);
}

/** As it is, without its fragment. */
function readUrl(url: string): ParsedTarget {
  const text = url.replace(/#.*$/, '');
  const [, scheme = '', authority = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?]*)(.*)$/i.exec(text) ?? [];
  if (scheme !== '' && !/^https?$/i.test(scheme))
    throw new ProxyError('BAD_REQUEST', `${scheme}:// cannot be sent; use http:// or https://`);
  if (authority.endsWith(':'))
    throw new ProxyError('BAD_REQUEST', `${authority} is neither http:// or https:// nor a host with its port`);
  if (authority === '') throw new ProxyError('BAD_REQUEST', 'the URL names no host; write http://HOST:PORT/PATH');
  return parseTarget('GET', `${scheme || 'http'}://${authority}${rest}`);
}

function asciiHost(authority: string): string {
  return authority.replace(/^[^:[\]]+/, (host) => domainToASCII(host) || host);
}

/** Two lines in one would be read as two, and a head in one as a second request. */
function checkLine(name: string, value: string): void {
  for (let i = 0; i < value.length; i++)
    if (FIELD_VALUE[value.charCodeAt(i)] !== 1)
      throw malformed(`a control character in the value of ${JSON.stringify(name.slice(0, 80))}`, '9110 §5.5');
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
    throw malformed(`${JSON.stringify(name.slice(0, 80))} is no name of a header`, '9110 §5.1');
}

/** Framing is made for the body that is sent, not for the one that a person copied it from. */
function headersOf({ method, headers: lines, body, trailers }: RequestParts, authority: string): Headers {
  for (const [name, value] of lines) checkLine(name, value);
  const headers = Headers.of(lines);
  headers.delete('transfer-encoding');
  if (!headers.has('host')) headers.prepend('Host', authority);
  const isEmpty = body.length === 0 && !HAS_BODY.has(method);
  if (isEmpty || trailers.length > 0) headers.delete('content-length');
  else headers.set('Content-Length', String(body.length));
  return headers;
}

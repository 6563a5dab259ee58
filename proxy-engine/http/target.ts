/** Request targets and authorities (RFC 9112 §3.2, RFC 3986 §3.2.2): strict, nothing normalised. */
import { isIPv6 } from 'node:net';
import { ProxyError } from '../errors.ts';
import { COLON, HOST, OPENING_BRACKET, SLASH, TARGET } from './chars.ts';
import { malformed } from './fields.ts';

export interface Authority {
  /** Lower case, without brackets. */
  readonly host: string;
  /** 0 when not given. */
  readonly port: number;
}

export interface ParsedTarget {
  /** `host[:port]` of an absolute or authority form; '' for the others. */
  authority: string;
  /** `http`, `https`; '' when the target does not say. */
  scheme: string;
  /** Path and query as written; `*` and '' (CONNECT) too. */
  pathAndQuery: string;
}

/** Splits a request target by its form: origin, absolute, authority (CONNECT only), asterisk (OPTIONS only). */
export function parseTarget(method: string, target: string): ParsedTarget {
  for (let i = 0; i < target.length; i++)
    if (TARGET[target.charCodeAt(i)] !== 1)
      throw malformed('the request target holds a forbidden character', '9112 §3.2');
  if (method === 'CONNECT') return { authority: target, scheme: '', pathAndQuery: '' };
  if (target.charCodeAt(0) === SLASH) return { authority: '', scheme: '', pathAndQuery: target };
  if (target === '*' && method === 'OPTIONS') return { authority: '', scheme: '', pathAndQuery: target };
  return parseAbsolute(method, target);
}

function parseAbsolute(method: string, target: string): ParsedTarget {
  const match = /^(https?|wss?):\/\/([^/?]*)(.*)$/i.exec(target);
  if (!match) throw malformed('the request target is neither a path nor a URL', '9112 §3.2');
  const [, rawScheme = '', authority = '', rest = ''] = match;
  if (authority.includes('@')) throw malformed('credentials in the request target', '9110 §4.2.4');
  if (authority === '') throw malformed('a URL without a host', '9110 §4.2.1');
  const scheme = /^(?:http|ws)s$/i.test(rawScheme) ? 'https' : 'http';
  if (rest === '') return { authority, scheme, pathAndQuery: method === 'OPTIONS' ? '*' : '/' };
  return { authority, scheme, pathAndQuery: rest.startsWith('?') ? `/${rest}` : rest };
}

/** Every `%` stands before two digits (RFC 3986 §2.1). */
const ENCODED = /^(?:[^%]|%[0-9a-fA-F]{2})*$/;

let lastText = '';
let last: Authority = { host: '', port: 0 };

/** Parses `host[:port]` as Host and `:authority` carry it (RFC 9110 §7.2). Remembers the last one: clients repeat themselves. */
export function parseAuthority(text: string): Authority {
  if (text === lastText && text !== '') return last;
  const parsed = readAuthority(text);
  lastText = text;
  last = parsed;
  return parsed;
}

function readAuthority(text: string): Authority {
  const bad = () => malformed(`not a host: ${JSON.stringify(text.slice(0, 80))}`, '9110 §7.2');
  const isLiteral = text.charCodeAt(0) === OPENING_BRACKET;
  const hostEnd = isLiteral ? text.indexOf(']') + 1 : portColon(text);
  if (hostEnd === 0) throw bad();
  const host = isLiteral ? text.slice(1, hostEnd - 1) : text.slice(0, hostEnd);
  if (isLiteral ? !isAddress(host) : !isRegName(host)) throw bad();
  if (hostEnd === text.length) return { host: host.toLowerCase(), port: 0 };
  const port = text.slice(hostEnd + 1);
  if (text.charCodeAt(hostEnd) !== COLON || !/^\d{0,5}$/.test(port) || Number(port) > 65_535) throw bad();
  return { host: host.toLowerCase(), port: Number(port) };
}

function portColon(text: string): number {
  const colon = text.indexOf(':');
  return colon < 0 ? text.length : colon;
}

/** Not with a zone (RFC 6874), which means something to its own machine alone. */
function isAddress(host: string): boolean {
  return isIPv6(host) && !host.includes('%');
}

function isRegName(host: string): boolean {
  for (let i = 0; i < host.length; i++) if (HOST[host.charCodeAt(i)] !== 1) return false;
  return host.length <= 255 && (!host.includes('%') || ENCODED.test(host));
}

/** Where CONNECT wants to go; a port is required (RFC 9110 §9.3.6). */
export function parseConnectTarget(target: string): Authority {
  const authority = parseAuthority(target);
  if (authority.port === 0) throw new ProxyError('BAD_REQUEST', 'CONNECT needs host:port (RFC 9110 §9.3.6)');
  return authority;
}

/** The proxy behind this one: which exchanges go through it, and what may be said of it. */
import type { Config, ListenerConfig } from '../contract/config.ts';
import { ProxyError } from '../errors.ts';
import type { RequestHead } from '../http/message.ts';
import { parseAuthority } from '../http/target.ts';
import { compileExpression } from '../match/compile.ts';
import type { RequestSubject } from '../match/subject.ts';
import { connectFailure } from './connect-failure.ts';

export interface UpstreamProxy {
  kind: 'http' | 'socks5';
  host: string;
  port: number;
  /** Never to be logged, recorded or shown. */
  credentials: { user: string; password: string } | null;
  /** Its URL without credentials. */
  label: string;
}

/** How a request reaches its origin through a proxy: named in full in its request line, or inside a tunnel of its own. */
export interface ProxyHop {
  proxy: UpstreamProxy;
  form: 'absolute' | 'tunnel';
  /** Name of this engine in the `Via` of what goes through it. */
  via: string;
}

/** null: it goes straight to its origin. */
type ChooseProxy = (subject: RequestSubject) => UpstreamProxy | null;

/** What `upstreamProxy` of the listeners says. */
export class UpstreamProxies {
  readonly #byListener = new Map<string, ChooseProxy>();

  constructor(listeners: Config['listeners']) {
    for (const [name, { upstreamProxy }] of Object.entries(listeners))
      if (upstreamProxy !== undefined) this.#byListener.set(name, compile(upstreamProxy));
  }

  /** The proxy that an exchange which no pool takes goes through; null: it goes straight to its origin. */
  choose(exchange: RequestSubject & { listener: string }): UpstreamProxy | null {
    return this.#byListener.get(exchange.listener)?.(exchange) ?? null;
  }
}

function compile(config: NonNullable<ListenerConfig['upstreamProxy']>): ChooseProxy {
  const { url, except } = typeof config === 'string' ? { url: config, except: undefined } : config;
  const proxy = readProxyUrl(url);
  if (except === undefined) return () => proxy;
  const compiled = compileExpression(except, 'request');
  if (!compiled.ok) return () => proxy; // told when the config was read
  return (subject) => (compiled.holds(subject) ? null : proxy);
}

/** Reads a URL that the schema has accepted. */
export function readProxyUrl(url: string): UpstreamProxy {
  const { protocol, hostname, port, username, password, host } = new URL(url);
  return {
    kind: protocol === 'http:' ? 'http' : 'socks5',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 80),
    credentials: username === '' ? null : { user: decode(username), password: decode(password) },
    label: `${protocol}//${host}`,
  };
}

/** Percent-decodes; a stray `%` stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 7617; '' without credentials. */
export function proxyAuthorization({ credentials }: UpstreamProxy): string {
  if (!credentials) return '';
  const { user, password } = credentials;
  return `Proxy-Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}\r\n`;
}

/**
 * How requests for an origin go through `proxy`. Without TLS as browsers do it, with the whole URL in the request line; in a tunnel of
 * their own when the URL names another host than the origin (the proxy goes by the URL alone), or after an upgrade.
 */
export function hopThrough(
  proxy: UpstreamProxy,
  { scheme, host, port }: { scheme: string; host: string; port: number },
  { authority, switches, via }: { authority: string; switches: boolean; via: string },
): ProxyHop {
  const said = authority === '' ? null : parseAuthority(authority);
  const saysSo = said?.host === host && (said.port || 80) === port;
  const absolute = proxy.kind === 'http' && scheme === 'http' && saysSo && !switches;
  return { proxy, form: absolute ? 'absolute' : 'tunnel', via };
}

/** The error when the proxy is one of our own listeners, or has sent us our own request back (`Via`, RFC 9110 §7.6.3); null: neither. */
export function loopThrough(
  { host, port, label }: UpstreamProxy,
  { request }: { request: Pick<RequestHead, 'headers'> },
  { isOwnAddress, via }: { isOwnAddress(host: string, port: number, ofForward: boolean): boolean; via: string },
): ProxyError | null {
  if (isOwnAddress(host, port, false)) return new ProxyError('LOOP', `upstream proxy ${label} is this proxy itself`);
  const cameBack = request.headers.getList('via')?.includes(via) ?? false;
  return cameBack ? new ProxyError('LOOP', `upstream proxy ${label} sends to this proxy what it gets from it`) : null;
}

/** What the error of a socket to the proxy itself means. */
export function unreachable({ label }: UpstreamProxy, cause: Error): ProxyError {
  const { message } = connectFailure(cause, false);
  return new ProxyError('UPSTREAM_PROXY_FAILED', `upstream proxy ${label}: ${message}`, { cause });
}

/** What is said to an upstream proxy before it carries bytes for us: CONNECT (RFC 9110 §9.3.6) or SOCKS5 (RFC 1928, 1929). Sans-I/O. */
import { isIP } from 'node:net';
import { SOCKS_REPLY, SOCKS5 } from '../downstream/socks.ts';
import { type ErrorCode, ProxyError } from '../errors.ts';
import type { ResponseHead } from '../http/message.ts';
import { ResponseParser } from '../http/parser.ts';
import { proxyAuthorization, type UpstreamProxy } from './upstream-proxy.ts';

export interface HandshakeStep {
  /** To send now; may be empty. */
  bytes: Buffer;
  /** Bytes of the other side that have come already; null: the tunnel is not there yet. */
  rest: Buffer | null;
}

/** `begin` first, then `feed` with what comes until there is a `rest`. Both throw `ProxyError`. */
export interface ProxyHandshake {
  begin(): Buffer;
  feed(chunk: Buffer): HandshakeStep;
}

/** `via`: the `Via` of the CONNECT. */
export function handshakeWith(proxy: UpstreamProxy, host: string, port: number, via: string): ProxyHandshake {
  return proxy.kind === 'http' ? new ConnectHandshake(proxy, host, port, via) : new SocksLogin(proxy, host, port);
}

const NOTHING = Buffer.alloc(0);
const LIMITS = { headBytes: 64 * 1024, headers: 500 };

class ConnectHandshake implements ProxyHandshake {
  readonly #proxy: UpstreamProxy;
  readonly #target: string;
  readonly #via: string;
  readonly #parser: ResponseParser;
  #answer: ResponseHead | null = null;

  constructor(proxy: UpstreamProxy, host: string, port: number, via: string) {
    this.#proxy = proxy;
    this.#target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.#via = via;
    this.#parser = new ResponseParser(LIMITS, {
      onInformation() {},
      onHead: (head) => (this.#answer = head),
      onUpgrade: (head) => (this.#answer = head),
      onBody() {},
      onEnd() {},
    });
  }

  begin(): Buffer {
    this.#parser.expect('CONNECT');
    const head = `CONNECT ${this.#target} HTTP/1.1\r\nHost: ${this.#target}\r\nVia: ${this.#via}\r\n`;
    return Buffer.from(`${head}${proxyAuthorization(this.#proxy)}\r\n`, 'latin1');
  }

  feed(chunk: Buffer): HandshakeStep {
    const rest = this.#parser.feed(chunk);
    if (!this.#answer) return { bytes: NOTHING, rest: null };
    const { status, reason } = this.#answer;
    if (status >= 200 && status < 300) return { bytes: NOTHING, rest };
    const answer = `${status} ${reason}`.trim();
    throw new ProxyError(failureOf(status), `upstream proxy ${this.#proxy.label} answered ${answer} to CONNECT`);
  }
}

/** Whether it is the origin that it cannot reach, or the proxy itself that refuses. */
function failureOf(status: number): ErrorCode {
  if (status === 508) return 'LOOP';
  return status === 502 || status === 503 || status === 504 ? 'CONNECT_FAILED' : 'UPSTREAM_PROXY_FAILED';
}

const NO_AUTHENTICATION = 0x00;
const USER_PASSWORD = 0x02;
const CONNECT = 0x01;
/** Of the sub-negotiation (RFC 1929 §2). */
const LOGIN = 0x01;

/** Names are resolved by the proxy. */
class SocksLogin implements ProxyHandshake {
  readonly #proxy: UpstreamProxy;
  readonly #host: string;
  readonly #port: number;
  #waiting = NOTHING;
  #awaits: 'method' | 'login' | 'reply' = 'method';

  constructor(proxy: UpstreamProxy, host: string, port: number) {
    this.#proxy = proxy;
    this.#host = host;
    this.#port = port;
  }

  begin(): Buffer {
    const methods = this.#proxy.credentials ? [NO_AUTHENTICATION, USER_PASSWORD] : [NO_AUTHENTICATION];
    return Buffer.from([SOCKS5, methods.length, ...methods]);
  }

  feed(chunk: Buffer): HandshakeStep {
    this.#waiting = Buffer.concat([this.#waiting, chunk]);
    if (this.#waiting.length < 2) return { bytes: NOTHING, rest: null };
    if (this.#awaits === 'reply') return this.#readReply();
    const [version, value] = this.#waiting;
    this.#waiting = this.#waiting.subarray(2);
    if (this.#awaits === 'method') return { bytes: this.#login(version, value), rest: null };
    if (value !== 0) throw this.#failure('does not accept the user and password');
    return { bytes: this.#request(), rest: null };
  }

  #login(version: number | undefined, method: number | undefined): Buffer {
    if (version !== SOCKS5) throw this.#failure('does not speak SOCKS5');
    if (method === NO_AUTHENTICATION) return this.#request();
    const { credentials } = this.#proxy;
    if (method !== USER_PASSWORD || !credentials)
      throw this.#failure('wants an authentication that the config does not give');
    this.#awaits = 'login';
    return Buffer.concat([Buffer.of(LOGIN), withLength(credentials.user), withLength(credentials.password)]);
  }

  #request(): Buffer {
    this.#awaits = 'reply';
    const port = Buffer.alloc(2);
    port.writeUInt16BE(this.#port);
    return Buffer.concat([Buffer.of(SOCKS5, CONNECT, 0), address(this.#host), port]);
  }

  /** RFC 1928 §6: version, reply, reserved, address, port. */
  #readReply(): HandshakeStep {
    const [version, reply, , type, length = 0] = this.#waiting;
    if (version !== SOCKS5) throw this.#failure('does not speak SOCKS5');
    if (reply !== SOCKS_REPLY.succeeded) throw this.#refusal(reply ?? 0);
    if (this.#waiting.length < 5) return { bytes: NOTHING, rest: null };
    const end = 6 + (type === 0x04 ? 16 : type === 0x03 ? 1 + length : 4);
    return { bytes: NOTHING, rest: this.#waiting.length < end ? null : this.#waiting.subarray(end) };
  }

  #refusal(reply: number): ProxyError {
    const why = REPLIES[reply] ?? ['UPSTREAM_PROXY_FAILED', `failed (reply ${reply})`];
    return new ProxyError(why[0], `upstream proxy ${this.#proxy.label}: ${why[1]}`);
  }

  #failure(what: string): ProxyError {
    return new ProxyError('UPSTREAM_PROXY_FAILED', `upstream proxy ${this.#proxy.label} ${what}`);
  }
}

/** RFC 1928 §6: what the replies say about the origin, or about the proxy. */
const REPLIES: Partial<Record<number, [ErrorCode, string]>> = {
  [SOCKS_REPLY.failure]: ['CONNECT_FAILED', 'general failure'],
  [SOCKS_REPLY.notAllowed]: ['UPSTREAM_PROXY_FAILED', 'not allowed by its rules'],
  [SOCKS_REPLY.networkUnreachable]: ['CONNECT_FAILED', 'network unreachable'],
  [SOCKS_REPLY.hostUnreachable]: ['CONNECT_FAILED', 'host unreachable'],
  [SOCKS_REPLY.refused]: ['CONNECT_REFUSED', 'connection refused'],
  [SOCKS_REPLY.ttlExpired]: ['CONNECT_TIMEOUT', 'TTL expired'],
};

function address(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return Buffer.from([0x01, ...host.split('.').map(Number)]);
    case 6:
      return Buffer.concat([Buffer.of(0x04), ipv6Bytes(host)]);
    default:
      return Buffer.concat([Buffer.of(0x03), withLength(host)]);
  }
}

/** The URL parser knows all short forms of RFC 4291 §2.2 and writes only hexadecimal groups. */
function ipv6Bytes(host: string): Buffer {
  const { hostname } = new URL(`http://[${host}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter(Boolean));
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...gap, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** At most 255 bytes: longer names cannot be said. */
function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255)
    throw new ProxyError('UPSTREAM_PROXY_FAILED', 'a host, user or password longer than 255 bytes');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

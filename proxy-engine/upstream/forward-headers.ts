/** The headers that go to a backend: what the rules left, less what belongs to the client's connection, plus what a proxy adds. */
import type { PoolConfig } from '../contract/config.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import { forwardable } from '../http/hop-by-hop.ts';

export interface ForwardContext {
  config: PoolConfig['forwarded'];
  preserveHost: boolean;
  backendAddress: string;
  /** To a proxy, which needs the whole URL (RFC 9112 §3.2.2): how we call ourselves towards it. */
  absoluteVia?: string;
}

/** The lines that every protocol carries, Host among them. */
export function forwardedHeaders(exchange: LiveExchange, context: ForwardContext): Headers {
  const headers = forwardable(exchange.outgoing.headers);
  // To a forward proxy they are for that proxy (RFC 9110 §11.7.2): nobody behind it is to learn them.
  if (exchange.forward) headers.delete('proxy-authorization');
  setHost(headers, hostFor(exchange, context));
  addForwarded(headers, exchange, context);
  return headers;
}

/** What the backend is told as Host. */
export function hostFor({ outgoing }: LiveExchange, { preserveHost, backendAddress }: ForwardContext): string {
  const written = outgoing.hostWritten ? outgoing.headers.get('host') : undefined;
  if (written !== undefined) return written;
  return preserveHost && outgoing.authority !== '' ? outgoing.authority : backendAddress;
}

/** Builds the head for one attempt as it goes over the wire of HTTP/1.1, with its empty line. */
export function requestHeadText(exchange: LiveExchange, context: ForwardContext): string {
  const { outgoing, request } = exchange;
  const headers = forwardedHeaders(exchange, context);
  if (exchange.switches) {
    headers.append('Connection', 'Upgrade');
    headers.append('Upgrade', request.upgrade ?? '');
  } else if (acceptsTrailers(request.headers)) {
    headers.append('TE', 'trailers');
    headers.append('Connection', 'TE');
  }
  if (outgoing.framing === 'chunked') headers.append('Transfer-Encoding', 'chunked');
  if (context.absoluteVia !== undefined) addVia(headers, context.absoluteVia, exchange.protocol);
  return headText(`${outgoing.method} ${targetText(outgoing.target, context)} HTTP/1.1`, headers);
}

function targetText(target: string, { absoluteVia, backendAddress }: ForwardContext): string {
  if (absoluteVia === undefined) return target;
  return `http://${backendAddress}${target === '*' ? '' : target}`;
}

/** A whole head as it goes over the wire, with its empty line; latin1: one char a byte. */
export function headText(startLine: string, headers: Headers): string {
  return `${startLine}\r\n${headers.text()}\r\n`;
}

function setHost(headers: Headers, host: string): void {
  if (headers.has('host')) headers.set('host', host);
  else headers.prepend('Host', host);
}

function addForwarded(headers: Headers, exchange: LiveExchange, { config }: ForwardContext): void {
  if (config.xForwarded) {
    headers.set('X-Forwarded-For', continued(headers.getList('x-forwarded-for'), exchange.peerIp));
    headers.set('X-Forwarded-Proto', exchange.scheme);
    const keepsHost = exchange.trustsPeer && headers.has('x-forwarded-host');
    if (exchange.request.authority !== '' && !keepsHost) headers.set('X-Forwarded-Host', exchange.request.authority);
  }
  if (config.rfc7239 || (config.xForwarded && headers.has('forwarded'))) continueForwarded(headers, exchange);
  if (config.requestId !== false && !headers.has(config.requestId))
    headers.append(config.requestId, exchange.requestId);
  if (config.via !== false) addVia(headers, config.via, exchange.protocol);
}

export function addVia(headers: Headers, pseudonym: string, protocol: string): void {
  headers.set('Via', viaOf(headers, pseudonym, protocol));
}

/** The `Via` of a message that came with `headers` over `protocol` (`HTTP/1.1`) and goes on from here (RFC 9110 §7.6.3). */
export function viaOf(headers: Headers, pseudonym: string, protocol: string): string {
  return continued(headers.getList('via'), `${protocol.slice('HTTP/'.length)} ${pseudonym}`);
}

/** A list with one more entry behind those that came. */
function continued(before: string | undefined, entry: string): string {
  return before === undefined ? entry : `${before}, ${entry}`;
}

/** How often a request says that it has passed a proxy of that name (RFC 9110 §7.6.3). */
export function passesOf(headers: Headers, pseudonym: string): number {
  const before = headers.getList('via');
  if (before === undefined) return 0;
  return before.split(',').filter((entry) => entry.trim().split(/[ \t]+/)[1] === pseudonym).length;
}

/** Whoever a client says that it is, the last word is ours. A quote that is not closed would swallow it. */
function continueForwarded(headers: Headers, exchange: LiveExchange): void {
  if (!closesQuotes(headers.getList('forwarded') ?? '')) headers.delete('forwarded');
  headers.append('Forwarded', forwardedElement(exchange));
}

/** RFC 9110 §5.6.4. From the beginning and once: a search for each quoted string would begin anew behind every quote that is not closed. */
export function closesQuotes(value: string): boolean {
  return /^(?:[^"]|"(?:[^"\\]|\\.)*")*$/.test(value);
}

/** RFC 7239 §4; an IPv6 address is quoted and bracketed. */
function forwardedElement({ peerIp, scheme, request }: LiveExchange): string {
  const node = peerIp.includes(':') ? `"[${peerIp}]"` : peerIp;
  return `for=${node};proto=${scheme};host="${request.authority}"`;
}

/** RFC 9110 §10.1.4. */
export function acceptsTrailers(headers: Headers): boolean {
  return headers.getList('te')?.toLowerCase().includes('trailers') ?? false;
}

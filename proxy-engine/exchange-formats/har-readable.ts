/**
 * What other programs stumble over when they read a HAR, written so that they do not. mitmproxy encodes a body anew as its
 * headers say and reads the host by the letter: one entry for which that fails, and it refuses the whole file. Pure.
 */
import { isIPv6 } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import type { HeaderLines } from '../contract/exchange.ts';
import { wireText } from '../contract/wire-text.ts';
import type { HarPair } from './har-format.ts';

/** Before the name of a header that says how a body is to be read, when no program could read it so. */
const UNREADABLE = 'x-switchyard-';
const CODINGS: ReadonlySet<string> = new Set(['', 'none', 'identity', 'gzip', 'deflate', 'br', 'zstd']);

/** Headers as pairs; content codings and charsets that readers do not know are under another name, with a comment. */
export function readableHeaders(lines: HeaderLines): HarPair[] {
  const codings = lines.filter(([name]) => name.toLowerCase() === 'content-encoding').map(([, value]) => value.trim());
  const isKnown = codings.length === 0 || (codings.length === 1 && CODINGS.has(codings.join().toLowerCase()));
  return lines.map(([name, value]) => {
    const lower = name.toLowerCase();
    const isUnreadable =
      (lower === 'content-encoding' && !isKnown) || (lower === 'content-type' && !charsetsOf(value).every(isCharset));
    return isUnreadable ? renamed(lower, value) : { name, value: wireText(value) };
  });
}

/** The names that these headers had. */
export function originalName(name: string): string {
  return /^x-switchyard-content-(?:encoding|type)$/.test(name) ? name.slice(UNREADABLE.length) : name;
}

function renamed(name: string, value: string): HarPair {
  const comment = `this is ${name}, under a name that keeps readers of HAR from failing on it`;
  return { name: UNREADABLE + name, value: wireText(value), comment };
}

function charsetsOf(contentType: string): string[] {
  return [...contentType.matchAll(/;\s*charset\s*=\s*["']?([^"';]*)/gi)].map(([, charset = '']) => charset.trim());
}

function isCharset(label: string): boolean {
  try {
    return label === '' || new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

const NO_HOST = 'unknown.invalid';

/** With a host that is one and in ASCII, as RFC 3986 has it. */
export function readableUrl(url: string): string {
  const [, scheme = 'http://', authority = '', rest = ''] = /^([a-z]+:\/\/)([^/?#]*?)(\*$|[/?#].*|)$/s.exec(url) ?? [];
  const [, host = '', port = ''] = /^(.*?)((?::\d*)?)$/.exec(authority) ?? [];
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return scheme + (isHost(host) && isPort(port) ? authority : NO_HOST) + percentEncoded(path);
}

/** Names as DNS has them, with underscores (RFC 1035 §2.3.4, RFC 5890), and addresses. */
function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIPv6(host.slice(1, -1)) && !host.includes('%');
  const labels = host.replace(/\.$/, '').split('.');
  if (host.length > 253 || !labels.every((label) => /^[a-z\d_-]{1,63}$/i.test(label))) return false;
  const unicode = domainToUnicode(host);
  return !/(?:^|\.)xn--/i.test(host) || (!unicode.includes('xn--') && domainToASCII(unicode) === host.toLowerCase());
}

function isPort(port: string): boolean {
  return Number(port.slice(1)) <= 65_535;
}

/** What is not printable ASCII: a character is a byte (RFC 3986 §2.1). */
function percentEncoded(bytes: string): string {
  return bytes.replace(/[^!-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

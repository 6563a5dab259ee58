/** Parts of a HAR entry that are made of header lines, targets and times. Pure. */
import type { Exchange, HeaderLines } from '../contract/exchange.ts';
import { REDACTED } from '../contract/redaction.ts';
import { wireText } from '../contract/wire-text.ts';
import type { HarCookie, HarPair, HarTimings } from './har-format.ts';

export function pairsOf(lines: HeaderLines): HarPair[] {
  return lines.map(([name, value]) => ({ name, value: wireText(value) }));
}

export function queryPairs(target: string): HarPair[] {
  const cut = target.indexOf('?');
  if (cut < 0 || cut === target.length - 1) return [];
  const parts = wireText(target.slice(cut + 1)).split('&');
  return parts.map((part) => {
    const equals = part.indexOf('=');
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    return { name: decoded(name), value: decoded(value) };
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** RFC 6265 §4.2. */
export function requestCookies(lines: HeaderLines): HarCookie[] {
  return valuesOf(lines, 'cookie').flatMap((value) =>
    value === REDACTED ? [] : value.split(';').flatMap((pair) => cookiePair(pair) ?? []),
  );
}

/** RFC 6265 §4.1. */
export function responseCookies(lines: HeaderLines): HarCookie[] {
  return valuesOf(lines, 'set-cookie').flatMap((value) => {
    const [first = '', ...attributes] = value.split(';');
    const pair = value === REDACTED ? null : cookiePair(first);
    return pair ? [Object.assign(pair, ...attributes.map(cookieAttribute)) as HarCookie] : [];
  });
}

function valuesOf(lines: HeaderLines, lowerName: string): string[] {
  return lines.filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => wireText(value));
}

function cookiePair(text: string): HarPair | null {
  const equals = text.indexOf('=');
  if (text.trim() === '') return null;
  if (equals < 0) return { name: '', value: text.trim() };
  return { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() };
}

function cookieAttribute(text: string): Partial<HarCookie> {
  const { name, value } = cookiePair(text) ?? { name: '', value: '' };
  switch ((name || value).toLowerCase()) {
    case 'path':
      return { path: value };
    case 'domain':
      return { domain: value };
    case 'expires':
      return Number.isNaN(Date.parse(value)) ? {} : { expires: new Date(value).toISOString() };
    case 'samesite':
      return { sameSite: value };
    case 'httponly':
      return { httpOnly: true };
    case 'secure':
      return { secure: true };
    default:
      return {};
  }
}

/** Bytes of a head as HTTP/1.1 writes it. */
export function headSize(startLine: string, lines: HeaderLines): number {
  return startLine.length + 4 + lines.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

/**
 * Of the last attempt; what came before it is `blocked`, what the client still had to wait after it is `receive`, so that the
 * sum is the time of the whole exchange.
 */
export function harTimings({ attempts, durationMs = 0 }: Pick<Exchange, 'attempts' | 'durationMs'>): HarTimings {
  const last = attempts.at(-1);
  if (!last) return { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: durationMs, receive: 0 };
  const { blocked, dns, connect, tls, send, wait, receive } = last.timings;
  const timings = {
    blocked: last.startedMs + some(blocked),
    dns,
    connect: connect < 0 && tls < 0 ? -1 : some(connect) + some(tls),
    ssl: tls,
    send: some(send),
    wait: some(wait),
    receive: some(receive),
  };
  const rest = durationMs - totalOf(timings);
  return { ...timings, receive: timings.receive + Math.max(0, rest) };
}

/** `ssl` is part of `connect`. */
export function totalOf({ blocked, dns, connect, send, wait, receive }: HarTimings): number {
  return some(blocked) + some(dns) + some(connect) + send + wait + receive;
}

function some(ms: number): number {
  return Math.max(0, ms);
}

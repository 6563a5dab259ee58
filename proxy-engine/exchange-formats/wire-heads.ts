/** Heads of messages that were read from a file, as HTTP/1.1 has them: every head that is recorded goes through the strict parsers. Pure. */
import { FIELD_VALUE } from '../http/chars.ts';
import { type ParsedRequest, parseRequestHead, parseResponseHead } from '../http/head.ts';
import { Headers } from '../http/headers.ts';
import type { ResponseHead } from '../http/message.ts';
import { toWire } from '../match/wire-text.ts';
import { writtenUrl } from '../replay/compose-request.ts';
import { headText } from '../upstream/forward-headers.ts';
import type { TellProblem } from './har-read.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

const LIMITS = { headers: 10_000 };
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What says how long a body is, or what comes next: in a file that may contradict itself. */
const FRAMING = /^(content-length|transfer-encoding|expect|upgrade|connection)$/i;

export interface WireRequest {
  parsed: ParsedRequest;
  scheme: 'http' | 'https';
}

/** null: no HTTP message can say this; `tell` has heard why. */
export function wireRequest(method: string, url: string, headers: Pairs, tell: TellProblem): WireRequest | null {
  const target = readUrl(url, tell);
  if (!target) return null;
  if (!TOKEN.test(method)) {
    tell(`${JSON.stringify(method.slice(0, 40))} is no method`);
    return null;
  }
  const lines = withHost(cleaned(headers, tell), target.authority, tell);
  const isOther = lines.get('host')?.toLowerCase() !== target.authority.toLowerCase();
  const text = isOther ? `${target.scheme}://${target.authority}${target.path}` : target.path;
  const startLine = method === 'CONNECT' ? `CONNECT ${target.authority} HTTP/1.1` : `${method} ${text} HTTP/1.1`;
  const parsed = parsedOrMended((head) => parseRequestHead(head, LIMITS), startLine, lines, tell);
  return parsed && { parsed, scheme: target.scheme };
}

/** null: it cannot be one. */
export function wireResponse(
  { status, reason, headers }: { status: number; reason: string; headers: Pairs },
  method: string,
  tell: TellProblem,
): ResponseHead | null {
  const text = withoutControls(toWire(reason));
  if (text !== toWire(reason)) tell('control characters in its status text became spaces');
  const startLine = `HTTP/1.1 ${status} ${text}`;
  return parsedOrMended((head) => parseResponseHead(head, method, LIMITS), startLine, cleaned(headers, tell), tell);
}

/** As it is; where framing makes it impossible, without that. */
function parsedOrMended<T>(parse: (head: Buffer) => T, startLine: string, lines: Headers, tell: TellProblem): T | null {
  const attempt = (headers: Headers) => parse(Buffer.from(headText(startLine, headers), 'latin1'));
  try {
    return attempt(lines);
  } catch (error) {
    const { message } = error as Error;
    const dropped = lines.clone();
    const names = new Set(dropped.lines().flatMap(([name]) => (FRAMING.test(name) ? [name.toLowerCase()] : [])));
    dropped.deleteWhere((name) => FRAMING.test(name));
    try {
      const parsed = attempt(dropped);
      tell(`${[...names].join(', ')} left out: ${message}`);
      return parsed;
    } catch {
      tell(`it is no HTTP message: ${message}`);
      return null;
    }
  }
}

function readUrl(url: string, tell: TellProblem): { scheme: 'http' | 'https'; authority: string; path: string } | null {
  const [, scheme = '', before = '', path = ''] =
    /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*)([^#]*))?/i.exec(url.trim()) ?? [];
  const isHttp = /^(https?|wss?)$/i.test(scheme);
  if (!isHttp || before === '') {
    if (url === '') tell('it has no URL');
    else tell(scheme !== '' && !isHttp ? `${scheme}: is not HTTP` : `its URL cannot be read: ${url.slice(0, 80)}`);
    return null;
  }
  const authority = before.slice(before.lastIndexOf('@') + 1);
  if (authority !== before) tell('name and password in its URL are left out');
  if (/\p{Cc}/u.test(url.trim())) tell('control characters in its URL are percent-encoded');
  const secure = /^(https|wss)$/i.test(scheme) ? 'https' : 'http';
  const written = writtenUrl(`${secure}://${authority}${path}`).slice(secure.length + 3);
  const cut = written.search(/[/?]/);
  const rest = cut < 0 ? '/' : written.slice(cut);
  return { scheme: secure, authority: cut < 0 ? written : written.slice(0, cut), path: rest.replace(/^\?/, '/?') };
}

function cleaned(headers: Pairs, tell: TellProblem): Headers {
  const lines = new Headers();
  for (const [name, value] of headers) {
    const wire = withoutControls(toWire(value));
    if (wire !== toWire(value)) tell('control characters in headers became spaces');
    if (TOKEN.test(name)) lines.append(name, wire);
    else tell(`headers whose name is none are left out, such as ${JSON.stringify(name.slice(0, 40))}`);
  }
  return lines;
}

/** At their ends they mean nothing. */
function withoutControls(text: string): string {
  let clean = '';
  for (let i = 0; i < text.length; i++) clean += FIELD_VALUE[text.charCodeAt(i)] === 1 ? text[i] : ' ';
  return clean === text ? text : clean.trim();
}

/** Exactly one. */
function withHost(lines: Headers, authority: string, tell: TellProblem): Headers {
  const first = lines.get('host');
  const hosts = lines.lines().filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length > 1) {
    tell('more than one Host: only the first is kept');
    lines.set('Host', first ?? '');
  } else if (!first) {
    lines.delete('host');
    lines.prepend('Host', authority);
  }
  return lines;
}

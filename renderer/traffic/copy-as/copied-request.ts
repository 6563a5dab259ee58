import type { Exchange, HeaderLines } from '../../../proxy-engine/contract/exchange.ts';
import { wireText } from '../../../proxy-engine/contract/wire-text.ts';
import { exchangeUrl } from '../../format/exchange-url.ts';
import { bytesFromBase64 } from '../body-bytes.ts';
import type { ExchangeDetail } from '../exchange-store.ts';

/** Linux takes arguments of at most 128 KiB. */
const LONGEST_ARGUMENT_BYTES = 100_000;

/** Longer bodies do not belong on a clipboard. */
export const LONGEST_BODY_BYTES = 1024 ** 2;

/** A request as it is written down for another program. */
export interface CopiedRequest {
  method: string;
  /** Text. */
  url: string;
  /** As they were sent, one char a byte. */
  headers: HeaderLines;
  /** null: it has none, or it was left out. */
  body: CopiedBody | null;
}

/** Text when it is UTF-8 without control characters that would not survive a terminal. */
export type CopiedBody = { text: string } | { base64: string };

/** Why a body is not in the copy. */
export type LeftOut = 'not kept' | 'too long' | 'not sent by it';

/** `*` and what has a `#` in it: a URL cannot say them. */
export function isBeyondUrls(target: string): boolean {
  return target === '*' || target.includes('#');
}

/** `target` is what follows the origin, down to nothing. */
export function splitUrl(url: string): { origin: string; target: string } {
  const [, origin = url, target = ''] = /^([a-z]+:\/\/[^/?#*]*)(.*)$/is.exec(url) ?? [];
  return { origin, target };
}

/** The request as the client sent it. */
export async function readRequest(
  detail: Pick<ExchangeDetail, 'body'>,
  exchange: Exchange,
): Promise<{ request: CopiedRequest; leftOut: LeftOut | null }> {
  const { method, headers, body } = exchange.request;
  const request = { method, url: sentUrl(exchange), headers, body: null };
  if (body.sizeBytes === 0) return { request, leftOut: null };
  if (body.truncated) return { request, leftOut: 'not kept' };
  if (body.captured > LONGEST_BODY_BYTES) return { request, leftOut: 'too long' };
  const { data } = await detail.body(exchange.id, 'request', false, 0, LONGEST_BODY_BYTES);
  return { request: { ...request, body: copiedBody(data) }, leftOut: null };
}

/** Every program would send a character in UTF-8: bytes that were not are percent-encoded. */
function sentUrl(exchange: Exchange): string {
  const { target } = exchange.request;
  if (wireText(target) !== target) return exchangeUrl(exchange);
  const path = exchange.path.replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return exchangeUrl({ ...exchange, path });
}

/** `base64`: the bytes as they were sent. */
export function copiedBody(base64: string): CopiedBody {
  const text = asText(bytesFromBase64(base64));
  return text === null ? { base64 } : { text };
}

/** null: it is not UTF-8, or a terminal would change it (a carriage return becomes a line feed when it is pasted). */
function asText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return bytes.some(isControl) ? null : text;
  } catch {
    return null;
  }
}

/** All but tab and line feed. */
function isControl(byte: number): boolean {
  return byte < 9 || (byte > 10 && byte < 32) || byte === 127;
}

/** Whether a command can be given it among its words. */
export function isArgument(body: CopiedBody): body is { text: string } {
  return 'text' in body && new TextEncoder().encode(body.text).length <= LONGEST_ARGUMENT_BYTES;
}

/** Base64 of a body, whatever it is. */
export function base64Of(body: CopiedBody): string {
  if ('base64' in body) return body.base64;
  const bytes = new TextEncoder().encode(body.text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Of one hop, or of the proxy that the client was told of. */
const OF_THE_CONNECTION = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'transfer-encoding',
  'accept-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/** Without those that every program makes by itself. */
export function ownHeaders({ headers }: CopiedRequest): HeaderLines {
  return headers.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
}

/** For programs that take each name once: values of the same name in one line (RFC 9110 §5.3, RFC 6265 §5.4). */
export function joinedHeaders(headers: HeaderLines): HeaderLines {
  const byName = new Map<string, [name: string, value: string]>();
  for (const [name, value] of headers) {
    const known = byName.get(name.toLowerCase());
    if (!known) byName.set(name.toLowerCase(), [name, value]);
    else known[1] += (name.toLowerCase() === 'cookie' ? '; ' : ', ') + value;
  }
  return [...byName.values()];
}

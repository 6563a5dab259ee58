/** A request to a backend of HTTP/2, and its answer as a head of HTTP/1.1, which the same strict parser reads. */
import { ProxyError } from '../errors.ts';
import { parseResponseHead } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import type { ResponseHead } from '../http/message.ts';
import type { ParserLimits } from '../http/parser.ts';
import { webSocketAccept } from '../websocket/handshake.ts';
import { splitFields, toFields, toLines } from './fields.ts';

export interface RequestLine {
  method: string;
  scheme: string;
  /** host[:port] */
  authority: string;
  /** Path and query, or `*`. */
  target: string;
}

/** Fields of a request (RFC 9113 §8.3.1). The Host among `headers` is dropped: `authority` says it. */
export function requestFields({ method, scheme, authority, target }: RequestLine, headers: Headers): string[] {
  const fields = [':method', method, ':scheme', scheme, ':authority', authority, ':path', target];
  const regular = toFields(headers);
  for (let i = 0; i < regular.length; i += 2) {
    const name = regular[i] as string;
    if (name !== 'host') fields.push(name, regular[i + 1] as string);
  }
  return fields;
}

/** A WebSocket over HTTP/2 (RFC 8441 §5): needs a backend whose SETTINGS allow it. */
export function webSocketFields(line: RequestLine, headers: Headers): string[] {
  const kept = headers.clone();
  kept.delete('sec-websocket-key');
  return [':method', 'CONNECT', ':protocol', 'websocket', ...requestFields(line, kept).slice(2)];
}

/** As HTTP/1.1 would say it, for the record. */
export function fieldsText(startLine: string, fields: readonly string[]): string {
  return `${startLine}\r\n${toLines(fields.filter((_, i) => !fields[i - (i % 2)]?.startsWith(':')))}`;
}

/** Throws ProxyError BAD_RESPONSE. `endStream`: no body follows. */
export function responseHead(
  flat: readonly string[],
  { method, endStream, limits }: { method: string; endStream: boolean; limits: ParserLimits },
): ResponseHead {
  const { pseudo, regular } = splitFields(flat, 'BAD_RESPONSE');
  const status = pseudo.get(':status') ?? '';
  if (pseudo.size !== 1 || !/^[1-9]\d\d$/.test(status) || status === '101')
    throw new ProxyError('BAD_RESPONSE', 'the backend sent no valid :status (RFC 9113 §8.3.2)');
  const head = parse(`HTTP/1.1 ${status} \r\n${toLines(regular)}`, method, limits);
  head.keepAlive = true;
  if (endStream) head.framing = 'none';
  else if (head.framing === 'close') head.framing = 'chunked';
  return head;
}

function parse(text: string, method: string, limits: ParserLimits): ResponseHead {
  if (text.length > limits.headBytes)
    throw new ProxyError('BAD_RESPONSE', `the backend sent a head of more than ${limits.headBytes} bytes`);
  try {
    return parseResponseHead(Buffer.from(text, 'latin1'), method, limits);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProxyError('BAD_RESPONSE', `the backend sent no valid response: ${reason}`, { cause: error });
  }
}

/** What a server of HTTP/1.1 would have answered to an upgrade that a backend of HTTP/2 took with 200 (RFC 8441 §5). */
export function switchingHead(response: ResponseHead, webSocketKey: string): ResponseHead {
  const lines = toLines(['upgrade', 'websocket', 'connection', 'Upgrade', ...response.headers.flat]);
  const accept = `sec-websocket-accept: ${webSocketAccept(webSocketKey)}\r\n`;
  const raw = Buffer.from(`HTTP/1.1 101 Switching Protocols\r\n${accept}${lines}`, 'latin1');
  return parseResponseHead(raw, 'GET', { headers: 10_000 });
}

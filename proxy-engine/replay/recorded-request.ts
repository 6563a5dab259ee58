/** A recorded exchange as a request to send again: as its client sent it, before any rule. */
import type { Exchange, HeaderLines } from '../contract/exchange.ts';
import { REDACTED } from '../contract/redaction.ts';
import { fromWire, toWire } from '../match/wire-text.ts';
import { type RequestParts, writtenUrl } from './compose-request.ts';

export interface RequestEdits {
  method?: string | undefined;
  url?: string | undefined;
  /** As people write them; lines that they left alone keep their bytes. */
  headers?: HeaderLines | undefined;
  body?: Buffer | undefined;
}

/** Why it cannot be sent again as it was; null: it can. */
export function replayProblem({ id, method, request }: Exchange, edits: RequestEdits): string | null {
  if (method === 'CONNECT') return `exchange ${id} is a tunnel; replay what went through it`;
  if (request.headers.some(([name]) => name.toLowerCase() === 'upgrade'))
    return `exchange ${id} is a WebSocket, which needs a client that stays`;
  const { sizeBytes, captured, truncated } = request.body;
  if (!truncated || edits.body !== undefined) return null;
  const kept = `only ${captured} of the ${sizeBytes} bytes of its body were kept`;
  return `exchange ${id} cannot be sent again as it was: ${kept}; raise capture.bodies, or edit it and give a body`;
}

/** `body`: as it was sent. */
export function recordedParts(exchange: Exchange, body: Buffer, edits: RequestEdits): RequestParts {
  const { request, protocol } = exchange;
  const url = urlOf(exchange);
  return {
    method: edits.method ?? request.method,
    url: edits.url === undefined ? url : writtenUrl(edits.url),
    headers: edits.headers
      ? editedLines(request.headers, edits.headers)
      : linesFor(request.headers.filter(isKept), url, edits.url),
    body: edits.body ?? body,
    trailers: edits.body ? [] : request.trailers.filter(isKept),
    protocol,
  };
}

/** Names of headers whose values stayed elsewhere, in lower case: it was read from a file that was written without them. */
export function redactedNames({ request }: Exchange): string[] {
  const lines = [...request.headers, ...request.trailers].filter((line) => !isKept(line));
  return [...new Set(lines.map(([name]) => name.toLowerCase()))];
}

function isKept([, value]: HeaderLines[number]): boolean {
  return value !== REDACTED;
}

/** In the form of an absolute URL. */
export function urlOf({ scheme, host, request: { target } }: Pick<Exchange, 'scheme' | 'host' | 'request'>): string {
  return /^[a-z]+:\/\//i.test(target) ? target : `${scheme}://${host}${target}`;
}

/** To another host goes no Host of the old one. */
function linesFor(lines: HeaderLines, before: string, after: string | undefined): HeaderLines {
  if (after === undefined || authorityOf(after) === authorityOf(before)) return lines;
  return lines.filter(([name]) => name.toLowerCase() !== 'host');
}

function authorityOf(url: string): string {
  return /^(?:[a-z]+:\/\/)?([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

function editedLines(before: HeaderLines, edited: HeaderLines): HeaderLines {
  return edited.map(([name, value]) => {
    const same = before.find((line) => line[0] === name && (line[1] === value || fromWire(line[1]) === value));
    return same ?? [toWire(name), toWire(value)];
  });
}

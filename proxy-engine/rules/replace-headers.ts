/** Header lines as a script or a person left them, put back into a message. */
import type { HeaderLines } from '../contract/exchange.ts';
import type { LiveExchange } from '../exchange.ts';
import { type Headers, sameName } from '../http/headers.ts';
import { fromWire, toWire } from '../match/wire-text.ts';
import { FRAMING_HEADERS } from './actions/headers.ts';

type Line = [name: string, value: string];

/**
 * Puts `lines` (bytes as latin1) in place of all header lines. Lines that somebody was shown as text and left alone keep their
 * bytes, whatever these are; framing lines stay as they were.
 */
export function replaceHeaders(headers: Headers, lines: HeaderLines): void {
  const before = headers.lines();
  const kept = lines.filter((line) => !isFraming(line) || before.some((one) => isSame(one, line)));
  const framing = before.filter((line) => isFraming(line) && !kept.some((one) => isSame(one, line)));
  headers.deleteWhere(() => true);
  for (const line of [...kept, ...framing])
    headers.append(line[0], before.find((one) => isSame(one, line))?.[1] ?? line[1]);
}

/** The same for the request. Of several Host lines the last counts (RFC 9112 §3.2 allows one), and goes to the backend when it is another than before. */
export function replaceRequestHeaders(exchange: LiveExchange, lines: HeaderLines): void {
  const before = exchange.outgoing.headers.get('host');
  const headers = exchange.editRequestHeaders();
  replaceHeaders(headers, lines);
  const host = headers.lines().findLast(([name]) => sameName(name, 'host'))?.[1];
  if (host === undefined) return;
  headers.set('Host', host);
  if (host !== before) exchange.writeHost(host);
}

function isSame([name, value]: Line, [otherName, otherValue]: Line): boolean {
  return name === otherName && (value === otherValue || toWire(fromWire(value)) === otherValue);
}

function isFraming([name]: Line): boolean {
  return FRAMING_HEADERS.has(name.toLowerCase());
}

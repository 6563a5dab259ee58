/** `Max-Forwards`: how many more hops a TRACE or OPTIONS may go (RFC 9110 §7.6.2). */
import type { LiveExchange } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import type { Answer } from '../rules/answer.ts';
import { headText } from '../upstream/forward-headers.ts';

/** What TRACE must not tell (RFC 9110 §9.3.8). */
const SECRETS = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** The answer when this is the last hop; null: it goes on, with one hop less to go. */
export function answerAtLastHop(exchange: LiveExchange): Answer | null {
  const { method } = exchange;
  if (method !== 'TRACE' && method !== 'OPTIONS') return null;
  const value = exchange.requestHeader('max-forwards');
  if (value === undefined || !/^\d{1,9}$/.test(value)) return null;
  if (Number(value) === 0) return method === 'TRACE' ? traced(exchange) : ownOptions();
  exchange.editRequestHeaders().set('Max-Forwards', String(Number(value) - 1));
  return null;
}

function traced({ method, outgoing }: LiveExchange): Answer {
  const headers = outgoing.headers.clone();
  headers.deleteWhere((name) => SECRETS.has(name.toLowerCase()));
  const body = Buffer.from(headText(`${method} ${outgoing.target} HTTP/1.1`, headers), 'latin1');
  return { status: 200, headers: new Headers(['Content-Type', 'message/http']), body, bodyFile: null, error: null };
}

function ownOptions(): Answer {
  return { status: 204, headers: new Headers(), body: null, bodyFile: null, error: null };
}

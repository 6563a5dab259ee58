import type { Backend } from '../balancer/backend.ts';
import { ProxyError } from '../errors.ts';
import { passesOf } from '../upstream/forward-headers.ts';
import type { AttemptSeries } from './attempt-series.ts';

/** Proxies of the same name behind one another: more are a loop through others (RFC 9110 §7.6.3). */
const MAX_PASSES = 5;

/** Why the exchange must not go to `backend`: it would come back here. null: it may. */
export function loopAt({ host, port, name, address }: Backend, series: AttemptSeries): ProxyError | null {
  const { context, exchange, upstream } = series;
  if (context.isOwnAddress(host, port, upstream.lane.ofForward === true))
    return new ProxyError('LOOP', `backend ${name} (${address}) is this proxy itself`);
  const { via } = upstream.pool.config.forwarded;
  const passes = via === false ? 0 : passesOf(exchange.request.headers, via);
  if (passes < MAX_PASSES) return null;
  return new ProxyError('LOOP', `the request has been through ${via} ${passes} times already (Via)`);
}

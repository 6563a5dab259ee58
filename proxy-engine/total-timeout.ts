/** How long a whole exchange may take: what its pool says (`timeouts.total`) or its gRPC client (`grpc-timeout`), whichever is less. */
import type { Pool } from './balancer/pool.ts';
import { ProxyError } from './errors.ts';
import type { LiveExchange } from './exchange.ts';
import { clientTimeoutMs } from './grpc/call.ts';

/** Milliseconds; Infinity: for ever. */
export function totalTimeoutMs(exchange: LiveExchange, pool: Pool): number {
  return Math.min(poolTimeoutMs(pool), clientTimeoutMs(exchange));
}

/** A client that waits for too short a time says nothing about the backend. */
export function totalTimeoutError(exchange: LiveExchange, pool: Pool): ProxyError {
  const [ofPool, ofClient] = [poolTimeoutMs(pool), clientTimeoutMs(exchange)];
  return ofClient < ofPool
    ? new ProxyError('DEADLINE_EXCEEDED', `not done within ${ofClient} ms (grpc-timeout)`)
    : new ProxyError('TOTAL_TIMEOUT', `not done within ${ofPool} ms`);
}

function poolTimeoutMs({ config }: Pool): number {
  return config.timeouts.total || Number.POSITIVE_INFINITY;
}

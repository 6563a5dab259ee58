/** How long a whole exchange may take: what its pool says (`timeouts.total`) or its gRPC client (`grpc-timeout`), whichever is less. */
import type { Pool } from '../balancer/pool.ts';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { clientTimeoutMs, isGrpcCall } from '../grpc/call.ts';
import { isEventStream } from '../http/media-type.ts';
import type { ProxyContext } from '../proxy-context.ts';

/** The exchange that has a deadline. */
interface Timed extends Deadline {
  readonly exchange: LiveExchange;
  readonly context: ProxyContext;
}

/** From now on. */
export function armTotalTimeout(timed: Timed, pool: Pool): void {
  endWithin(timed, Math.min(poolTimeoutMs(timed.exchange, pool), clientTimeoutMs(timed.exchange)));
}

/** Does nothing when it may take for ever. */
export function endWithin(timed: Timed, ms: number): void {
  if (ms === Number.POSITIVE_INFINITY) return;
  timed.deadlineAt = timed.context.clock.now() + ms;
  timed.context.deadlines.add(timed);
}

/** No deadline any more. Gives what was left, milliseconds; Infinity: it had none. */
export function dropDeadline(timed: Timed): number {
  const { deadlineAt, context } = timed;
  if (deadlineAt === Number.POSITIVE_INFINITY) return deadlineAt;
  timed.deadlineAt = Number.POSITIVE_INFINITY;
  context.deadlines.delete(timed);
  return Math.max(0, deadlineAt - context.clock.now());
}

/** A client that waits for too short a time says nothing about the backend. With a fault on the way nobody can tell what else took so long. */
export function totalTimeoutError(exchange: LiveExchange, pool: Pool): ProxyError {
  const [ofPool, ofClient] = [poolTimeoutMs(exchange, pool), clientTimeoutMs(exchange)];
  const byFault = exchange.attempts.some(({ fault }) => fault !== null);
  return ofClient < ofPool
    ? new ProxyError('DEADLINE_EXCEEDED', `not done within ${ofClient} ms (grpc-timeout)`, { byFault })
    : new ProxyError('TOTAL_TIMEOUT', `not done within ${ofPool} ms`, { byFault });
}

/** The head of the response is there: an event stream may go on for ever. */
export function dropDeadlineOfStream(timed: Timed): void {
  if (
    timed.deadlineAt !== Number.POSITIVE_INFINITY &&
    isEventStream(timed.exchange.answered?.headers.get('content-type'))
  )
    dropDeadline(timed);
}

/** A gRPC call may be a stream, and its client says by itself how long it waits. */
function poolTimeoutMs(exchange: LiveExchange, { config }: Pool): number {
  const { total } = config.timeouts;
  return total > 0 && !isGrpcCall(exchange) ? total : Number.POSITIVE_INFINITY;
}

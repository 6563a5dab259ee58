import { isGrpcCall } from '../grpc/call.ts';
import type { AttemptSeries } from './attempt-series.ts';

/**
 * Whether a backend that takes all it is sent waits for more of the request: then it is the client that may be late, which has a time of
 * its own (`requestTimeout`), unless it is of gRPC. `continued`: the backend has said 100, before which some clients send no body.
 */
export function isClientsTurn({ exchange, body }: AttemptSeries, continued: boolean): boolean {
  const { request, outgoing, requestSizeBytes } = exchange;
  const hasMore = !body.ended && outgoing.framing !== 'none' && !isGrpcCall(exchange);
  return hasMore && (continued || requestSizeBytes > 0 || !request.expectContinue);
}

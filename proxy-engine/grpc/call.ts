/** Whether an exchange is a gRPC call, how long its client waits, and whether its response can still say how it ends. */
import type { LiveExchange } from '../exchange.ts';
import { grpcTimeoutMs, isGrpc } from './status.ts';

/** gRPC needs HTTP/2: to a client of HTTP/1.1 a status of HTTP says more. */
export function isGrpcCall({ protocol, request }: LiveExchange): boolean {
  return protocol === 'HTTP/2' && isGrpc(request.headers.get('content-type'));
}

/** Of a response that has begun: gRPC's status stands in the trailers. */
export function endsWithGrpcStatus(exchange: LiveExchange): boolean {
  const headers = exchange.answered?.headers;
  return isGrpcCall(exchange) && isGrpc(headers?.get('content-type')) && headers?.has('content-length') !== true;
}

/** Milliseconds that a gRPC client waits for its answer; Infinity: it did not say. */
export function clientTimeoutMs(exchange: LiveExchange): number {
  const asked = isGrpcCall(exchange) ? grpcTimeoutMs(exchange.request.headers.get('grpc-timeout')) : null;
  return asked ?? Number.POSITIVE_INFINITY;
}

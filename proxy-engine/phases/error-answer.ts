import type { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { isGrpcCall } from '../grpc/call.ts';
import { grpcErrorHeaders } from '../grpc/status.ts';
import { errorAnswer, type OwnAnswer, reasonOf } from '../http/own-answer.ts';

/** In words that the client of that exchange understands: of gRPC it has a status of its own. */
export function errorAnswerTo(exchange: LiveExchange, error: ProxyError): OwnAnswer {
  if (!isGrpcCall(exchange)) {
    const answer = errorAnswer(error, exchange.pool);
    if (exchange.attempts.at(-1)?.fault) answer.headers.append('X-Switchyard-Fault', error.code);
    return answer;
  }
  return { status: 200, reason: reasonOf(200), headers: grpcErrorHeaders(error, exchange.pool), body: Buffer.alloc(0) };
}

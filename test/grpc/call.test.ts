import { expect, test } from 'vitest';
import type { LiveExchange } from '../../proxy-engine/exchange.ts';
import { clientTimeoutMs, endsWithGrpcStatus, isGrpcCall } from '../../proxy-engine/grpc/call.ts';
import { sampleExchange } from '../store/sample-exchanges.ts';

interface Case {
  protocol?: string;
  asks?: string;
  answers?: string;
  hasLength?: boolean;
}

const GRPC = 'application/grpc+proto';

function exchange({ protocol = 'HTTP/2', asks = GRPC, answers = GRPC, hasLength = false }: Case): LiveExchange {
  const requestHeaders = [`Content-Type: ${asks}`, 'grpc-timeout: 2S'];
  const live = Object.assign(sampleExchange({ id: 1, requestHeaders, contentType: answers }), { protocol });
  if (!hasLength) live.editResponseHeaders().delete('content-length');
  return live;
}

test.each<[what: string, of: Case, isCall: boolean, endsInTrailers: boolean]>([
  ['a call', {}, true, true],
  ['over HTTP/1.1', { protocol: 'HTTP/1.1' }, false, false],
  ['something else over HTTP/2', { asks: 'application/json' }, false, false],
  ['one that is answered with something else', { answers: 'text/html' }, true, false],
  ['one whose answer says its length', { hasLength: true }, true, false],
])('%s', (_, of, isCall, endsInTrailers) => {
  const live = exchange(of);
  expect([isGrpcCall(live), endsWithGrpcStatus(live)]).toEqual([isCall, endsInTrailers]);
  expect(clientTimeoutMs(live)).toBe(isCall ? 2000 : Number.POSITIVE_INFINITY);
});

test('a call that has no answer yet cannot say how it ends', () => {
  const live = exchange({});
  live.answered = null;
  expect(endsWithGrpcStatus(live)).toBe(false);
});

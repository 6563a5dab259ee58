import { expect, test } from 'vitest';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { grpcErrorHeaders, grpcStatusOf, grpcTimeoutMs, isGrpc } from '../../proxy-engine/grpc/status.ts';

test.each([
  ['application/grpc', true],
  ['application/grpc+proto', true],
  ['Application/gRPC; charset=utf-8', true],
  ['application/grpc-web', false],
  ['application/grpcish', false],
  ['text/plain', false],
  [undefined, false],
])('%s is gRPC: %s', (contentType, expected) => {
  expect(isGrpc(contentType)).toBe(expected);
});

test.each([
  ['BAD_REQUEST', 13],
  ['NO_ROUTE', 12],
  ['LIMITED', 14],
  ['CONNECT_REFUSED', 14],
  ['NO_BACKEND', 14],
  ['HEAD_TIMEOUT', 14],
  ['TOTAL_TIMEOUT', 4],
  ['DEADLINE_EXCEEDED', 4],
  ['RULE_FAILED', 2],
] as const)('%s is grpc-status %i', (code, status) => {
  expect(grpcStatusOf(new ProxyError(code, ''))).toBe(status);
});

test('a message is percent-encoded', () => {
  const headers = grpcErrorHeaders(new ProxyError('NO_BACKEND', '100 % né\r\n'), '上');
  expect(headers.get('grpc-message')).toBe('100 %25 n%C3%A9%0D%0A');
  expect(headers.get('x-switchyard-pool')).toBe('\xe4\xb8\x8a');
});

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3000],
  ['250m', 250],
  ['500u', 0.5],
  ['0n', 0],
  ['123456789m', null],
  ['1', null],
  ['-1S', null],
  ['1s', null],
  [undefined, null],
])('grpc-timeout %s is %s ms', (value, ms) => {
  expect(grpcTimeoutMs(value)).toBe(ms);
});

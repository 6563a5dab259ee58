import { expect, it } from 'vitest';
import { connectFailure } from '../../proxy-engine/upstream/connect-failure.ts';

it.each([
  ['ENOTFOUND', 'getaddrinfo', 'DNS_FAILED'],
  ['EAI_AGAIN', 'getaddrinfo', 'DNS_FAILED'],
  ['EAI_FAIL', undefined, 'DNS_FAILED'],
  ['ENOMEM', 'getaddrinfo', 'DNS_FAILED'],
  ['ECONNREFUSED', 'connect', 'CONNECT_REFUSED'],
  ['EHOSTUNREACH', 'connect', 'CONNECT_FAILED'],
])('%s of %s is %s', (code, syscall, expected) => {
  const error = Object.assign(new Error('it failed'), { code, ...(syscall && { syscall }) });
  expect(connectFailure(error, false).code).toBe(expected);
});

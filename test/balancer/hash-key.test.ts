import { expect, test } from 'vitest';
import { hashKey } from '../../proxy-engine/balancer/hash-key.ts';
import type { PoolConfig } from '../../proxy-engine/contract/config.ts';
import { subject } from '../support/backends.ts';

const request = subject({
  path: '/a/b',
  query: 'id=7&name=J%C3%BCrgen+K&empty=',
  clientIp: '10.0.0.9',
  headers: { 'x-user': 'ann', 'x-empty': '', cookie: 'sid=1; session=abc=def; other = x ;bare' },
});

test.each<[PoolConfig['hash'], string | null]>([
  [{ on: 'header', name: 'X-User' }, 'ann'],
  [{ on: 'header', name: 'x-none' }, null],
  [{ on: 'header', name: 'x-empty' }, null],
  [{ on: 'cookie', name: 'session' }, 'abc=def'],
  [{ on: 'cookie', name: 'other' }, 'x '],
  [{ on: 'cookie', name: 'bare' }, null],
  [{ on: 'query', name: 'id' }, '7'],
  [{ on: 'query', name: 'name' }, 'J%C3%BCrgen+K'],
  [{ on: 'query', name: 'empty' }, null],
  [{ on: 'path' }, '/a/b'],
  [{ on: 'client_ip' }, '10.0.0.9'],
  [undefined, null],
])('%j → %j', (hash, expected) => {
  expect(hashKey({ policy: 'ketama', hash }, request)).toBe(expected);
});

test.each([
  ['/p', '/p'],
  ['/p?', '/p?'],
  ['/p?a=1', '/p?a=1'],
])('uri is what stands in the request line: %s', (target, expected) => {
  expect(hashKey({ policy: 'maglev', hash: { on: 'uri' } }, subject({ path: '/p', target }))).toBe(expected);
});

test('ip_hash needs no hash', () => {
  expect(hashKey({ policy: 'ip_hash' }, request)).toBe('10.0.0.9');
});

// As nginx reads them is compared with the real one, in differential-nginx.test.ts; Envoy's rules are those of its source.
test.each([
  ['a=1&A=2', '1', '1'],
  ['A=2&a=1', '2', '1'],
  ['aa=1&xa=2&a=3', '3', '3'],
  ['a', null, ''],
  ['a=', null, ''],
  ['a=&a=1', null, ''],
  ['a&a=1', '1', ''],
  ['b=1', null, null],
])('the parameter a of %s is %j to nginx and %j to Envoy', (query, nginx, envoy) => {
  expect(bothOf({ on: 'query', name: 'a' }, { query })).toEqual([nginx, envoy]);
});

test.each([
  ['a=1; A=2', '1', '1'],
  ['A=2; a=1', '2', '1'],
  ['aa=1; a=2', '2', '2'],
  ['a="1"', '"1"', '1'],
  ['a = 1 ; b=2', '1 ', null],
  ['b=2,a=1', '1', null],
  ['a=1,b=2', '1,b=2', '1,b=2'],
  ['a; b=2; a=1', '1', '1'],
  ['a;a=1', null, '1'],
  ['a=', null, null],
  ['', null, null],
  // The next semicolon is not looked for behind each comma.
  [','.repeat(2 ** 20), null, null],
])('the cookie a of %.80j is %j to nginx and %j to Envoy', (cookie, nginx, envoy) => {
  expect(bothOf({ on: 'cookie', name: 'a' }, { headers: { cookie } })).toEqual([nginx, envoy]);
});

test('an empty header is no key to nginx, and one like others to Envoy', () => {
  expect(bothOf({ on: 'header', name: 'A' }, { headers: { a: '' } })).toEqual([null, '']);
});

function bothOf(hash: PoolConfig['hash'], of: Parameters<typeof subject>[0]): (string | null)[] {
  return (['ketama', 'ring_hash'] as const).map((policy) => hashKey({ policy, hash }, subject(of)));
}

import { expect, test } from 'vitest';
import { hashKey, readCookie } from '../../proxy-engine/balancer/hash-key.ts';
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
  [{ on: 'cookie', name: 'other' }, 'x'],
  [{ on: 'cookie', name: 'bare' }, null],
  [{ on: 'query', name: 'id' }, '7'],
  [{ on: 'query', name: 'name' }, 'J%C3%BCrgen+K'],
  [{ on: 'query', name: 'empty' }, null],
  [{ on: 'path' }, '/a/b'],
  [{ on: 'uri' }, '/a/b?id=7&name=J%C3%BCrgen+K&empty='],
  [{ on: 'client_ip' }, '10.0.0.9'],
  [undefined, null],
])('%j → %j', (hash, expected) => {
  expect(hashKey({ policy: 'ketama', hash }, request)).toBe(expected);
});

test('without a query the uri is the path', () => {
  expect(hashKey({ policy: 'maglev', hash: { on: 'uri' } }, subject({ path: '/p' }))).toBe('/p');
});

test('ip_hash needs no hash', () => {
  expect(hashKey({ policy: 'ip_hash' }, request)).toBe('10.0.0.9');
});

test.each([
  [undefined, 'a', undefined],
  ['', 'a', undefined],
  ['a=1', 'a', '1'],
  ['aa=1; a=2', 'a', '2'],
  ['a=1; a=2', 'a', '1'],
  ['a=', 'a', ''],
])('cookie %j: %s is %j', (header, name, expected) => {
  expect(readCookie(header, name)).toBe(expected);
});

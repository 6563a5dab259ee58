import { describe, expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { ketama, pointsOf } from '../../proxy-engine/balancer/ketama.ts';
import { backendAt } from '../support/backends.ts';
import vectors from '../vectors/ketama-nginx.json' with { type: 'json' };

const isAvailable = (backend: Backend) => backend.available;

function servers(...authorities: string[]): Backend[] {
  return authorities.map((authority) => {
    const [address = '', weight = '1'] = authority.split(' × ');
    return backendAt(`http://${address}`, { name: address, weight: Number(weight) });
  });
}

test.each(vectors.cases.map((entry, index) => ({ index, ...entry })))('case $index of what nginx did', (entry) => {
  const backends = entry.servers.map(({ address, weight, state }) =>
    backendAt(`http://${address}`, { weight, state: state === 'maint' ? 'maint' : 'ready' }),
  );
  const policy = ketama(backends);
  // nginx was asked through $arg_k, which is the query as the client encoded it.
  const pick = (key: string) => policy.next(isAvailable, encodeURIComponent(key))?.port;
  const picks = Object.keys(entry.picks).map((key) => [key, pick(key)]);
  expect(Object.fromEntries(picks)).toEqual(entry.picks);
});

test.each([
  ['127.0.0.1:7777', [0x323bd7a0, 0x03f353a8, 0x72869567, 0xbcc04ddc]],
  ['127.0.0.1', [0xc3b5e186, 0x38787b01]],
  // nginx hashes the brackets, Pingora does not.
  ['[::1]:7777', [0x370cd7c4]],
])('the first points of %s', (server, points) => {
  expect([...pointsOf(server, points.length)]).toEqual(points);
});

// Pingora's published tests; it builds the same ring as nginx for these.
test.each([
  [['127.0.0.1:7777', '127.0.0.1:7778'], '/some/path', '127.0.0.1:7778'],
  [['127.0.0.1:7777', '127.0.0.1:7778'], '/some/longer/path', '127.0.0.1:7777'],
  [['127.0.0.1:7777', '127.0.0.1:7778'], '/g', '127.0.0.1:7777'],
  [['127.0.0.1:7777', '127.0.0.1:7778'], '/sad/zaidoon', '127.0.0.1:7778'],
  [['127.0.0.1:12345 × 1', '127.0.0.2:12345 × 2', '127.0.0.3:12345 × 3'], 'some_key', '127.0.0.3:12345'],
  [['127.0.0.1:12345 × 1', '127.0.0.2:12345 × 2', '127.0.0.3:12345 × 3'], 'another_key', '127.0.0.3:12345'],
  [['127.0.0.1:12345 × 1', '127.0.0.2:12345 × 2', '127.0.0.3:12345 × 3'], 'last_key', '127.0.0.2:12345'],
])('%j: %s → %s', (authorities, key, expected) => {
  expect(ketama(servers(...authorities)).next(isAvailable, key)?.name).toBe(expected);
});

// Every hundredth row of the sample of nginx that Pingora publishes: nine servers of weight 100 each. All 1,001 agree.
test.each([
  ['/81fa1d251d605775d647b5b55565e71526d4cef6', 7],
  ['/87654ba6f96f359e4418b3368ae2256a3c2dad51', 2],
  ['/5e89a982f7f165b47fef959e10c32afa1e01783e', 1],
  ['/233de62d4ed3f6e6a8d847500ed8be500970bd0e', 8],
  ['/1a93e7ac8192b94e62372c526a858203ab55f82c', 9],
  ['/6f6d1b8ccb3515ea7a4dfbba821b7e24f0af890e', 8],
  ['/383d327d7129f3b712ff73766f8ce42c74e53b15', 3],
  ['/391aed0b4c3552fe6045ee9e9fa5b1d749dad8f8', 5],
  ['/6a69c385697c7ed6b85ced626d993b02216c2186', 6],
  ['/1c91cb4395964c049653b422be092ecc6957ccb1', 3],
  ['/658e0cefd2b9a97b2dd840c2a243afc0dbf06cf1', 9],
])('of nine of weight 100: %s → 10.0.0.%i', (key, last) => {
  const nine = servers(...Array.from({ length: 9 }, (_, i) => `10.0.0.${i + 1}:443 × 100`));
  expect(ketama(nine).next(isAvailable, key)?.host).toBe(`10.0.0.${last}`);
});

describe('what nginx leaves to round robin', () => {
  test('a request without a key', () => {
    const policy = ketama(servers('127.0.0.1:1', '127.0.0.1:2'));
    const names = Array.from({ length: 4 }, () => policy.next(isAvailable, null)?.port);
    expect(names).toEqual([1, 2, 1, 2]);
  });

  test('a pool of one', () => {
    expect(ketama(servers('127.0.0.1:1')).next(isAvailable, 'any')?.port).toBe(1);
  });

  test('a ring whose next 21 points are all out', () => {
    const backends = servers('127.0.0.1:1 × 256', '127.0.0.1:2 × 1');
    const policy = ketama(backends);
    const isSecond = ({ port }: Backend) => port === 2;
    const keys = Array.from({ length: 50 }, (_, i) => `key ${i}`);
    expect(keys.map((key) => policy.next(isSecond, key)?.port)).toEqual(keys.map(() => 2));
  });
});

test('weight 0 has no points', () => {
  const policy = ketama(servers('127.0.0.1:1 × 0', '127.0.0.1:2', '127.0.0.1:3'));
  const ports = new Set(Array.from({ length: 200 }, (_, i) => policy.next(() => true, `key ${i}`)?.port));
  expect([...ports].toSorted()).toEqual([2, 3]);
});

test('two that are written alike share their points and take turns', () => {
  const policy = ketama([
    backendAt('http://localhost:1', { name: 'x' }),
    backendAt('http://localhost:1', { name: 'y' }),
    backendAt('http://localhost:2', { name: 'z' }),
  ]);
  const key = Array.from({ length: 50 }, (_, i) => `${i}`).find((k) => policy.next(isAvailable, k)?.name !== 'z') ?? '';
  const picks = Array.from({ length: 4 }, () => policy.next(isAvailable, key)?.name);
  expect(picks.toSorted()).toEqual(['x', 'x', 'y', 'y']);
});

test('nobody eligible: no pick', () => {
  expect(ketama(servers('127.0.0.1:1', '127.0.0.1:2')).next(() => false, 'k')).toBeNull();
});

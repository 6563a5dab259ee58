import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
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
  [['127.0.0.1:7777', '127.0.0.1:7778'], '/pingora/team/is/cool/and/this/is/a/long/uri', '127.0.0.1:7778'],
  [['127.0.0.1:7777', '127.0.0.1:7778'], '/i/am/not/confident/in/this/code', '127.0.0.1:7777'],
  [['127.0.0.1:12345 × 1', '127.0.0.2:12345 × 2', '127.0.0.3:12345 × 3'], 'some_key', '127.0.0.3:12345'],
  [['127.0.0.1:12345 × 1', '127.0.0.2:12345 × 2', '127.0.0.3:12345 × 3'], 'another_key', '127.0.0.3:12345'],
  [['127.0.0.1:12345 × 1', '127.0.0.2:12345 × 2', '127.0.0.3:12345 × 3'], 'last_key', '127.0.0.2:12345'],
])('%j: %s → %s', (authorities, key, expected) => {
  expect(ketama(servers(...authorities)).next(isAvailable, key)?.name).toBe(expected);
});

test('all 1,001 answers of an nginx with nine of weight 100 that Pingora publishes', () => {
  const rows = readFileSync(new URL('../vectors/ketama-pingora.csv', import.meta.url), 'utf8').split('\n');
  expect(rows).toHaveLength(1001);
  const policy = ketama(servers(...Array.from({ length: 9 }, (_, i) => `10.0.0.${i + 1}:443 × 100`)));
  const ours = rows
    .map((row) => row.slice(0, row.indexOf(',')))
    .map((key) => `${key},${policy.next(isAvailable, key)?.name}`);
  expect(ours).toEqual(rows);
});

// Pingora's tests `consistency_after_adding_host` and `node_iter`.
test.each([10, 11])('of %i hosts, the keys a and b are where they were', (count) => {
  const policy = ketama(servers(...Array.from({ length: count }, (_, i) => `127.0.0.${i + 1}:6443`)));
  expect(['a', 'b'].map((key) => policy.next(isAvailable, key)?.name)).toEqual(['127.0.0.10:6443', '127.0.0.5:6443']);
});

test.each([
  [
    [7777, 7778, 7779],
    [7778, 7779, 7779, 7777, 7777, 7778, 7778, 7779],
  ],
  [
    [7777, 7779],
    [7779, 7779, 7777, 7777, 7779],
  ],
])('points of %j that are out are stepped over in the order of the ring', (ports, order) => {
  const policy = ketama(servers(...ports.map((port) => `127.0.0.1:${port}`)));
  const asked: number[] = [];
  policy.next(({ port }) => asked.push(port) < 0, 'doghash');
  // Each is asked twice: for itself, and as one of those that are written alike.
  expect(asked.filter((_, i) => i % 2 === 0).slice(0, order.length)).toEqual(order);
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

  test.each([
    ['the 21st point is the last that counts', 20, 1],
    ['the 22nd does not', 21, 2],
  ])('%s', (_what, steps, different) => {
    const backends = servers('127.0.0.1:1 × 60', '127.0.0.1:2', '127.0.0.1:3');
    const ring = backends
      .flatMap(({ authority, weight }) => [...pointsOf(authority, 160 * weight)].map((point) => ({ point, authority })))
      .toSorted((a, b) => a.point - b.point);
    const stepsOverFirst = (key: string) => {
      const start = ring.findIndex(({ point }) => point >= crc32(key));
      return start < 0 ? -1 : ring.slice(start).findIndex(({ authority }) => authority !== '127.0.0.1:1');
    };
    const key = Array.from({ length: 2000 }, (_, i) => `key ${i}`).find((k) => stepsOverFirst(k) === steps) ?? '';
    const policy = ketama(backends);
    const picks = Array.from({ length: 4 }, () => policy.next(({ port }) => port !== 1, key)?.port);
    expect([key === '', new Set(picks).size]).toEqual([false, different]);
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

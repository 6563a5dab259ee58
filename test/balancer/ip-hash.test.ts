import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { hashedBytes, ipHash } from '../../proxy-engine/balancer/ip-hash.ts';
import { backendsOf } from '../support/backends.ts';

test.each([
  ['10.1.2.3', [10, 1, 2]],
  ['::ffff:10.1.2.3', [10, 1, 2]],
  ['::FFFF:10.1.2.3', [10, 1, 2]],
  ['::1', [...Array(15).fill(0), 1]],
  ['2001:db8::ff00:42:8329', [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x42, 0x83, 0x29]],
  ['fe80::1%eth0', [0xfe, 0x80, ...Array(13).fill(0), 1]],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ['64:ff9b::1.2.3.4', [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]],
  ['unix', null],
  ['', null],
])('of %s the bytes %j count', (address, bytes) => {
  expect(hashedBytes(address)).toEqual(bytes);
});

/** What nginx computes: h = 89, then (h × 113 + byte) mod 6271 for each byte. */
function hashOf(bytes: readonly number[]): number {
  return bytes.reduce((hash, byte) => (hash * 113 + byte) % 6271, 89);
}

test.each([[[1, 1, 1]], [[1, 2, 5]]])('weights %j: the hash chooses by weight', (weights) => {
  const policy = ipHash(backendsOf(weights));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const byWeight = weights.flatMap((weight, i) => Array<string>(weight).fill('abc'[i] as string));
  for (let net = 0; net < 256; net++) {
    const expected = byWeight[hashOf([10, net, 7]) % total];
    expect(policy.next(() => true, `10.${net}.7.200`)?.name).toBe(expected);
  }
});

test('addresses of one /24 stay together', () => {
  const policy = ipHash(backendsOf([1, 1, 1, 1]));
  const names = new Set(Array.from({ length: 256 }, (_, i) => policy.next(() => true, `192.168.7.${i}`)?.name));
  expect(names.size).toBe(1);
});

test('clients of the others stay when one goes; its own go on with the hash', () => {
  const policy = ipHash(backendsOf([1, 1, 1]));
  const isNotA = ({ name }: Backend) => name !== 'a';
  for (let net = 0; net < 256; net++) {
    const before = policy.next(() => true, `10.0.${net}.1`)?.name;
    const after = policy.next(isNotA, `10.0.${net}.1`)?.name;
    if (before === 'a') expect(after).toMatch(/[bc]/);
    else expect(after).toBe(before);
  }
});

test('no IP address, or a pool of one: round robin', () => {
  const policy = ipHash(backendsOf([1, 1]));
  expect(Array.from({ length: 4 }, () => policy.next(() => true, 'unix')?.name).join('')).toBe('abab');
  expect(ipHash(backendsOf([1])).next(() => true, '10.0.0.1')?.name).toBe('a');
});

test('weight 0 gets nobody; nobody eligible: no pick', () => {
  const policy = ipHash(backendsOf([0, 1, 1]));
  const names = new Set(Array.from({ length: 256 }, (_, i) => policy.next(() => true, `10.0.${i}.1`)?.name));
  expect([...names].toSorted()).toEqual(['b', 'c']);
  expect(policy.next(() => false, '10.0.0.1')).toBeNull();
});

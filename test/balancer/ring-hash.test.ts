import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import {
  buildHashRing,
  firstAtLeast,
  type HashRing,
  normalisedWeights,
  ringHash,
  walk,
} from '../../proxy-engine/balancer/ring-hash.ts';
import type { Hash64 } from '../../proxy-engine/balancer/xxhash64.ts';
import { backendAt, backendsOf, seededRandom } from '../support/backends.ts';
import vectors from '../vectors/consistent-hashing-envoy.json' with { type: 'json' };

const PORTS = [90, 91, 92, 93, 94, 95];
const backends = PORTS.map((port) => backendAt(`http://127.0.0.1:${port}`));

function hashOf(decimal: string | bigint): Hash64 {
  const hash = BigInt(decimal);
  return { hi: Number(hash >> 32n), lo: Number(hash & 0xffffffffn) };
}

function ringOf({ hosts, weights, sizes }: { hosts: string[]; weights: number[]; sizes: number[] }): HashRing {
  const [minSize = 0, maxSize = 0] = sizes;
  return buildHashRing(
    hosts.map((address, i) => ({ address, weight: weights[i] as number })),
    minSize,
    maxSize,
  );
}

test.each(vectors.rings)("the ring of Envoy's test $name", (vector) => {
  const ring = ringOf(vector);
  const entries = Array.from(ring.owners, (owner, i) => [
    ((BigInt(ring.hi[i] as number) << 32n) | BigInt(ring.lo[i] as number)).toString(),
    owner,
  ]);
  expect(entries).toEqual(vector.entries);
  for (const [hash, owner] of vector.picks)
    expect([hash, ring.owners[firstAtLeast(ring, hashOf(String(hash)))]]).toEqual([hash, owner]);
});

test.each(vectors.largeRings)("entries and hits of Envoy's test $name", ({ entries, samples, hits, ...vector }) => {
  const ring = ringOf(vector);
  expect(entries.map((_, owner) => ring.owners.filter((of) => of === owner).length)).toEqual(entries);
  const counts = hits.map(() => 0);
  for (let i = 0; i < samples; i++) {
    const owner = ring.owners[firstAtLeast(ring, hashOf(BigInt(i) * ((2n ** 64n - 1n) / BigInt(samples))))] as number;
    counts[owner] = (counts[owner] as number) + 1;
  }
  expect(counts).toEqual(hits);
});

test("as Envoy's test LopsidedWeightSmallScale: of 1,023 light ones each 128th has an entry", () => {
  const { heavy, picks } = vectors.lopsidedRing;
  const ring = ringOf({
    hosts: Array.from({ length: 1024 }, (_, i) => `127.0.0.1:${i}`),
    weights: Array.from({ length: 1024 }, (_, i) => (i === 0 ? 127 * 1023 : 1)),
    sizes: [1024, 1024],
  });
  expect(ring.owners.filter((owner) => owner === 0)).toHaveLength(heavy);
  for (const [hash, owner] of picks)
    expect([hash, ring.owners[firstAtLeast(ring, hashOf(String(hash)))]]).toEqual([hash, owner]);
});

test("as Envoy's test BasicWithRetryHostPredicate: who is asked while the owner is not eligible", () => {
  const ring = buildHashRing(backends, 12, 12);
  const asked: number[] = [];
  expect(walk(ring, backends, ({ port }) => asked.push(port) > 3, hashOf('0'))?.port).toBe(95);
  expect(asked).toEqual([94, 92, 90, 95]);
});

test('entries follow the weights', () => {
  const { owners } = buildHashRing(backendsOf([1, 2, 5]), 1024, 8 * 1024 * 1024);
  const counts = [0, 1, 2].map((owner) => owners.filter((of) => of === owner).length);
  expect(counts).toEqual([128, 256, 640]);
});

test('weight 0 has no entry, and a ring of nobody is empty', () => {
  expect(new Set(buildHashRing(backendsOf([0, 1]), 64, 1024).owners)).toEqual(new Set([1]));
  expect(buildHashRing(backendsOf([0]), 64, 1024).owners).toHaveLength(0);
  expect(normalisedWeights(backendsOf([0, 0]))).toEqual([0, 0]);
});

test('a key whose owner is out goes to the next entry and comes back', () => {
  const policy = ringHash(backends, seededRandom(1));
  const owner = policy.next(() => true, 'user 1') as Backend;
  const other = policy.next((backend) => backend !== owner, 'user 1');
  expect(other).not.toBe(owner);
  expect(policy.next(() => true, 'user 1')).toBe(owner);
});

test('without a key: any; nobody eligible: no pick', () => {
  const policy = ringHash(backends, seededRandom(2));
  const ports = new Set(Array.from({ length: 200 }, () => policy.next(() => true, null)?.port));
  expect([...ports].toSorted()).toEqual(PORTS);
  expect(policy.next(() => false, 'k')).toBeNull();
  expect(policy.next(() => false, null)).toBeNull();
});

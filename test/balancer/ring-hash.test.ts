import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { buildHashRing, firstAtLeast, normalisedWeights, ringHash } from '../../proxy-engine/balancer/ring-hash.ts';
import { backendAt, backendsOf, seededRandom } from '../support/backends.ts';

const PORTS = [90, 91, 92, 93, 94, 95];
const backends = PORTS.map((port) => backendAt(`http://127.0.0.1:${port}`));
const ring = buildHashRing(backends, 12, 8 * 1024 * 1024);

// The ring of Envoy's own unit test: two entries a host.
test('six hosts and a ring of twelve are where Envoy puts them', () => {
  const entries = Array.from(ring.owners, (owner, i) => [
    ((BigInt(ring.hi[i] as number) << 32n) | BigInt(ring.lo[i] as number)).toString(),
    PORTS[owner],
  ]);
  expect(entries).toEqual([
    ['833437586790550860', 94],
    ['928266305478181108', 92],
    ['1033482794131418490', 90],
    ['3551244743356806947', 95],
    ['3851675632748031481', 93],
    ['5583722120771150861', 91],
    ['6311230543546372928', 91],
    ['7700377290971790572', 93],
    ['13144177310400110813', 95],
    ['13444792449719432967', 92],
    ['15516499411664133160', 94],
    ['16117243373044804889', 90],
  ]);
});

test.each([
  ['0', 94],
  ['18446744073709551615', 94],
  ['3551244743356806947', 95],
  ['3551244743356806948', 93],
])('hash %s belongs to port %d', (text, port) => {
  const hash = BigInt(text);
  const at = firstAtLeast(ring, { hi: Number(hash >> 32n), lo: Number(hash & 0xffffffffn) });
  expect(PORTS[ring.owners[at] as number]).toBe(port);
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

import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { buildMaglevTable, maglev } from '../../proxy-engine/balancer/maglev.ts';
import { backendAt, backendsOf, seededRandom } from '../support/backends.ts';

const PORTS = [90, 91, 92, 93, 94, 95];
const backends = PORTS.map((port) => backendAt(`http://127.0.0.1:${port}`));

test("the table of Envoy's own unit test", () => {
  const owners = Array.from(buildMaglevTable(backends, 7), (owner) => PORTS[owner]);
  expect(owners).toEqual([92, 94, 90, 91, 95, 90, 93]);
});

test.each([
  [
    [1, 2],
    [21_846, 43_691],
  ],
  [
    [1, 1, 1],
    [21_846, 21_846, 21_845],
  ],
])('weights %j get %j of 65,537 slots', (weights, slots) => {
  const table = buildMaglevTable(backendsOf(weights), 65_537);
  expect(weights.map((_, owner) => table.filter((of) => of === owner).length)).toEqual(slots);
});

test('the order of the config does not matter', () => {
  const owned = (list: readonly Backend[]) => Array.from(buildMaglevTable(list, 101), (i) => list[i]?.port);
  expect(owned(backends.toReversed())).toEqual(owned(backends));
});

test('weight 0 has no slot, and a table of nobody is empty', () => {
  expect(new Set(buildMaglevTable(backendsOf([0, 1]), 101))).toEqual(new Set([1]));
  expect(buildMaglevTable(backendsOf([0]), 101)).toHaveLength(0);
});

test('a key whose owner is out goes to another and comes back', () => {
  const policy = maglev(backends, seededRandom(1));
  const owner = policy.next(() => true, 'user 1') as Backend;
  expect(policy.next((backend) => backend !== owner, 'user 1')).not.toBe(owner);
  expect(policy.next(() => true, 'user 1')).toBe(owner);
});

test('one that is light is found however few slots it has', () => {
  const policy = maglev(backendsOf([256, 256, 256, 1]), seededRandom(1));
  const picks = Array.from({ length: 30 }, (_, i) => policy.next(({ name }) => name === 'd', `key ${i}`)?.name);
  expect(new Set(picks)).toEqual(new Set(['d']));
});

test('without a key: any; nobody eligible: no pick', () => {
  const policy = maglev(backends, seededRandom(2));
  const ports = new Set(Array.from({ length: 200 }, () => policy.next(() => true, null)?.port));
  expect([...ports].toSorted()).toEqual(PORTS);
  expect(policy.next(() => false, 'k')).toBeNull();
  expect(maglev(backendsOf([0]), seededRandom(1)).next(() => true, 'k')).toBeNull();
});

import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { buildMaglevTable, lookUp, maglev } from '../../proxy-engine/balancer/maglev.ts';
import { backendAt, backendsOf, seededRandom } from '../support/backends.ts';
import vectors from '../vectors/consistent-hashing-envoy.json' with { type: 'json' };

const PORTS = [90, 91, 92, 93, 94, 95];
const backends = PORTS.map((port) => backendAt(`http://127.0.0.1:${port}`));

test.each(vectors.maglev)("the table of Envoy's test $name", ({ hosts, weights, owners }) => {
  const named = hosts.map((address, i) => ({ address, weight: weights[i] as number }));
  expect([...buildMaglevTable(named, owners.length)]).toEqual(owners);
});

test("as Envoy's test LocalityWeightedLopsided: 1,023 light ones have a slot each, and a heavy one the rest", () => {
  const light = Array.from({ length: 1023 }, (_, i) => ({ address: `127.0.0.1:${i + 1}`, weight: 1 }));
  const table = buildMaglevTable([{ address: '127.0.0.1:0', weight: 127 * 1023 }, ...light], 65_537);
  const slots = new Uint16Array(1024);
  for (const owner of table) slots[owner] = (slots[owner] as number) + 1;
  expect([...slots]).toEqual([65_537 - 1023, ...light.map(() => 1)]);
});

test("as Envoy's test BasicWithRetryHostPredicate: who is asked while the owner is not eligible", () => {
  const table = buildMaglevTable(backends, 7);
  const asked: number[] = [];
  const take = (at: number) => (backend: Backend) => asked.push(backend.port) > at;
  const ports = [0, 1, 2].map((at) => {
    asked.length = 0;
    return lookUp(table, backends, take(at), { hi: 0, lo: 10 })?.port;
  });
  expect(ports).toEqual([91, 90, 95]);
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

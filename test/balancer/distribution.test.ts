/** 100,000 picks: how far from its theoretical share may a backend be, and how few keys move when something changes? */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { createPolicy } from '../../proxy-engine/balancer/create-policy.ts';
import type { PolicyName } from '../../proxy-engine/contract/config.ts';
import { backendsOf, seededRandom } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

const PICKS = 100_000;
const ALL = () => true;

function policyOf(name: PolicyName, backends: readonly Backend[]) {
  return createPolicy(name, backends, { random: seededRandom(2026), clock: new FakeClock() });
}

/** Picks per backend for `count` keys. */
function counts(name: PolicyName, weights: readonly number[], keyOf: (i: number) => string): number[] {
  const backends = backendsOf(weights);
  const policy = policyOf(name, backends);
  const totals = weights.map(() => 0);
  for (let i = 0; i < PICKS; i++) {
    const at = backends.indexOf(policy.next(ALL, keyOf(i)) as Backend);
    totals[at] = (totals[at] ?? 0) + 1;
  }
  return totals;
}

/** Largest distance from the expected share, as a part of it. */
function deviation(totals: readonly number[], weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Math.max(...totals.map((count, i) => Math.abs((count * sum) / (PICKS * (weights[i] as number)) - 1)));
}

const uri = (i: number) => `/item/${i}`;
const client = (i: number) => `10.${(i >> 14) & 0xff}.${(i >> 6) & 0xff}.1`;

/*
 * Exact policies: off by less than one round. Random ones: 4.5 standard deviations of a binomial with n = 100,000,
 * sqrt((1 - p) / (p n)) each. Rings: n points a backend spread its share by 1/sqrt(n), 160 a unit of weight on ketama
 * (8 % a unit), 1024 in all on ring_hash; the table of maglev is even to a slot, so what is left is the keys themselves.
 */
test.each<[PolicyName, number[], (i: number) => string, number]>([
  ['round_robin', [5, 1, 1], uri, 0.001],
  ['round_robin', [3, 2, 4, 1], uri, 0.001],
  ['least_request', [5, 1, 1], uri, 0.001],
  ['random', [1, 1, 1], uri, 0.0201],
  ['random', [5, 1, 1], uri, 0.0349],
  ['peak_ewma', [1, 1, 1], uri, 0.0201],
  ['maglev', [1, 1, 1], uri, 0.0201],
  ['maglev', [1, 2, 5], uri, 0.0377],
  ['ring_hash', [1, 1, 1], uri, 0.25],
  ['ring_hash', [1, 2, 5], uri, 0.4],
  ['ketama', [1, 1, 1], uri, 0.24],
  ['ketama', [1, 2, 5], uri, 0.24],
  ['ip_hash', [1, 1, 1], client, 0.05],
])('%s with weights %j', (name, weights, keyOf, most) => {
  expect(deviation(counts(name, weights, keyOf), weights)).toBeLessThanOrEqual(most);
});

test('first: all on the first', () => {
  expect(counts('first', [1, 1, 1], uri)).toEqual([PICKS, 0, 0]);
});

describe('keys that move', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => uri(i));
  const owners = (name: PolicyName, weights: readonly number[], eligible: (backend: Backend) => boolean = ALL) => {
    const policy = policyOf(name, backendsOf(weights));
    return keys.map((key) => policy.next(eligible, key)?.name as string);
  };
  const moved = (before: readonly string[], after: readonly string[]) =>
    before.flatMap((owner, i) => (owner === after[i] ? [] : [{ from: owner, to: after[i] as string }]));

  test.each<[PolicyName]>([['ketama'], ['ring_hash'], ['maglev']])(
    '%s: one that is out gives its own away, nobody else any',
    (name) => {
      const changes = moved(
        owners(name, [1, 1, 1, 1]),
        owners(name, [1, 1, 1, 1], (backend) => backend.name !== 'b'),
      );
      expect(new Set(changes.map(({ from }) => from))).toEqual(new Set(['b']));
    },
  );

  test('ketama: a heavier backend takes keys, the others exchange none', () => {
    const changes = moved(owners('ketama', [1, 1, 1, 1]), owners('ketama', [1, 1, 1, 2]));
    expect(new Set(changes.map(({ to }) => to))).toEqual(new Set(['d']));
    // From 1/4 to 2/5 of the ring: 15 %.
    expect(changes.length / keys.length).toBeGreaterThan(0.1);
    expect(changes.length / keys.length).toBeLessThan(0.2);
  });

  test('maglev: hardly more keys than must move', () => {
    const changes = moved(owners('maglev', [4, 4, 4, 4]), owners('maglev', [4, 4, 4, 5]));
    const mustMove = 5 / 17 - 4 / 16;
    expect(changes.length / keys.length).toBeGreaterThan(mustMove * 0.9);
    // The paper's price for evenness: some keys move between the others, too.
    expect(changes.length / keys.length).toBeLessThan(mustMove * 3);
  });

  test.each<[PolicyName]>([['ketama'], ['ring_hash'], ['maglev']])(
    '%s: weight 0 is as if it were not there',
    (name) => {
      const without = owners(name, [1, 1, 0]);
      expect(without).not.toContain('c');
      if (name !== 'maglev') expect(without).toEqual(owners(name, [1, 1]));
    },
  );
});

import { expect, test } from 'vitest';
import { leastRequest } from '../../proxy-engine/balancer/least-request.ts';
import { backendsOf } from '../support/backends.ts';

/** Picks one after the other, each of which stays in flight. */
function held(weights: readonly number[], length: number, inFlight: readonly number[] = []): string {
  const backends = backendsOf(weights);
  inFlight.forEach((count, i) => {
    for (let n = 0; n < count; n++) backends[i]?.attemptStarted();
  });
  const policy = leastRequest(backends);
  const pick = () => {
    const backend = policy.next(() => true, null);
    backend?.attemptStarted();
    return backend?.name;
  };
  return Array.from({ length }, pick).join('');
}

test.each([
  // What ties left behind counts in the next tie, which is why the second round is another.
  ['one by one', [1, 1, 1], [], 'abccba'],
  ['the idle ones first', [1, 1, 1], [2, 0, 1], 'bbccab'],
  ['for its weight', [4, 1], [], 'abaaaabaaa'],
  ['a tie between unequal weights', [2, 1], [2, 1], 'aba'],
] as const)('%s: weights %j, in flight %j → %s', (_name, weights, inFlight, expected) => {
  expect(held(weights, expected.length, inFlight)).toBe(expected);
});

test('all idle: the sequence of smooth weighted round robin', () => {
  const policy = leastRequest(backendsOf([5, 1, 1]));
  expect(Array.from({ length: 7 }, () => policy.next(() => true, null)?.name).join('')).toBe('aabacaa');
});

test('one that is out does not count; nobody eligible: no pick', () => {
  const policy = leastRequest(backendsOf([1, 1, 1]));
  expect(Array.from({ length: 4 }, () => policy.next(({ name }) => name !== 'a', null)?.name).join('')).toBe('bcbc');
  expect(policy.next(() => false, null)).toBeNull();
});

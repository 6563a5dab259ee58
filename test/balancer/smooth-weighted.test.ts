import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { smoothWeighted } from '../../proxy-engine/balancer/smooth-weighted.ts';
import { backendsOf } from '../support/backends.ts';
import vectors from '../vectors/smooth-weighted-nginx.json' with { type: 'json' };

function sequence(
  weights: readonly number[],
  length: number,
  isOut: (backend: Backend) => boolean = () => false,
): string {
  const policy = smoothWeighted(backendsOf(weights));
  return Array.from({ length }, () => policy.next((backend) => !isOut(backend), null)?.name).join('');
}

test.each(vectors.cases)('picks as nginx did for weights $weights', ({ weights, sequence: expected }) => {
  const letters = expected.map((index) => String.fromCharCode(97 + index)).join('');
  expect(sequence(weights, expected.length)).toBe(letters);
});

test.each([
  [[5, 1, 1], 'aabacaa'],
  [[3, 2, 1], 'abacba'],
  [[1, 2], 'bab'],
  [[4, 2, 2, 1], 'abcadabca'],
])('weights %j give %s', (weights, expected) => {
  expect(sequence(weights, expected.length)).toBe(expected);
});

test('one that is out neither gains weight nor counts', () => {
  expect(sequence([2, 1, 1], 6, ({ name }) => name === 'a')).toBe('bcbcbc');
});

test('nobody eligible: no pick', () => {
  expect(smoothWeighted(backendsOf([1, 1])).next(() => false, null)).toBeNull();
});

import { expect, test } from 'vitest';
import { Backend } from '../../proxy-engine/balancer/backend.ts';
import { smoothWeighted } from '../../proxy-engine/balancer/smooth-weighted.ts';
import { systemClock } from '../../proxy-engine/clock.ts';
import vectors from '../vectors/smooth-weighted-nginx.json' with { type: 'json' };

function backendsOf(weights: readonly number[]): Backend[] {
  return weights.map((weight, index) => {
    const config = { url: `http://127.0.0.1:${3001 + index}`, weight, state: 'ready', backup: false } as const;
    return new Backend(config, 0, systemClock);
  });
}

function sequence(
  weights: readonly number[],
  length: number,
  isOut: (index: number) => boolean = () => false,
): number[] {
  const backends = backendsOf(weights);
  const policy = smoothWeighted();
  const eligible = (backend: Backend) => !isOut(backends.indexOf(backend));
  return Array.from({ length }, () => backends.indexOf(policy.next(backends, eligible, null) as Backend));
}

test.each(vectors.cases)('picks as nginx does for weights $weights', (vector) => {
  expect(sequence(vector.weights, vector.sequence.length)).toEqual(vector.sequence);
});

test('a backend that is out neither gains weight nor counts', () => {
  expect(sequence([2, 1, 1], 6, (index) => index === 0)).toEqual([1, 2, 1, 2, 1, 2]);
});

test('nobody eligible: no pick', () => {
  expect(smoothWeighted().next(backendsOf([1, 1]), () => false, null)).toBeNull();
});

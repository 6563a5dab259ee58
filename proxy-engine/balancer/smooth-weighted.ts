import type { Backend } from './backend.ts';
import type { Eligible, Policy } from './policy.ts';

/**
 * Smooth weighted round robin, nginx's sequence bit for bit: weights 5, 1, 1 give a a b a c a a.
 * Each eligible backend gains its weight, the greatest wins (the first among equals) and pays the sum of all.
 * Backends that are not eligible neither gain weight nor count in the sum.
 */
export function smoothWeighted(backends: readonly Backend[]): Policy {
  const current = new Float64Array(backends.length);
  return { next: (eligible) => smoothStep(backends, current, eligible) };
}

/** One step of the sequence over the eligible ones of `backends`; `current` holds what each has gained so far. */
export function smoothStep(backends: readonly Backend[], current: Float64Array, eligible: Eligible): Backend | null {
  let best = -1;
  let bestGain = 0;
  let total = 0;
  for (let i = 0; i < backends.length; i++) {
    const backend = backends[i] as Backend;
    if (!eligible(backend)) continue;
    const weight = backend.effectiveWeight;
    const gain = (current[i] as number) + weight;
    current[i] = gain;
    total += weight;
    if (best >= 0 && gain <= bestGain) continue;
    best = i;
    bestGain = gain;
  }
  if (best < 0) return null;
  current[best] = bestGain - total;
  return backends[best] as Backend;
}

import type { Backend } from './backend.ts';
import type { Policy } from './policy.ts';

/**
 * Smooth weighted round robin, nginx's sequence bit for bit: weights 5, 1, 1 give a a b a c a a.
 * Each eligible backend gains its weight, the greatest wins (the first among equals) and pays the sum of all.
 * Backends that are not eligible neither gain weight nor count in the sum.
 */
export function smoothWeighted(): Policy {
  const current = new WeakMap<Backend, number>();
  return {
    next(backends, eligible) {
      let best: Backend | null = null;
      let bestWeight = 0;
      let total = 0;
      for (const backend of backends) {
        if (!eligible(backend)) continue;
        const weight = (current.get(backend) ?? 0) + backend.weight;
        current.set(backend, weight);
        total += backend.weight;
        if (best === null || weight > bestWeight) {
          best = backend;
          bestWeight = weight;
        }
      }
      if (best) current.set(best, bestWeight - total);
      return best;
    },
  };
}

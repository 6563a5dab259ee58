import type { Backend } from './backend.ts';
import type { Eligible, Policy } from './policy.ts';

/** Weighted random. `random` answers in [0, 1). */
export function weightedRandom(backends: readonly Backend[], random: () => number): Policy {
  return { next: (eligible) => drawWeighted(backends, eligible, random) };
}

/** One eligible backend, drawn by weight; null: there is none. */
export function drawWeighted(backends: readonly Backend[], eligible: Eligible, random: () => number): Backend | null {
  let total = 0;
  for (const backend of backends) if (eligible(backend)) total += backend.effectiveWeight;
  let left = random() * total;
  let last: Backend | null = null;
  for (const backend of backends) {
    if (!eligible(backend)) continue;
    last = backend;
    left -= backend.effectiveWeight;
    if (left < 0) break;
  }
  return last;
}

import type { Backend } from './backend.ts';
import type { Eligible, Policy } from './policy.ts';
import { smoothStep } from './smooth-weighted.ts';

/**
 * The fewest requests in flight for its weight (nginx's `least_conn`, compared by cross multiplication so that nothing is
 * rounded); backends that tie take turns by smooth weighted round robin among themselves.
 */
export function leastRequest(backends: readonly Backend[]): Policy {
  const current = new Float64Array(backends.length);
  return {
    next(eligible) {
      const best = leastLoaded(backends, eligible);
      if (best === null) return null;
      return smoothStep(backends, current, (backend) => eligible(backend) && compareLoad(backend, best) === 0);
    },
  };
}

function leastLoaded(backends: readonly Backend[], eligible: Eligible): Backend | null {
  let best: Backend | null = null;
  for (const backend of backends)
    if (eligible(backend) && (best === null || compareLoad(backend, best) < 0)) best = backend;
  return best;
}

/** Negative: `a` has less in flight for its weight than `b`. */
function compareLoad(a: Backend, b: Backend): number {
  return a.inFlight * b.effectiveWeight - b.inFlight * a.effectiveWeight;
}

import type { PolicyName } from '../contract/config.ts';

/** Least share that a returning backend gets, so that it is seen to work (Envoy's min_weight_percent). */
const MIN_SHARE = 0.1;

/** Share of its weight that a backend gets `sinceMs` after it came back: from a tenth, in a line, to all of it (Envoy, aggression 1). */
export function slowStartShare(sinceMs: number, windowMs: number): number {
  if (sinceMs >= windowMs) return 1;
  return Math.max(MIN_SHARE, sinceMs / windowMs);
}

/** By key or in the order of the list there is no share to begin with; Envoy has slow start for taking turns and least request only. */
export function startsSlowly(policy: PolicyName): boolean {
  return ['round_robin', 'random', 'least_request', 'peak_ewma'].includes(policy);
}

import type { Clock } from '../clock.ts';
import type { PolicyName } from '../contract/config.ts';
import type { Backend } from './backend.ts';
import { firstAvailable } from './first.ts';
import { runAtOnce, type Slices } from './in-turns.ts';
import { ipHash } from './ip-hash.ts';
import { ketamaInSlices } from './ketama.ts';
import { leastRequest } from './least-request.ts';
import { maglevInSlices } from './maglev.ts';
import { peakEwma } from './peak-ewma.ts';
import type { Policy } from './policy.ts';
import { weightedRandom } from './random.ts';
import { ringHashInSlices } from './ring-hash.ts';
import { smoothWeighted } from './smooth-weighted.ts';

export interface PolicyDeps {
  /** In [0, 1). */
  random(): number;
  clock: Clock;
}

/** A policy over `backends` with the weights they have now, its ring or table built at once. */
export function createPolicy(name: PolicyName, backends: readonly Backend[], deps: PolicyDeps): Policy {
  return runAtOnce(policyInSlices(name, backends, deps));
}

/** As `createPolicy`; a large ring takes several slices. What is built while a weight changes is good for nothing. */
export function* policyInSlices(
  name: PolicyName,
  backends: readonly Backend[],
  { random, clock }: PolicyDeps,
): Slices<Policy> {
  switch (name) {
    case 'round_robin':
      return smoothWeighted(backends);
    case 'random':
      return weightedRandom(backends, random);
    case 'least_request':
      return leastRequest(backends);
    case 'peak_ewma':
      return peakEwma(backends, random, clock);
    case 'ketama':
      return yield* ketamaInSlices(backends);
    case 'ring_hash':
      return yield* ringHashInSlices(backends, random);
    case 'maglev':
      return yield* maglevInSlices(backends, random);
    case 'ip_hash':
      return ipHash(backends);
    case 'first':
      return firstAvailable(backends);
  }
}

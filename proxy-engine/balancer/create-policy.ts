import type { Clock } from '../clock.ts';
import type { PolicyName } from '../contract/config.ts';
import type { Backend } from './backend.ts';
import { firstAvailable } from './first.ts';
import { ipHash } from './ip-hash.ts';
import { ketama } from './ketama.ts';
import { leastRequest } from './least-request.ts';
import { maglev } from './maglev.ts';
import { peakEwma } from './peak-ewma.ts';
import type { Policy } from './policy.ts';
import { weightedRandom } from './random.ts';
import { ringHash } from './ring-hash.ts';
import { smoothWeighted } from './smooth-weighted.ts';

export interface PolicyDeps {
  /** In [0, 1). */
  random(): number;
  clock: Clock;
}

/** A policy over `backends` with the weights they have now: rings and tables are built here, before the first pick. */
export function createPolicy(name: PolicyName, backends: readonly Backend[], { random, clock }: PolicyDeps): Policy {
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
      return ketama(backends);
    case 'ring_hash':
      return ringHash(backends, random);
    case 'maglev':
      return maglev(backends, random);
    case 'ip_hash':
      return ipHash(backends);
    case 'first':
      return firstAvailable(backends);
  }
}

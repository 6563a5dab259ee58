import type { PolicyName } from '../../proxy-engine/contract/config.ts';

const listed: Record<PolicyName, true> = {
  round_robin: true,
  random: true,
  least_request: true,
  peak_ewma: true,
  ketama: true,
  ring_hash: true,
  maglev: true,
  ip_hash: true,
  first: true,
};

/** Every policy, in the order of config.md. */
export const POLICIES = Object.keys(listed) as PolicyName[];

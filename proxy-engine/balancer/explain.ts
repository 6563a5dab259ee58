/** Answers "which backend gets this key?" and what the ring looks like, without touching the policy that runs. */
import type { PoolConfig } from '../contract/config.ts';
import type { PoolExplanation } from '../contract/pool-commands.ts';
import { toWire } from '../match/wire-text.ts';
import type { Backend } from './backend.ts';
import { createPolicy, type PolicyDeps } from './create-policy.ts';
import type { Circle } from './policy.ts';

const KEYED: readonly PoolConfig['policy'][] = ['ketama', 'ring_hash', 'maglev', 'ip_hash'];

/** `slots`: in how many equal parts the circle is told. */
export function explainPolicy(
  { policy: name }: Pick<PoolConfig, 'policy'>,
  backends: readonly Backend[],
  deps: PolicyDeps,
  { key, slots }: { key: string | undefined; slots: number },
): PoolExplanation {
  if (!KEYED.includes(name)) return { keyed: false };
  const primaries = backends.filter(({ backup }) => !backup);
  const policy = createPolicy(name, primaries, deps);
  const wireKey = key === undefined ? undefined : toWire(key);
  const pick = wireKey === undefined ? null : policy.next((backend) => backend.available, wireKey);
  return {
    keyed: true,
    ...(policy.circle && { ring: ringOf(policy.circle, backends, wireKey, slots) }),
    ...(pick && { backend: pick.name }),
  };
}

/**
 * The backends that a request with this key may get now. Policies that choose by the request alone name one; those that
 * take turns or compare loads name every available one. Counts nothing.
 */
export function candidatesFor(
  { policy: name }: Pick<PoolConfig, 'policy'>,
  backends: readonly Backend[],
  deps: PolicyDeps,
  key: string | null,
): readonly Backend[] {
  const available = backends.filter((backend) => backend.available);
  const primaries = available.filter(({ backup }) => !backup);
  const tier = primaries.length > 0 ? primaries : available;
  if (name !== 'first' && (key === null || !KEYED.includes(name))) return tier;
  const isBackup = primaries.length === 0;
  const all = backends.filter(({ backup }) => backup === isBackup);
  const pick = createPolicy(name, all, deps).next((backend) => backend.available, key);
  return pick ? [pick] : [];
}

function ringOf(
  circle: Circle,
  backends: readonly Backend[],
  key: string | undefined,
  slots: number,
): NonNullable<PoolExplanation['ring']> {
  const owners = Array.from({ length: slots }, (_, i) => circle.ownerAt((i + 0.5) / slots));
  return {
    slots: owners.map((owner) => (owner ? backends.indexOf(owner) : -1)),
    ...(key !== undefined && { position: circle.positionOf(key) }),
  };
}

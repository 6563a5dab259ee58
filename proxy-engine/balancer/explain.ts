/** Answers "which backend gets this key?" and what the ring looks like, by the policy that runs; it takes no turn for that. */
import type { PoolConfig } from '../contract/config.ts';
import type { PoolExplanation } from '../contract/pool-commands.ts';
import { toWire } from '../match/wire-text.ts';
import type { Backend } from './backend.ts';
import type { Tiers } from './picker.ts';
import type { Circle, Eligible } from './policy.ts';

/** Enough to tell a share to a hundredth of a percent. */
const SHARE_SAMPLES = 2 ** 14;

/** Of a picker: who may get a request now, and the policies that run. Asking them costs no ring. */
interface Picking {
  eligible: Eligible;
  tiers: Tiers;
}

const KEYED: readonly PoolConfig['policy'][] = ['ketama', 'ring_hash', 'maglev', 'ip_hash'];

/** `slots`: in how many equal parts the circle is told. */
export function explainPolicy(
  { policy: name }: Pick<PoolConfig, 'policy'>,
  backends: readonly Backend[],
  picking: Picking,
  { key, slots }: { key: string | undefined; slots: number },
): PoolExplanation {
  if (!KEYED.includes(name)) return { keyed: false };
  const { policy } = picking.tiers.primary;
  const wireKey = key === undefined ? undefined : toWire(key);
  const [pick] = wireKey === undefined ? [] : candidatesFor(picking, wireKey);
  const owner = pick && policy.named?.(isEverybody, wireKey ?? null);
  return {
    keyed: true,
    ...(policy.circle && { ring: ringOf(policy.circle, backends, wireKey, slots) }),
    ...(pick && { backend: pick.name }),
    ...(owner && !picking.eligible(owner) && { insteadOf: owner.name }),
  };
}

/**
 * The backends that a request with this key may get now. Policies that choose by the request alone name one; those that
 * take turns or compare loads name every one that is eligible. Counts nothing.
 */
export function candidatesFor(
  { eligible, tiers: { primary, backup } }: Picking,
  key: string | null,
): readonly Backend[] {
  const { policy, backends } = primary.backends.some(eligible) ? primary : backup;
  const named = policy.named?.(eligible, key);
  return named ? [named] : backends.filter(eligible);
}

const isEverybody: Eligible = () => true;

/** Index of the owner of each of `slots` equal parts; -1: nobody's. */
function ownersOf(circle: Circle, backends: readonly Backend[], slots: number): number[] {
  const indexes = new Map(backends.map((backend, i) => [backend, i]));
  return Array.from({ length: slots }, (_, i) => {
    const owner = circle.ownerAt((i + 0.5) / slots);
    return owner ? (indexes.get(owner) ?? -1) : -1;
  });
}

function sharesOf(owners: readonly number[], count: number): number[] {
  const shares = Array.from({ length: count }, () => 0);
  for (const owner of owners) if (owner >= 0) shares[owner] = (shares[owner] as number) + 1 / owners.length;
  return shares;
}

function ringOf(
  circle: Circle,
  backends: readonly Backend[],
  key: string | undefined,
  slots: number,
): NonNullable<PoolExplanation['ring']> {
  return {
    slots: ownersOf(circle, backends, slots),
    shares: sharesOf(ownersOf(circle, backends, SHARE_SAMPLES), backends.length),
    ...(key !== undefined && { position: circle.positionOf(key) }),
  };
}

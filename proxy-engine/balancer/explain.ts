/** Answers "which backend gets this key?" and what the ring looks like, without touching the policy that runs. */
import type { PoolConfig } from '../contract/config.ts';
import type { PoolExplanation } from '../contract/pool-commands.ts';
import { toWire } from '../match/wire-text.ts';
import type { Backend } from './backend.ts';
import { createPolicy, type PolicyDeps } from './create-policy.ts';
import type { Circle, Eligible } from './policy.ts';

/** Enough to tell a share to a hundredth of a percent. */
const SHARE_SAMPLES = 2 ** 14;

export interface ExplainDeps extends PolicyDeps {
  /** Whom a request may get now. */
  eligible: Eligible;
}

const KEYED: readonly PoolConfig['policy'][] = ['ketama', 'ring_hash', 'maglev', 'ip_hash'];

/** `slots`: in how many equal parts the circle is told. */
export function explainPolicy(
  { policy: name }: Pick<PoolConfig, 'policy'>,
  backends: readonly Backend[],
  deps: ExplainDeps,
  { key, slots }: { key: string | undefined; slots: number },
): PoolExplanation {
  if (!KEYED.includes(name)) return { keyed: false };
  const [primaries, backups] = tiersOf(backends);
  const policy = createPolicy(name, primaries, deps);
  const { eligible } = deps;
  const wireKey = key === undefined ? undefined : toWire(key);
  const pick =
    wireKey === undefined
      ? null
      : (policy.next(eligible, wireKey) ?? createPolicy(name, backups, deps).next(eligible, wireKey));
  const owner = pick && policy.next(isEverybody, wireKey ?? null);
  return {
    keyed: true,
    ...(policy.circle && { ring: ringOf(policy.circle, backends, wireKey, slots) }),
    ...(pick && { backend: pick.name }),
    ...(owner && !eligible(owner) && { insteadOf: owner.name }),
  };
}

/**
 * The backends that a request with this key may get now. Policies that choose by the request alone name one; those that
 * take turns or compare loads name every one that is eligible. Counts nothing.
 */
export function candidatesFor(
  { policy: name }: Pick<PoolConfig, 'policy'>,
  backends: readonly Backend[],
  deps: ExplainDeps,
  key: string | null,
): readonly Backend[] {
  const [primaries, backups] = tiersOf(backends);
  const { eligible } = deps;
  const tier = primaries.some(eligible) ? primaries : backups;
  if (name !== 'first' && (key === null || !KEYED.includes(name))) return tier.filter(eligible);
  const pick = createPolicy(name, tier, deps).next(eligible, key);
  return pick ? [pick] : [];
}

const isEverybody: Eligible = () => true;

function tiersOf(backends: readonly Backend[]): [primaries: Backend[], backups: Backend[]] {
  return [backends.filter(({ backup }) => !backup), backends.filter(({ backup }) => backup)];
}

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

import type { PolicyName } from '../contract/config.ts';
import type { AttemptResult, Backend } from './backend.ts';
import { type PolicyDeps, policyInSlices } from './create-policy.ts';
import { type NextTurn, runInTurns, type Slices } from './in-turns.ts';
import type { Eligible, Policy } from './policy.ts';
import { smoothWeighted } from './smooth-weighted.ts';

export interface Pick {
  backend: Backend;
  /** Why this one, in a sentence: `round_robin`, `round_robin, a already tried`. */
  why: string;
}

export interface PickerConfig {
  policy: PolicyName;
  /** Percent; 0: never. */
  panicThreshold: number;
  connections: { queue: number };
}

/** Primaries or backups, each with a policy of its own. */
export interface Tier {
  backends: readonly Backend[];
  policy: Policy;
}

export interface Tiers {
  primary: Tier;
  backup: Tier;
}

/** Whom to ask when nobody is available that was not tried. */
interface LastResort {
  eligible: Eligible;
  why: string;
  /** Its ejection ends. */
  readmits: boolean;
}

const EMPTY: Tier = { backends: [], policy: { next: () => null } };
const NOBODY: Tiers = { primary: EMPTY, backup: EMPTY };

/** Whether it is full in a way that exchanges wait for: with a queue any way, without one only for a connection. */
function isBusy(backend: Backend, queue: number): boolean {
  return queue > 0 ? backend.full : backend.lacksConnections;
}

/** Nothing speaks against it, unless it is full. */
const isFaultless: Eligible = (backend) => backend.wanted && backend.sound;
const isAvailable: Eligible = (backend) => backend.available;
/** In a panic what was observed does not count. */
const isWanted: Eligible = (backend) => backend.wanted;
const isUsableInPanic: Eligible = (backend) => backend.wanted && !backend.full;
const isOnlyEjected: Eligible = (backend) => backend.wanted && backend.ejected && backend.record.health !== 'unhealthy';
const isAvailableButEjected: Eligible = (backend) => isOnlyEjected(backend) && !backend.full;

/** Which backends the policy is asked about, and in which order: primaries, backups, then those that are ejected or tried. */
export class Picker {
  readonly #config: PickerConfig;
  readonly #deps: PolicyDeps;
  readonly #readmit: (backend: Backend) => void;
  readonly #nextTurn: NextTurn;
  #ready = Promise.withResolvers<void>();
  /** Of the backends that there are. */
  #tiers = NOBODY;
  /** Those that were built last. */
  #built = NOBODY;
  #dropBuild = () => {};

  constructor(
    config: PickerConfig,
    deps: PolicyDeps,
    readmit: (backend: Backend) => void,
    nextTurn: NextTurn = setImmediate,
  ) {
    this.#config = config;
    this.#deps = deps;
    this.#readmit = readmit;
    this.#nextTurn = nextTurn;
  }

  /** Resolves when the ring of the backends that there are is whole. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Also after a weight changed: rings are built here, a large one in turns with everybody else. One that is overtaken is dropped. */
  setBackends(backends: readonly Backend[]): void {
    this.#dropBuild();
    if (this.#tiers === this.#built) this.#ready = Promise.withResolvers<void>();
    const primaries = backends.filter(({ backup }) => !backup);
    const backups = backends.filter(({ backup }) => backup);
    this.#tiers = {
      primary: meanwhile(this.#built.primary, primaries),
      backup: meanwhile(this.#built.backup, backups),
    };
    this.#dropBuild = runInTurns(this.#build(primaries, backups), (tiers) => this.#publish(tiers), this.#nextTurn);
  }

  #publish(tiers: Tiers): void {
    this.#built = tiers;
    this.#tiers = tiers;
    this.#ready.resolve();
  }

  *#build(primaries: readonly Backend[], backups: readonly Backend[]): Slices<Tiers> {
    return { primary: yield* this.#tier(primaries), backup: yield* this.#tier(backups) };
  }

  *#tier(backends: readonly Backend[]): Slices<Tier> {
    return { backends, policy: yield* policyInSlices(this.#config.policy, backends, this.#deps) };
  }

  pick(key: string | null, tried: readonly Backend[] | null): Pick | null {
    const { policy } = this.#config;
    const eligible = this.#usual;
    const isPanic = eligible === isUsableInPanic;
    const fresh: Eligible = tried === null ? eligible : (backend) => eligible(backend) && !tried.includes(backend);
    const primary = this.#tiers.primary.policy.next(fresh, key);
    if (primary) return { backend: primary, why: why(policy, isPanic, tried) };
    const backup = this.#tiers.backup.policy.next(fresh, key);
    if (backup) return { backend: backup, why: `${why(policy, isPanic, tried)}, backup: no other is available` };
    const last = this.#lastResort(tried);
    const pick = last && this.#next(last.eligible, key);
    if (!pick) return null;
    if (last.readmits) this.#readmit(pick);
    return { backend: pick, why: `${why(policy, false, tried)}, ${last.why}` };
  }

  get tiers(): Tiers {
    return this.#tiers;
  }

  /** Whom an exchange may get that has tried none. */
  get eligible(): Eligible {
    const usual = this.#usual;
    return this.#some(usual) ? usual : (this.#lastResort(null)?.eligible ?? usual);
  }

  get #usual(): Eligible {
    return this.#isPanicking() ? isUsableInPanic : isAvailable;
  }

  /**
   * Nobody while one that this exchange has not tried is only busy, and may be waited for. Else an ejected one that it has not
   * tried: it may be back, while the tried ones have just failed. Else a tried one again, the last one only when it is alone. Else,
   * when nobody is left that nothing speaks against, an ejected one: ejecting never empties a pool.
   */
  #lastResort(tried: readonly Backend[] | null): LastResort | null {
    if (this.#isWorthWaiting(tried)) return null;
    if (tried) {
      const isUntried: Eligible = (backend) => isAvailableButEjected(backend) && !tried.includes(backend);
      if (this.#some(isUntried)) return { eligible: isUntried, why: 'ejected but not tried', readmits: false };
      const eligible = this.#usual;
      const isNotTheLast: Eligible = (backend) => eligible(backend) && backend !== tried.at(-1);
      const again = this.#some(isNotTheLast) ? isNotTheLast : eligible;
      if (this.#some(again)) return { eligible: again, why: 'no other is available', readmits: false };
    }
    if (this.#some(isFaultless) || !this.#some(isAvailableButEjected)) return null;
    return { eligible: isAvailableButEjected, why: 'ejected but no other is left', readmits: true };
  }

  /** Whether one that was not tried and that nothing speaks against has no room now, and may be waited for. */
  #isWorthWaiting(tried: readonly Backend[] | null): boolean {
    const { queue } = this.#config.connections;
    return this.#some((backend) => isFaultless(backend) && isBusy(backend, queue) && !tried?.includes(backend));
  }

  /**
   * Whether an exchange that got none may wait: one that `pick` would give it lacks room only. Where there is a queue that is not
   * asked again: another thread may have made room since, or taken it.
   */
  get mayWait(): boolean {
    const { queue } = this.#config.connections;
    const usual = this.#isPanicking() ? isWanted : isFaultless;
    const counts = this.#some(usual) ? usual : isOnlyEjected;
    return this.#some((backend) => counts(backend) && (queue > 0 || backend.lacksConnections));
  }

  /** Whether an exchange that found only busy backends would be given one by now. */
  hasRoom(tried: readonly Backend[] | null): boolean {
    const eligible = this.#usual;
    const hasFresh = this.#some((backend) => eligible(backend) && !tried?.includes(backend));
    return hasFresh || this.#lastResort(tried) !== null;
  }

  /** No backend can become available any more: all have left the running config. */
  get isHopeless(): boolean {
    return !this.mayWait && !this.#some((backend) => !backend.isForsaken);
  }

  #some(eligible: Eligible): boolean {
    return this.#tiers.primary.backends.some(eligible) || this.#tiers.backup.backends.some(eligible);
  }

  #next(eligible: Eligible, key: string | null): Backend | null {
    return this.#tiers.primary.policy.next(eligible, key) ?? this.#tiers.backup.policy.next(eligible, key);
  }

  ended(backend: Backend, result: AttemptResult): void {
    const { policy } = backend.backup ? this.#tiers.backup : this.#tiers.primary;
    policy.ended?.(backend, result);
  }

  /** Fewer primaries are sound than the threshold says, yet some are: all get traffic (Envoy's panic). */
  #isPanicking(): boolean {
    const { panicThreshold } = this.#config;
    if (panicThreshold === 0) return false;
    let wanted = 0;
    let sound = 0;
    for (const backend of this.#tiers.primary.backends) {
      if (!backend.wanted) continue;
      wanted++;
      if (backend.sound) sound++;
    }
    return (
      wanted > 0 &&
      (100 * sound) / wanted < panicThreshold &&
      (sound > 0 || !this.#tiers.backup.backends.some(isAvailable))
    );
  }
}

/** While the new ring is built: the one before, as far as its backends are still there; the others take turns. */
function meanwhile({ policy: before }: Tier, backends: readonly Backend[]): Tier {
  const left = new Set(backends);
  const turns = smoothWeighted(backends);
  const stillThere =
    (eligible: Eligible): Eligible =>
    (backend) =>
      left.has(backend) && eligible(backend);
  const policy: Policy = {
    ...before,
    next: (eligible, key) => before.next(stillThere(eligible), key) ?? turns.next(eligible, key),
    named: (eligible, key) => before.named?.(stillThere(eligible), key) ?? null,
  };
  return { backends, policy };
}

/** Costs nothing on the plain path: the policy's name. */
function why(policy: string, isPanic: boolean, tried: readonly Backend[] | null): string {
  if (!isPanic && tried === null) return policy;
  const names = tried && [...new Set(tried.map(({ name }) => name))].join(', ');
  return [policy, isPanic ? 'panic: health ignored' : null, names ? `${names} already tried` : null]
    .filter((part) => part !== null)
    .join(', ');
}

import type { Backend } from '../balancer/backend.ts';
import { noteFailure } from '../balancer/recent-failures.ts';
import type { Clock } from '../clock.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { createGate } from '../gate.ts';
import { healthReason, nextStreak, type Streak } from './outcome.ts';
import { probe } from './probe.ts';
import type { ProbeLane } from './probe-connection.ts';
import type { ProbeResult } from './probe-tcp.ts';

const PROBES_AT_ONCE = 16;
/** A probe that has had no answer for so long costs nothing more: silent backends must not hold up the checks of the others. */
const PATIENCE_MS = 100;
const JITTER = 0.1;

export interface CheckerDeps {
  lane: ProbeLane;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** Health changed. */
  onFlip(backend: Backend, reason: string): void;
  /** Every probe that passed. */
  onPass(backend: Backend): void;
}

/** Probes the backends of one pool at their interval ±10 %, each for the first time at once. */
export class Checker {
  readonly #check: HealthCheckConfig;
  readonly #deps: CheckerDeps;
  readonly #throughGate = createGate(PROBES_AT_ONCE, PATIENCE_MS);
  readonly #stops = new Map<Backend, () => void>();

  constructor(check: HealthCheckConfig, deps: CheckerDeps) {
    this.#check = check;
    this.#deps = deps;
  }

  /** Checks these from now on, and no others. */
  watch(backends: readonly Backend[]): void {
    for (const [backend, stop] of this.#stops) {
      if (backends.includes(backend)) continue;
      stop();
      this.#stops.delete(backend);
    }
    for (const backend of backends) if (!this.#stops.has(backend)) this.#stops.set(backend, this.#checkOne(backend));
  }

  stop(): void {
    this.watch([]);
  }

  #checkOne(backend: Backend): () => void {
    let streak: Streak = { health: backend.record.health, passes: 0, failures: 0 };
    let stopped = false;
    let cancel = () => {};
    const round = async () => {
      const result = await this.#throughGate(async () =>
        stopped ? null : await probe(backend, this.#check, this.#deps.lane),
      );
      if (stopped || !result) return;
      streak = this.#take(backend, streak, result);
      const { clock, random } = this.#deps;
      cancel = clock.after(this.#check.interval * (1 - JITTER + 2 * JITTER * random()), () => void round());
    };
    void round();
    return () => {
      stopped = true;
      cancel();
    };
  }

  #take(backend: Backend, before: Streak, { passed, detail, tookMs }: ProbeResult): Streak {
    const { record } = backend;
    const now = this.#deps.clock.now();
    const streak = nextStreak(before, passed, this.#check);
    record.health = streak.health;
    record.healthReason = healthReason(streak, before.health, detail, this.#check);
    record.stats.note(now, tookMs, passed);
    if (!passed) noteFailure(record.recentFailures, now, detail);
    if (before.health === 'unhealthy' && streak.health === 'healthy') record.returnedAt = now;
    if (streak.health !== before.health) this.#deps.onFlip(backend, record.healthReason);
    if (passed) this.#deps.onPass(backend);
    return streak;
  }
}

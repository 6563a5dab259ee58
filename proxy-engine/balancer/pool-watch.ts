import type { BackendConfig, PoolConfig } from '../contract/config.ts';
import { createSource } from '../discovery/create-source.ts';
import type { BackendSource } from '../discovery/source.ts';
import type { ProxyError } from '../errors.ts';
import { Checker } from '../health/checker.ts';
import { Ejector } from '../health/ejector.ts';
import type { Backend } from './backend.ts';
import type { PoolDeps } from './pool-deps.ts';

export interface PoolWatchEvents {
  /** The health of a backend, or its ejection, has changed. `reason`: in a sentence. */
  onChange(backend: Backend, reason: string): void;
  /** The pool consists of these from now on. */
  onDiscovered(found: readonly BackendConfig[]): void;
  /** `discoveryProblem` has changed. */
  onProblem(): void;
}

/** What keeps a pool's backends up to date while its config runs: active checks, ejection after failed attempts, and discovery. */
export class PoolWatch {
  readonly #events: PoolWatchEvents;
  readonly #backends: () => readonly Backend[];
  readonly #checker: Checker | null = null;
  readonly #ejector: Ejector | null = null;
  readonly #source: BackendSource | null = null;
  #running = false;
  #discoveryProblem: string | null = null;

  /** `backends`: those of the pool now. A pool that another thread leads (`deps.lead`) is watched there: nothing is done here. */
  constructor(
    config: PoolConfig,
    deps: Required<PoolDeps>,
    backends: () => readonly Backend[],
    events: PoolWatchEvents,
  ) {
    this.#events = events;
    this.#backends = backends;
    if (deps.lead) {
      this.#discoveryProblem = deps.lead.discoveryProblem;
      return;
    }
    const { ejection, healthCheck, discover } = config;
    const { clock, random, lane } = deps;
    const { onChange } = events;
    if (ejection !== false)
      this.#ejector = new Ejector({ clock, config: ejection, hasCheck: healthCheck !== undefined, backends, onChange });
    const onPass = (backend: Backend) => this.readmit(backend, 'passed a check');
    if (healthCheck) this.#checker = new Checker(healthCheck, { lane, clock, random, onFlip: onChange, onPass });
    if (discover) this.#source = createSource(discover, deps);
  }

  /** Why its backends cannot be discovered; null: they can, or are listed in the config. */
  get discoveryProblem(): string | null {
    return this.#discoveryProblem;
  }

  /** What the leading thread says. */
  follow(discoveryProblem: string | null): void {
    this.#discoveryProblem = discoveryProblem;
  }

  start(): void {
    this.#running = true;
    this.#checker?.watch(this.#backends());
    this.#ejector?.start();
    this.#source?.start({
      onBackends: (found) => this.#events.onDiscovered(found),
      onProblem: (message) => {
        this.#discoveryProblem = message;
        this.#events.onProblem();
      },
    });
  }

  stop(): void {
    this.#running = false;
    this.#checker?.stop();
    this.#ejector?.stop();
    this.#source?.stop();
  }

  /** To be told when the pool has other backends. */
  backendsChanged(): void {
    if (!this.#running) return;
    this.#checker?.watch(this.#backends());
    this.#ejector?.backendsChanged();
  }

  /** An attempt at `backend` failed by its fault: ejects it when that is one too many. */
  attemptFailed(backend: Backend, error: ProxyError | null): void {
    this.#ejector?.attemptFailed(backend, error);
  }

  /** Ends its ejection. `why`: in a sentence. */
  readmit(backend: Backend, why: string): void {
    this.#ejector?.readmit(backend, why);
  }

  /** Verdicts of an earlier config's check or ejection, which nothing of this one would ever take back. */
  forgetUnwatched(): void {
    for (const { record } of this.#backends()) {
      if (!this.#checker) record.forgetHealth();
      if (!this.#ejector) record.ejection = null;
    }
  }
}

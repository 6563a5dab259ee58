import type { Clock } from '../clock.ts';
import type { PoolConfig } from '../contract/config.ts';
import type { PoolState } from '../contract/state.ts';
import { startChecks } from '../health/checker.ts';
import { ejectionTimeMs, mayEject } from '../health/ejection.ts';
import { probeTcp } from '../health/probe.ts';
import type { RequestSubject } from '../match/subject.ts';
import { type AttemptResult, Backend } from './backend.ts';
import type { Policy } from './policy.ts';
import { smoothWeighted } from './smooth-weighted.ts';

export interface PoolDeps {
  clock: Clock;
  /** State of some backend changed. */
  onChange(): void;
}

export interface Pick {
  backend: Backend;
  /** In a sentence. */
  why: string;
}

const RETURN_PROBE_MS = 1000;

/** `previous`: the pool of the same name that ran until now; what was observed of an address and set by hand is kept. */
export function createPool(name: string, config: PoolConfig, deps: PoolDeps, previous?: Pool): Pool {
  return new Pool(name, config, deps, previous);
}

export class Pool {
  readonly name: string;
  readonly config: PoolConfig;
  readonly backends: readonly Backend[];
  readonly #deps: PoolDeps;
  readonly #policy: Policy = smoothWeighted();
  #stops: (() => void)[] = [];

  constructor(name: string, config: PoolConfig, deps: PoolDeps, previous?: Pool) {
    this.name = name;
    this.config = config;
    this.#deps = deps;
    const maxInFlight = config.connections.maxInFlight;
    this.backends = (config.backends ?? []).map((entry) => {
      const address = new Backend(entry, maxInFlight, deps.clock).address;
      const before = previous?.backends.find((backend) => backend.address === address);
      const backend = new Backend(entry, maxInFlight, deps.clock, before);
      const configured = previous?.config.backends?.find((item) => item.url === entry.url)?.state;
      if (before && configured === entry.state) {
        backend.state = before.state;
        backend.stateBy = before.stateBy;
      }
      return backend;
    });
  }

  /** The backend for the next attempt; null when none is available. A tried one comes back only when no other is left. */
  pick(_subject: RequestSubject, tried: readonly Backend[] | null): Pick | null {
    const fresh = (backend: Backend) => backend.available && !tried?.includes(backend);
    const backend =
      this.#next((candidate) => fresh(candidate) && !candidate.backup) ??
      this.#next((candidate) => fresh(candidate) && candidate.backup) ??
      (tried ? this.#next((candidate) => candidate.available) : null);
    if (!backend) return null;
    const { policy } = this.config;
    const why = tried ? `${policy}, ${tried.map(({ name }) => name).join(', ')} already tried` : policy;
    return { backend, why: backend.backup ? `${why}, backup: no other is available` : why };
  }

  #next(eligible: (backend: Backend) => boolean): Backend | null {
    return this.#policy.next(this.backends, eligible, null);
  }

  attemptEnded(backend: Backend, result: AttemptResult): void {
    backend.attemptEnded(result);
    if (result.ok) {
      backend.ejections = 0;
      return;
    }
    this.#considerEjection(backend, result.error?.message ?? 'failed');
  }

  #considerEjection(backend: Backend, reason: string): void {
    const config = this.config.ejection;
    if (config === false || backend.ejected) return;
    const question = {
      consecutiveFailures: backend.consecutiveFailures,
      ejected: this.backends.filter((item) => item.ejected).length,
      candidates: this.backends.filter((item) => item.available && !item.backup).length,
      total: this.backends.length,
    };
    if (!mayEject(question, config)) return;
    backend.ejections++;
    backend.ejectedUntil = this.#deps.clock.now() + ejectionTimeMs(backend.ejections, config);
    backend.ejectionReason = `${backend.consecutiveFailures} × ${reason}`;
    this.#deps.onChange();
  }

  /** "a: maint by you; b: ejected: 3 × connection refused" */
  unavailableReasons(): string {
    return this.backends.map((backend) => `${backend.name}: ${backend.reason}`).join('; ');
  }

  start(): void {
    const { clock, onChange } = this.#deps;
    const check = this.config.healthCheck;
    if (check) this.#stops.push(startChecks(this.backends, check, { clock, onFlip: onChange }));
    this.#stops.push(clock.every(RETURN_PROBE_MS / 4, () => this.#letReturn()));
    if (!check) this.#stops.push(clock.every(RETURN_PROBE_MS, () => this.#lookForEjected()));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  /** An ejection ends with its time. */
  #letReturn(): void {
    const now = this.#deps.clock.now();
    for (const backend of this.backends) if (backend.ejected && backend.ejectedUntil <= now) this.#readmit(backend);
  }

  /** Without a check, an ejected backend is looked for with a TCP connect and comes back as soon as it answers. */
  #lookForEjected(): void {
    for (const backend of this.backends) {
      if (!backend.ejected) continue;
      void probeTcp(backend.host, backend.port, RETURN_PROBE_MS).then(({ passed, detail }) => {
        backend.stats.note(passed ? 'ok' : 'fail');
        if (!backend.ejected) return;
        if (passed) this.#readmit(backend);
        else backend.ejectedUntil = Math.max(backend.ejectedUntil, this.#deps.clock.now() + 2 * RETURN_PROBE_MS);
        if (!passed) backend.ejectionReason = detail;
      });
    }
  }

  #readmit(backend: Backend): void {
    backend.ejectedUntil = 0;
    backend.consecutiveFailures = 0;
    this.#deps.onChange();
  }

  status(): PoolState {
    const { healthCheck: check, retry } = this.config;
    return {
      name: this.name,
      policy: this.config.policy,
      check:
        check &&
        `${check.type === 'tcp' ? 'TCP connect' : `${check.method} ${check.path}`} every ${check.interval / 1000} s`,
      retry: `${retry.attempts} attempts · ${retry.on.join(', ')}`,
      backends: this.backends.map((backend) => backend.status()),
    };
  }
}

import type { Backend } from '../balancer/backend.ts';
import type { Clock } from '../clock.ts';
import type { EjectionConfig } from '../contract/config.ts';
import type { ProxyError } from '../errors.ts';
import {
  type EjectionQuestion,
  ejectionCause,
  ejectionTimeMs,
  mayEject,
  mayReturn,
  nextEjectionCount,
} from './ejection.ts';
import { probeTcp } from './probe-tcp.ts';

/** How often an ejected backend is looked for, and how long one look takes at most. */
const LOOK_EVERY_MS = 1000;

export interface EjectorDeps {
  clock: Clock;
  config: EjectionConfig;
  /** With a check, time and passing probes decide about the return; without, TCP connects do. */
  hasCheck: boolean;
  backends(): readonly Backend[];
  onChange(backend: Backend, reason: string): void;
}

/** Takes backends of one pool out after failures of live traffic, and lets them return. */
export class Ejector {
  readonly #deps: EjectorDeps;
  readonly #cancels = new Map<Backend, () => void>();
  #running = false;

  constructor(deps: EjectorDeps) {
    this.#deps = deps;
  }

  /** Goes on with what an earlier config ejected. */
  start(): void {
    this.#running = true;
    this.backendsChanged();
  }

  /** Looks after the ejected ones of the pool from now on, and after none that has left. */
  backendsChanged(): void {
    const backends = this.#deps.backends();
    for (const backend of this.#cancels.keys()) if (!backends.includes(backend)) this.#forget(backend);
    for (const backend of backends) if (backend.ejected && !this.#cancels.has(backend)) this.#watch(backend);
  }

  stop(): void {
    this.#running = false;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  /** To be told after the failure was counted in the backend's record. */
  attemptFailed(backend: Backend, error: ProxyError | null): void {
    if (backend.ejected || !this.#running || !mayEject(this.#question(backend), this.#deps.config)) return;
    if (!this.#deps.backends().includes(backend)) return; // it has left, and ends what it had
    this.#eject(backend, error);
    this.#watch(backend);
    this.#deps.onChange(backend, backend.reason);
  }

  /** Ends an ejection; without one it does nothing. */
  readmit(backend: Backend, reason: string): void {
    const { record } = backend;
    if (!record.ejection) return;
    record.ejection = null;
    record.forgetFailures();
    record.returnedAt = this.#deps.clock.now();
    this.#forget(backend);
    this.#deps.onChange(backend, reason);
  }

  #forget(backend: Backend): void {
    this.#cancels.get(backend)?.();
    this.#cancels.delete(backend);
  }

  #question(backend: Backend): EjectionQuestion {
    const backends = this.#deps.backends();
    return {
      consecutiveFailures: backend.record.consecutiveFailures,
      ejected: backends.filter((item) => item.ejected).length,
      others: backends.filter((item) => item !== backend && item.wanted && item.sound).length,
      total: backends.length,
    };
  }

  #eject({ record }: Backend, error: ProxyError | null): void {
    const now = this.#deps.clock.now();
    record.ejections = nextEjectionCount(record.ejections, record.returnedAt < 0 ? 0 : now - record.returnedAt);
    record.ejectionsTotal++;
    record.ejection = {
      until: now + ejectionTimeMs(record.ejections, this.#deps.config),
      cause: ejectionCause(record.consecutiveFailures, error),
      seenDown: false,
    };
  }

  #watch(backend: Backend): void {
    const { clock, hasCheck } = this.#deps;
    const { ejection } = backend.record;
    if (!ejection) return;
    if (!hasCheck) {
      void this.#look(backend);
      return;
    }
    const leftMs = Math.max(0, ejection.until - clock.now());
    this.#cancels.set(
      backend,
      clock.after(leftMs, () => this.readmit(backend, 'ejection is over')),
    );
  }

  async #look(backend: Backend): Promise<void> {
    const { clock } = this.#deps;
    let cancelled = false;
    this.#cancels.set(backend, () => {
      cancelled = true;
    });
    const { passed, tookMs } = await probeTcp(backend.host, backend.port, LOOK_EVERY_MS);
    const { ejection, stats } = backend.record;
    if (cancelled || !ejection) return;
    stats.note(clock.now(), tookMs, passed);
    ejection.seenDown ||= !passed;
    const timeIsUp = clock.now() >= ejection.until;
    if (mayReturn({ answers: passed, seenDown: ejection.seenDown, timeIsUp })) this.readmit(backend, 'answers again');
    else
      this.#cancels.set(
        backend,
        clock.after(LOOK_EVERY_MS, () => void this.#look(backend)),
      );
  }
}

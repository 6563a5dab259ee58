/** Remembers how backends and processes were before a drill touched them, and sets them back. */
import type { Backend } from '../balancer/backend.ts';
import type { Pool } from '../balancer/pool.ts';
import type { BackendState } from '../contract/config.ts';
import type { DrillSignal } from '../contract/drill-signals.ts';
import type { Fault } from '../contract/state.ts';
import { describeFault } from '../faults/fault.ts';
import type { ProcessSignals } from './process-signals.ts';
import { splitBackend } from './timeline.ts';

interface Before {
  state: BackendState;
  stateBy: string;
  fault: Fault | null;
}

export interface FoundBackend {
  pool: Pool;
  backend: Backend;
}

/** Of the running config; null: there is none of that name (any more). */
export function findBackend(name: string, poolOf: (name: string) => Pool | undefined): FoundBackend | null {
  const { pool: poolName, backend: backendName } = splitBackend(name);
  const pool = poolOf(poolName);
  const backend = pool?.backends.find((one) => one.name === backendName);
  return pool && backend ? { pool, backend } : null;
}

export class Restorer {
  readonly #before = new Map<string, Before>();
  /** Processes that were stopped and not let go on, by id, as they are told. */
  readonly #asleep = new Map<number, string>();
  readonly #poolOf: (name: string) => Pool | undefined;
  readonly #signals: ProcessSignals;

  constructor(poolOf: (name: string) => Pool | undefined, signals: ProcessSignals) {
    this.#poolOf = poolOf;
    this.#signals = signals;
  }

  /** Before the first change of a backend. */
  remember(name: string, { backend }: FoundBackend): void {
    const { state, stateBy, fault } = backend;
    if (!this.#before.has(name)) this.#before.set(name, { state, stateBy, fault });
  }

  signalled(pid: number, told: string, signal: DrillSignal): void {
    if (signal === 'SIGSTOP') this.#asleep.set(pid, told);
    if (signal === 'SIGCONT' || signal === 'SIGKILL') this.#asleep.delete(pid);
  }

  /** Sets everything back, once; says what it did. What is as it was before is left alone. */
  restore(): string[] {
    const done = [...this.#before].flatMap(([name, before]) => this.#restoreBackend(name, before));
    for (const [pid, told] of this.#asleep) if (this.#signals.send(pid, 'SIGCONT')) done.push(`${told}: SIGCONT`);
    this.#before.clear();
    this.#asleep.clear();
    return done;
  }

  #restoreBackend(name: string, before: Before): string[] {
    const found = findBackend(name, this.#poolOf);
    if (!found) return [`${name}: is not there any more`];
    const { pool, backend } = found;
    const done: string[] = [];
    if (backend.fault !== before.fault) {
      pool.setFault(backend, before.fault);
      done.push(`${name}: ${before.fault ? describeFault(before.fault) : 'no fault'}`);
    }
    if (backend.state !== before.state) done.push(`${name}: ${before.state}`);
    if (backend.state !== before.state || backend.stateBy !== before.stateBy)
      pool.setState(backend, before.state, before.stateBy);
    return done;
  }
}

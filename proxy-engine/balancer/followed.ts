/** What one thread knows of a pool's backends, for the others to pick as it does. */
import type { BackendConfig, BackendState } from '../contract/config.ts';
import type { Fault, Health } from '../contract/state.ts';
import { Backend, type BackendOptions } from './backend.ts';
import { BackendRecord, type Ejection, type SharedRecord } from './backend-record.ts';

export interface BackendFacts {
  entry: BackendConfig;
  record: SharedRecord;
  weight: number;
  state: BackendState;
  stateBy: string;
  fault: Fault | null;
  health: Health;
  healthReason: string;
  ejection: Ejection | null;
  returnedAt: number;
}

export interface PoolFacts {
  /** Of its `PoolLoad`. */
  load: SharedArrayBuffer;
  backends: readonly BackendFacts[];
  /** Why these cannot be discovered; null: they can, or are listed in the config. */
  discoveryProblem: string | null;
}

export function factsOf({ entry, record, weight, state, stateBy, fault }: Backend): BackendFacts {
  const { shared, health, healthReason, ejection, returnedAt } = record;
  return { entry, record: shared, weight, state, stateBy, fault, health, healthReason, ejection, returnedAt };
}

/**
 * The backends of a new config as `facts` say. Each counts where the thread that leads does, and goes on with what this thread has
 * learnt of the same address by itself.
 */
export function backendsOf(
  facts: readonly BackendFacts[],
  options: BackendOptions,
  previous: readonly Backend[],
): Backend[] {
  const before = byId(previous);
  return facts.map((fact) => backendOf(fact, options, before.get(fact.record.id)?.record));
}

/** The same under the same config: those of `before` that are as they were go on as the same objects, with their connections. */
export function followFacts(
  before: readonly Backend[],
  facts: readonly BackendFacts[],
  options: BackendOptions,
): Backend[] {
  const known = byId(before);
  return facts.map((fact) => {
    const same = known.get(fact.record.id);
    return same && isSame(same.entry, fact.entry) ? told(same, fact) : backendOf(fact, options, same?.record);
  });
}

function byId(backends: readonly Backend[]): ReadonlyMap<number, Backend> {
  return new Map(backends.map((backend) => [backend.record.shared.id, backend]));
}

function backendOf(fact: BackendFacts, options: BackendOptions, record = new BackendRecord(fact.record)): Backend {
  return told(new Backend(fact.entry, options, record), fact);
}

function told(backend: Backend, fact: BackendFacts): Backend {
  const { weight, state, stateBy, fault, entry } = fact;
  Object.assign(backend, { weight, state, stateBy, fault, entry });
  const { health, healthReason, ejection, returnedAt } = fact;
  Object.assign(backend.record, { health, healthReason, ejection, returnedAt });
  return backend;
}

function isSame(a: BackendConfig, b: BackendConfig): boolean {
  return a.url === b.url && a.name === b.name && a.backup === b.backup;
}

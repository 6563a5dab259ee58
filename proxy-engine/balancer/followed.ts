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
}

export function factsOf({ entry, record, weight, state, stateBy, fault }: Backend): BackendFacts {
  const { shared, health, healthReason, ejection, returnedAt } = record;
  return { entry, record: shared, weight, state, stateBy, fault, health, healthReason, ejection, returnedAt };
}

/** The backends as `facts` say; those of `before` that are the same go on as the same objects, with their connections. */
export function followFacts(
  before: readonly Backend[],
  facts: readonly BackendFacts[],
  options: BackendOptions,
): Backend[] {
  const byRecord = new Map(before.map((backend) => [backend.record.shared.id, backend]));
  return facts.map((fact) => {
    const known = byRecord.get(fact.record.id);
    const backend =
      known && isSame(known.entry, fact.entry)
        ? known
        : new Backend(fact.entry, options, new BackendRecord(fact.record));
    const { weight, state, stateBy, fault, entry } = fact;
    Object.assign(backend, { weight, state, stateBy, fault, entry });
    const { health, healthReason, ejection, returnedAt } = fact;
    Object.assign(backend.record, { health, healthReason, ejection, returnedAt });
    return backend;
  });
}

function isSame(a: BackendConfig, b: BackendConfig): boolean {
  return a.url === b.url && a.name === b.name && a.backup === b.backup;
}

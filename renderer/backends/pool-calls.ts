import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { Config, PolicyName } from '../../proxy-engine/contract/config.ts';
import type { ConfigEdit } from '../../proxy-engine/contract/config-edit.ts';
import type { FaultInput } from '../../proxy-engine/contract/pool-commands.ts';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import type { EngineApi } from '../api/engine-api.ts';
import type { ConfigDocumentStore, EditOutcome } from '../rules/config-store.ts';

export type HashConfig = NonNullable<PoolState['hash']>;

/** What a key comes from when nobody said: every request has a path. */
const DEFAULT_HASH = { on: 'uri' } as const satisfies HashConfig;

/** Policies that do not run without being told what the key is. */
export function needsHash(policy: PolicyName): boolean {
  return policy === 'ketama' || policy === 'ring_hash' || policy === 'maglev';
}

/** The edits that make `policy` the pool's; one that goes by keys gets a key when there is none yet. */
export function policyEdits({ name, hash }: Pick<PoolState, 'name' | 'hash'>, policy: PolicyName): ConfigEdit[] {
  const edits: ConfigEdit[] = [{ path: ['pools', name, 'policy'], value: policy }];
  if (needsHash(policy) && !hash) edits.unshift({ path: ['pools', name, 'hash'], value: DEFAULT_HASH });
  return edits;
}

/** Whether the config lists this pool's backends; those of other pools are discovered and cannot be added or removed. */
export function listsBackends(config: Config | null, pool: string): boolean {
  return config?.pools[pool]?.backends !== undefined;
}

/** The calls of the backends page. What changes the config goes through its store, so that it can be undone. */
export function createPoolCalls(api: EngineApi, config: ConfigDocumentStore) {
  return {
    explain: (pool: string, key: string | undefined, slots: number) => api.call('pool.explain', { pool, key, slots }),
    probe: (pool: string, url: string) => api.call('pool.probe', { pool, url }),
    probeBackend: (pool: string, backend: string) => api.call('pool.probe', { pool, backend }),
    localPorts: () => api.call('discover.local', {}),
    setFault: (pool: string, backend: string, fault: FaultInput | null) =>
      api.call('backend.setFault', { pool, backend, fault }),
    setPolicy: (pool: PoolState, policy: PolicyName): Promise<EditOutcome> => config.edit(policyEdits(pool, policy)),
    setHash: (pool: string, hash: HashConfig): Promise<EditOutcome> =>
      config.edit([{ path: ['pools', pool, 'hash'], value: hash }]),
    add: (input: CommandInput<'backend.add'>): Promise<EditOutcome> =>
      config.commit(() => api.call('backend.add', input)),
    remove: (pool: string, backend: string): Promise<EditOutcome> =>
      config.commit(() => api.call('backend.remove', { pool, backend })),
  };
}

/** The commands about pools and their backends. */
import type { Backend } from '../balancer/backend.ts';
import { backendName } from '../balancer/backend-name.ts';
import type { Pool } from '../balancer/pool.ts';
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { Config } from '../contract/config.ts';
import type { ParsedEdit } from '../contract/config-edit.ts';
import type { poolCommands } from '../contract/pool-commands.ts';
import { localPorts } from '../discovery/local-ports.ts';
import { CommandFailure, notThere } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';

type PoolCommand = keyof typeof poolCommands;
type Handler<C extends PoolCommand> = (
  host: EngineHost,
  input: ParsedInput<C>,
) => CommandResult<C> | Promise<CommandResult<C>>;

export const poolHandlers: { [C in PoolCommand]: Handler<C> } = {
  'backend.setState': async (host, { pool, backend, state, persist }) => {
    backendOf(host, pool, backend);
    host.engine.setBackendState(pool, backend, state, 'you');
    await host.engine.settled();
    if (persist) await host.changes.edit(({ config }) => [keyEdit(config, pool, backend, 'state', state)], true);
    return null;
  },
  'backend.setWeight': async (host, { pool, backend, weight, persist }) => {
    backendOf(host, pool, backend);
    host.engine.setWeight(pool, backend, weight);
    await host.engine.settled();
    if (persist) await host.changes.edit(({ config }) => [keyEdit(config, pool, backend, 'weight', weight)], true);
    return null;
  },
  'backend.setFault': async (host, { pool, backend, fault }) => {
    poolOf(host, pool).setFault(backendOf(host, pool, backend), fault);
    await host.engine.settled();
    return null;
  },
  'backend.add': (host, { pool, persist, ...entry }) => {
    poolOf(host, pool);
    return host.changes.edit(({ config }) => [{ path: listPath(config, pool, null), value: given(entry) }], persist);
  },
  'backend.remove': (host, { pool, backend, persist }) => {
    backendOf(host, pool, backend);
    return host.changes.edit(({ config }) => [{ path: listPath(config, pool, backend), value: null }], persist);
  },
  'pool.setPolicy': (host, { pool, policy, hash, persist }) => {
    poolOf(host, pool);
    const edits: ParsedEdit[] = [{ path: ['pools', pool, 'policy'], value: policy }];
    if (hash) edits.unshift({ path: ['pools', pool, 'hash'], value: given(hash) });
    return host.changes.edit(() => edits, persist);
  },
  'pool.probe': (host, input) => {
    const pool = poolOf(host, input.pool);
    return pool.probe('url' in input ? { url: checkedUrl(input.url) } : backendOf(host, input.pool, input.backend));
  },
  'pool.explain': async (host, { pool: name, key, slots }) => {
    const pool = poolOf(host, name);
    await pool.ready;
    return pool.explain(key, slots);
  },
  'pools.history': (host) => host.history.read(),
  'discover.local': async (host) => {
    const own = new Set(host.engine.state().listeners.map(({ address }) => Number(address.split(':').at(-1))));
    return { ports: (await localPorts()).filter(({ port, pid }) => !own.has(port) && pid !== process.pid) };
  },
};

function poolOf(host: EngineHost, name: string): Pool {
  return host.engine.pool(name) ?? notThere('pool', name, host.engine.state().pools);
}

function backendOf(host: EngineHost, poolName: string, name: string): Backend {
  const { backends } = poolOf(host, poolName);
  return backends.find((item) => item.name === name) ?? notThere('backend', name, backends);
}

function checkedUrl(url: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  const message = `${JSON.stringify(url)} is no URL of a backend; expected one such as http://127.0.0.1:3000`;
  throw new CommandFailure('BAD_INPUT', message, { path: 'url' });
}

/** What was given, without the keys that were not. */
function given(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

// ── where a backend stands in the document ───────────────────────────────────────────────────────────────────────────

function keyEdit(config: Config, pool: string, backend: string, key: 'state' | 'weight', value: unknown): ParsedEdit {
  return { path: [...listPath(config, pool, backend), key], value };
}

/** `null`: behind the last one. */
function listPath(config: Config, pool: string, backend: string | null): (string | number)[] {
  const list = config.pools[pool]?.backends;
  const index = backend === null ? list?.length : list?.findIndex((item) => backendName(item) === backend);
  if (index !== undefined && index >= 0) return ['pools', pool, 'backends', index];
  const message = `the backends of ${pool} are discovered; the config has no line for this`;
  throw new CommandFailure('NOT_FOUND', message, { path: 'backend' });
}

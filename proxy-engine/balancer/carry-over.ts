/** What of the backends that ran until now goes on in the ones that run from now on. */
import type { BackendConfig, PoolConfig } from '../contract/config.ts';
import { Backend, type BackendOptions } from './backend.ts';

interface Before {
  config: PoolConfig;
  backends: readonly Backend[];
}

/**
 * The backends of a new config. What was observed of an address goes on. A state or weight set at run time goes on too,
 * unless the config itself says something else than before. Discovered backends go on until the next discovery.
 */
export function carryOver(config: PoolConfig, options: BackendOptions, previous?: Before): Backend[] {
  if (!previous) return (config.backends ?? []).map((entry) => new Backend(entry, options));
  if (config.discover) return sameDiscovery(config, previous.config) ? rediscover(previous.backends, options) : [];
  const left = [...previous.backends];
  const entriesBefore = previous.config.backends ?? [];
  return (config.backends ?? []).map((entry) => {
    const fresh = new Backend(entry, options);
    const before = take(left, fresh);
    if (!before) return fresh;
    const backend = new Backend(entry, options, before.record);
    const entryBefore = entriesBefore.find(
      ({ url, name }) => url === before.url && (name ?? before.name) === before.name,
    );
    keepRunTime(backend, before, entry, entryBefore ?? entry);
    return backend;
  });
}

/** The backends after a discovery: those that stay are the same objects with their connections, whatever their weight now. */
export function updateBackends(
  before: readonly Backend[],
  found: readonly BackendConfig[],
  options: BackendOptions,
): Backend[] {
  const left = [...before];
  return found.map((entry) => {
    const fresh = new Backend(entry, options);
    const same = take(left, fresh);
    if (!same || same.backup !== fresh.backup || same.url !== fresh.url || same.name !== fresh.name) {
      return same ? new Backend(entry, options, same.record) : fresh;
    }
    same.weight = entry.weight;
    return same;
  });
}

function rediscover(before: readonly Backend[], options: BackendOptions): Backend[] {
  return before.map((old) => {
    const { name, url, weight, backup } = old;
    const backend = new Backend({ name, url, weight, backup, state: 'ready' }, options, old.record);
    backend.state = old.state;
    backend.stateBy = old.stateBy;
    backend.fault = old.fault;
    return backend;
  });
}

function keepRunTime(backend: Backend, before: Backend, now: BackendConfig, then: BackendConfig): void {
  backend.fault = before.fault;
  if (now.weight === then.weight) backend.weight = before.weight;
  if (now.state !== then.state) return;
  backend.state = before.state;
  backend.stateBy = before.stateBy;
}

/** Takes the one of the same address out of `left`; of several the one of the same name. */
function take(left: Backend[], { address, name }: Backend): Backend | undefined {
  const sameAddress = left.filter((item) => item.address === address);
  const match = sameAddress.find((item) => item.name === name) ?? sameAddress[0];
  if (match) left.splice(left.indexOf(match), 1);
  return match;
}

function sameDiscovery(a: PoolConfig, b: PoolConfig): boolean {
  return JSON.stringify(a.discover) === JSON.stringify(b.discover);
}

/** What of the backends that ran until now goes on in the ones that run from now on. */
import type { BackendConfig, PoolConfig } from '../contract/config.ts';
import { Backend, type BackendOptions } from './backend.ts';

interface Before {
  config: PoolConfig;
  backends: readonly Backend[];
}

/**
 * The backends of a new config. What was observed of an address goes on. A state or weight set at run time goes on too,
 * unless the config itself says something else than before. Where backends are discovered all go on until the first discovery.
 */
export function carryOver(config: PoolConfig, options: BackendOptions, previous?: Before): Backend[] {
  if (!previous) return (config.backends ?? []).map((entry) => new Backend(entry, options));
  if (config.discover) return previous.backends.map((old) => successor(old.entry, old, options));
  const left = [...previous.backends];
  return (config.backends ?? []).map((entry) => {
    const fresh = new Backend(entry, options);
    const before = take(left, fresh);
    return before ? successor(entry, before, options) : fresh;
  });
}

/** The backends after a discovery: those that stay are the same objects with their connections and what was set by hand. */
export function updateBackends(
  before: readonly Backend[],
  found: readonly BackendConfig[],
  options: BackendOptions,
): Backend[] {
  const left = [...before];
  return found.map((entry) => {
    const fresh = new Backend(entry, options);
    const same = take(left, fresh);
    if (!same) return fresh;
    if (same.backup !== fresh.backup || same.url !== fresh.url || same.name !== fresh.name)
      return successor(entry, same, options);
    same.follow(entry);
    return same;
  });
}

/** Another object for the same address, which goes on with what was observed, set by hand and broken on purpose. */
function successor(entry: BackendConfig, before: Backend, options: BackendOptions): Backend {
  const backend = new Backend(entry, options, before.record);
  backend.weight = before.weight;
  backend.state = before.state;
  backend.stateBy = before.stateBy;
  backend.fault = before.fault;
  backend.entry = before.entry;
  backend.follow(entry);
  return backend;
}

/** Takes the one of the same address out of `left`; of several the one of the same name. */
function take(left: Backend[], { address, name }: Backend): Backend | undefined {
  const sameAddress = left.filter((item) => item.address === address);
  const match = sameAddress.find((item) => item.name === name) ?? sameAddress[0];
  if (match) left.splice(left.indexOf(match), 1);
  return match;
}

/** Whether backends come from the same file or name. */
export function discoversSame(a: Pick<PoolConfig, 'discover'>, b: Pick<PoolConfig, 'discover'>): boolean {
  return targetOf(a.discover) === targetOf(b.discover);
}

function targetOf(discover: PoolConfig['discover']): string {
  if (!discover) return '';
  return 'file' in discover ? `file ${discover.file}` : `${discover.type} ${discover.dns}`;
}

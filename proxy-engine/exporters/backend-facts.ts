/** What exporters ask about pools and routes alike. */
import { isIP } from 'node:net';
import type { BackendConfig, PoolConfig } from '../contract/config.ts';
import { parseTarget } from '../discovery/dns.ts';
import type { Plan, PlannedPool } from './plan.ts';

export type DnsDiscovery = Extract<NonNullable<PoolConfig['discover']>, { dns: string }>;

export interface Origin {
  name: string;
  host: string;
  port: number;
  secure: boolean;
  /** `host:port`, IPv6 in brackets. */
  address: string;
  weight: number;
  state: BackendConfig['state'];
  backup: boolean;
}

/** The pool's backends; of a pool that is discovered by DNS, its name as the one origin; of a file, none. */
export function originsOf({ backends = [], discover }: PoolConfig): Origin[] {
  if (discover && 'dns' in discover)
    return [originOf({ url: urlOf(discover), weight: 1, state: 'ready', backup: false })];
  return backends.map(originOf);
}

function urlOf({ dns }: DnsDiscovery): string {
  const { scheme, name, port } = parseTarget(dns);
  return `${scheme}://${name}:${port}`;
}

function originOf({ name, url, weight, state, backup }: BackendConfig): Origin {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  const number = port === '' ? (secure ? 443 : 80) : Number(port);
  const address = `${hostname}:${number}`;
  return { name: name ?? address, host: hostname, port: number, secure, address, weight, state, backup };
}

/** Whether its host is an address, so that nobody is asked for one. */
export function isAddress({ host }: Origin): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) > 0;
}

/** Hosts that have to be looked up, besides those of discovery, which says how. */
function namedHosts(pool: PoolConfig): string[] {
  if (pool.discover) return [];
  return [...new Set(originsOf(pool).flatMap((origin) => (isAddress(origin) ? [] : [origin.host])))];
}

/** Tells the hosts that have to be looked up, where there are any; `how` the target does that. */
export function noteNamedHosts({ notes }: Plan, { config, path }: PlannedPool, how: string): void {
  const named = namedHosts(config);
  if (named.length > 0) notes.approximate(`${path}.backends`, named.join(', '), how);
}

/** Tells of addresses that certificates are asked to have, for want of a name. */
export function noteAddresses({ notes }: Plan, { config, path }: PlannedPool, why: string): void {
  const { verify, serverName } = config.tls;
  if (!verify || serverName !== undefined) return;
  const found = originsOf(config).flatMap((origin) => (origin.secure && isAddress(origin) ? [origin.host] : []));
  if (found.length > 0) notes.approximate(`${path}.tls.serverName`, [...new Set(found)].join(', '), why);
}

/** Tells of names in certificates that count otherwise, where certificates are looked at. */
export function noteNamesIn(
  { notes }: Plan,
  { config, path }: PlannedPool,
  target: string,
  how: readonly NameRule[],
): void {
  if (!isSecure(config) || !config.tls.verify) return;
  for (const rule of how)
    notes.approximate(`${path}.tls`, "names in backends' certificates", `${target} ${NAME_RULES[rule]}`);
}

type NameRule = keyof typeof NAME_RULES;

const NAME_RULES = {
  noCommonName: 'refuses those that have a common name alone',
  wildcards: 'takes *.test for a.test',
};

/** Whether the pool speaks TLS to its backends. */
export function isSecure(pool: PoolConfig): boolean {
  return originsOf(pool)[0]?.secure ?? false;
}

/** Backends of the other scheme; every target has one scheme a pool. */
export function strangers(pool: PoolConfig): Origin[] {
  const origins = originsOf(pool);
  return origins.filter(({ secure }) => secure !== origins[0]?.secure);
}

/** Those that get traffic where a target has no states, without what is `unusable`; where no other is left, backups are none. */
export function readyOrigins(
  { notes }: Plan,
  { config, path }: PlannedPool,
  target: string,
  unusable: ReadonlySet<string> = new Set(),
): Origin[] {
  const ready = originsOf(config).filter(({ name, state, weight }, i) => {
    if (unusable.has(name)) return false;
    if (state === 'ready' && weight > 0) return true;
    const at = `${path}.backends[${i}]`;
    if (state === 'ready')
      notes.refuse(at, `${name} drains (weight 0)`, `${target} has no such weight; it is left out`);
    else notes.refuse(at, `${name} is ${state}`, `${target} has no such state; it is left out`);
    return false;
  });
  return ready.every(({ backup }) => backup) ? ready.map((origin) => ({ ...origin, backup: false })) : ready;
}

/** The key of a hash policy; `ip_hash` and hash policies without one use the client's address. */
export function hashOf({ config }: PlannedPool): NonNullable<PoolConfig['hash']> {
  return (config.policy === 'ip_hash' ? undefined : config.hash) ?? { on: 'client_ip' };
}

/** Of connections to backends, in milliseconds. */
export const DEFAULT_IDLE = 60_000;

export const DEFAULT_RETRY = { budgetPercent: 20, backoffBase: 25, backoffMax: 250, bufferBytes: 65_536 };

export function isDefaultRetry({ retry }: PoolConfig): boolean {
  return (
    retry.budgetPercent === DEFAULT_RETRY.budgetPercent &&
    retry.backoff.base === DEFAULT_RETRY.backoffBase &&
    retry.backoff.max === DEFAULT_RETRY.backoffMax &&
    retry.bufferBytes === DEFAULT_RETRY.bufferBytes
  );
}

export function isDefaultEjection({ ejection }: PoolConfig): boolean {
  return (
    ejection !== false &&
    ejection.consecutiveFailures === 3 &&
    ejection.baseTime === 2000 &&
    ejection.maxTime === 30_000 &&
    ejection.maxPercent === 50
  );
}

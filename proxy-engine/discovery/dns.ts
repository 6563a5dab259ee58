import { promises as dns, type SrvRecord } from 'node:dns';
import type { Clock } from '../clock.ts';
import type { BackendConfig, PoolConfig } from '../contract/config.ts';
import { addressesOf } from '../upstream/lookup.ts';
import { type BackendSource, Rounds, type SourceListener } from './source.ts';

type DnsDiscovery = Extract<PoolConfig['discover'], { dns: string }>;

/** What of `node:dns` is used; tests replace it. */
export interface DnsResolver {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  resolveSrv(name: string): Promise<SrvRecord[]>;
  lookup(name: string, options: { all: true; family: 4 | 6 }): Promise<{ address: string }[]>;
}

/** The name servers that this machine has now: a resolver keeps those that it had at first, and a laptop changes networks. */
export const systemResolver: DnsResolver = {
  resolve4: (name) => new dns.Resolver().resolve4(name),
  resolve6: (name) => new dns.Resolver().resolve6(name),
  resolveSrv: (name) => new dns.Resolver().resolveSrv(name),
  lookup: async (name, { family }) => (await addressesOf(name)).filter((found) => found.family === family),
};

export interface DnsTarget {
  scheme: 'http' | 'https';
  name: string;
  port: number;
}

/** Asks the name again and again; while it cannot be resolved the backends found last stay. */
export class DnsSource implements BackendSource {
  readonly #rounds: Rounds;
  /** As JSON. */
  #last = '';

  constructor(config: DnsDiscovery, { clock, resolver }: { clock: Clock; resolver: DnsResolver }) {
    const target = parseTarget(config.dns);
    this.#rounds = new Rounds({
      clock,
      everyMs: config.refresh,
      look: async () => this.#news(await resolveBackends(target, config.type, resolver)),
      problemOf: ({ message }) => `cannot resolve ${target.name}: ${message}`,
    });
  }

  start(listener: SourceListener): void {
    this.#rounds.start(listener);
  }

  stop(): void {
    this.#rounds.stop();
  }

  #news(found: BackendConfig[]): BackendConfig[] | null {
    const text = JSON.stringify(found);
    if (text === this.#last) return null;
    this.#last = text;
    return found;
  }
}

/** `api.internal:3000`, `https://api.internal`; SRV names need no port. */
export function parseTarget(text: string): DnsTarget {
  const [, scheme, name = text, port] = /^(?:(https?):\/\/)?([^:/]+)(?::(\d+))?\/?$/.exec(text) ?? [];
  const isSecure = scheme === 'https';
  return { scheme: isSecure ? 'https' : 'http', name, port: Number(port) || (isSecure ? 443 : 80) };
}

/** One answer as backends, in an order that does not follow the server's shuffling. Rejects when there is no such name. */
export async function resolveBackends(
  target: DnsTarget,
  type: DnsDiscovery['type'],
  resolver: DnsResolver,
): Promise<BackendConfig[]> {
  if (type === 'SRV') return distinct(srvBackends(target, await resolver.resolveSrv(target.name)));
  const addresses = await resolveAddresses(target.name, type, resolver);
  return distinct(
    addresses.toSorted().map((address) => backendAt(target.scheme, address, target.port, { weight: 1, backup: false })),
  );
}

/** A record that came twice is one backend: of those of one address the first. Names say the same in any case. */
function distinct(backends: readonly BackendConfig[]): BackendConfig[] {
  const urls = backends.map(({ url }) => url.toLowerCase());
  return backends.filter((_, i) => urls.indexOf(urls[i] as string) === i);
}

/** Name servers know nothing of `localhost` and the hosts file; the system's own resolver is asked for those. */
async function resolveAddresses(name: string, type: 'A' | 'AAAA', resolver: DnsResolver): Promise<string[]> {
  try {
    return await (type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name));
  } catch (error) {
    const found = await resolver.lookup(name, { all: true, family: type === 'A' ? 4 : 6 }).catch(() => []);
    if (found.length === 0) throw error;
    return found.map(({ address }) => address);
  }
}

/** The lowest priority value serves, the others are backups (RFC 2782); weight 0 means little there, not none. The root is no target. */
function srvBackends({ scheme }: DnsTarget, answer: readonly SrvRecord[]): BackendConfig[] {
  const records = answer.filter(({ name }) => name !== '');
  const first = Math.min(...records.map(({ priority }) => priority));
  const heaviest = Math.max(256, ...records.map(({ weight }) => weight));
  return records
    .toSorted(
      (a, b) =>
        a.priority - b.priority ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : a.port - b.port || b.weight - a.weight),
    )
    .map(({ name, port, priority, weight }) =>
      backendAt(scheme, name, port, {
        weight: Math.max(1, Math.round((weight * 256) / heaviest)),
        backup: priority > first,
      }),
    );
}

function backendAt(
  scheme: string,
  host: string,
  port: number,
  { weight, backup }: Pick<BackendConfig, 'weight' | 'backup'>,
): BackendConfig {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { url: `${scheme}://${authority}`, weight, backup, state: 'ready' };
}

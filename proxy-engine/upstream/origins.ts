/** Origins that no pool names: where a forward exchange goes, and what `host`, `scheme` and `mapRemote` say. Each is a pool of one. */
import { isIP } from 'node:net';
import { createPool, type Pool, type PoolDeps } from '../balancer/pool.ts';
import { configSchema, type PoolConfig } from '../contract/config.ts';
import type { OriginOverride } from '../rules/effects.ts';
import type { LaneOptions } from './lane-options.ts';
import { laneOptions } from './lane-options.ts';
import type { ProxyHop, UpstreamProxy } from './upstream-proxy.ts';

const MAX_ORIGINS = 2000;

export interface OriginFacts {
  serverName?: string | undefined;
  clearHttp2?: boolean;
  /** The exchange came to a forward listener. */
  ofForward?: boolean;
  /** The origin is this program itself: its certificate, maybe of the local authority, is not verified. */
  isOwn?: boolean;
}

interface Origin {
  pool: Pool;
  lane: LaneOptions;
}

export class Origins {
  readonly #deps: PoolDeps;
  /** In order of use: the first was used longest ago. */
  readonly #known = new Map<string, Origin>();

  constructor(deps: PoolDeps) {
    this.#deps = deps;
  }

  /**
   * `serverName`: how an origin that is known by its address alone calls itself in TLS. `clearHttp2`: it gets HTTP/2 without TLS,
   * as its client has begun it: nobody asks there what it speaks (RFC 9113 §3.3).
   */
  find(origin: OriginOverride & OriginFacts, hop: ProxyHop | null = null): Origin {
    const { scheme, host, port, serverName, clearHttp2 = false, ofForward = false, isOwn = false } = origin;
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const url = `${scheme}://${authority}`;
    const name = scheme === 'https' && isIP(host) !== 0 && serverName !== host ? serverName : undefined;
    const facts = { serverName: name, clearHttp2, ofForward, isOwn };
    const key = `${url} ${name ?? ''} ${clearHttp2} ${ofForward} ${isOwn} ${hop ? `${hop.form} ${keyOf(hop.proxy)}` : ''}`;
    const known = this.#known.get(key) ?? this.#create(authority, url, facts, hop);
    this.#known.delete(key);
    this.#known.set(key, known);
    return known;
  }

  #create(
    authority: string,
    url: string,
    { serverName, clearHttp2, ofForward, isOwn }: OriginFacts,
    hop: ProxyHop | null,
  ): Origin {
    const backends = [{ ...ORIGIN_BACKEND, name: authority, url }];
    const protocol = clearHttp2 ? 'http2' : ORIGIN_POOL.protocol;
    const tls = { ...ORIGIN_POOL.tls, serverName, verify: !isOwn };
    const config: PoolConfig = { ...ORIGIN_POOL, backends, protocol, tls };
    if (this.#known.size >= MAX_ORIGINS) this.#forgetOldest();
    const lane = { ...laneOptions(authority, config, '.'), ...(hop && { hop }), ...(ofForward && { ofForward }) };
    return { pool: createPool(authority, config, { ...this.#deps, lane }), lane };
  }

  #forgetOldest(): void {
    const [url, origin] = this.#known.entries().next().value as [string, Origin];
    this.#known.delete(url);
    this.#deps.onGone?.(origin.pool.backends);
  }
}

/**
 * As a pool is when its config says nothing, but without ejection: there is no other backend to prefer. Nothing is added to
 * requests: an origin answers as it would without a proxy in between (Via alone makes some servers stop compressing).
 */
export const { ORIGIN_POOL, ORIGIN_BACKEND } = defaults();

function defaults(): { ORIGIN_POOL: PoolConfig; ORIGIN_BACKEND: NonNullable<PoolConfig['backends']>[number] } {
  const forwarded = { xForwarded: false, rfc7239: false, via: false, requestId: false } as const;
  const pools = { origin: { backends: [{ url: 'http://origin' }], ejection: false, forwarded } };
  const pool = configSchema.parse({ version: 1, pools }).pools.origin;
  const backend = pool?.backends?.[0];
  if (!pool || !backend) throw new Error('the schema gives no pool');
  return { ORIGIN_POOL: pool, ORIGIN_BACKEND: backend };
}

/** With the credentials: a connection through the proxy belongs to the user who opened it. */
function keyOf({ label, credentials }: UpstreamProxy): string {
  return JSON.stringify([label, credentials]);
}

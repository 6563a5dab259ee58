import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { PoolConfig } from '../contract/config.ts';
import { authorities } from '../tls/authorities.ts';
import { readUpstreamIdentity, UpstreamTls } from '../tls/upstream-tls.ts';
import type { ProxyHop } from './upstream-proxy.ts';

/** How the connections to a pool's backends are made. The connections to one backend are its lane. */
export interface LaneOptions {
  protocol: PoolConfig['protocol'];
  /** Most open connections to one backend, in this thread; of HTTP/2 each carries many streams. */
  perBackend: number;
  /** Longest time to connect; Infinity: no limit. */
  connectMs: number;
  /** How long a connection is kept without an exchange. */
  idleMs: number;
  tls: UpstreamTls;
  /** The proxy behind this one that the connections go through. */
  hop?: ProxyHop;
  /** Its exchanges came to a forward listener: they may go to a reverse listener of ours, which leads to no loop. */
  ofForward?: boolean;
}

/** Makes them of a pool's config. Reads its TLS files; throws `ConfigError` when one is of no use. */
export function laneOptions(pool: string, config: PoolConfig, baseDir: string): LaneOptions {
  return {
    protocol: config.protocol,
    perBackend: config.connections.perBackend,
    connectMs: config.timeouts.connect || Number.POSITIVE_INFINITY,
    idleMs: config.connections.idle,
    tls: upstreamTls(config.tls, baseDir, `pools.${pool}.tls`),
  };
}

function upstreamTls(tls: PoolConfig['tls'], baseDir: string, path: string): UpstreamTls {
  const fail = (key: string, message: string, cause: unknown): never => {
    throw new ConfigError([{ path: `${path}.${key}`, message }], { cause });
  };
  const identity = readUpstreamIdentity(tls, (file, key) => {
    try {
      const read = readFileSync(resolve(baseDir, file));
      return key.startsWith('ca') ? authorities(read) : read;
    } catch (error) {
      return fail(key, `cannot read ${file}: ${(error as Error).message}`, error);
    }
  });
  try {
    return new UpstreamTls(identity);
  } catch (error) {
    return fail(
      'cert',
      `${tls.cert} and ${tls.key} are no certificate and its key: ${(error as Error).message}`,
      error,
    );
  }
}

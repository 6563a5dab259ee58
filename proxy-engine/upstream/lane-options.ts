import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { PoolConfig } from '../contract/config.ts';
import { readUpstreamIdentity, UpstreamTls } from '../tls/upstream-tls.ts';
import type { ProxyHop } from './upstream-proxy.ts';

/** What the connections to a pool's backends need. */
export interface LaneOptions {
  protocol: PoolConfig['protocol'];
  perBackend: number;
  connectMs: number;
  idleMs: number;
  tls: UpstreamTls;
  /** The proxy behind this one that the connections go through. */
  hop?: ProxyHop;
  /** Its exchanges came to a forward listener, and may go on to a reverse one of ours. */
  ofForward?: boolean;
}

/** Of a pool's config. Reads its TLS files; throws `ConfigError` when one cannot be read. */
export function laneOptions(pool: string, config: PoolConfig, baseDir: string): LaneOptions {
  const read = (file: string, key: string) => {
    try {
      return readFileSync(resolve(baseDir, file));
    } catch (error) {
      const message = `cannot read ${file}: ${(error as Error).message}`;
      throw new ConfigError([{ path: `pools.${pool}.tls.${key}`, message }], { cause: error });
    }
  };
  return {
    protocol: config.protocol,
    perBackend: config.connections.perBackend,
    connectMs: config.timeouts.connect || Number.POSITIVE_INFINITY,
    idleMs: config.connections.idle,
    tls: new UpstreamTls(readUpstreamIdentity(config.tls, read)),
  };
}

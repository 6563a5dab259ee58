import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { PoolConfig } from '../contract/config.ts';
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

/** Makes them of a pool's config. Reads its TLS files; throws `ConfigError` when one cannot be read. */
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

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { PoolConfig } from '../contract/config.ts';
import type { LaneOptions } from './connections.ts';

/** What the connections to a pool's backends need. Reads its TLS files; throws `ConfigError` when one cannot be read. */
export function laneOptions(pool: string, config: PoolConfig, baseDir: string): LaneOptions {
  const read = (file: string, key: string) => {
    try {
      return readFileSync(resolve(baseDir, file));
    } catch (error) {
      const message = `cannot read ${file}: ${(error as Error).message}`;
      throw new ConfigError([{ path: `pools.${pool}.tls.${key}`, message }], { cause: error });
    }
  };
  const { verify, ca, serverName, cert, key } = config.tls;
  return {
    perBackend: config.connections.perBackend,
    connectMs: config.timeouts.connect || Number.POSITIVE_INFINITY,
    idleMs: config.connections.idle,
    tls: {
      verify,
      serverName,
      ca: ca.length > 0 ? ca.map((file, index) => read(file, `ca[${index}]`)) : undefined,
      cert: cert === undefined ? undefined : read(cert, 'cert'),
      key: key === undefined ? undefined : read(key, 'key'),
    },
  };
}

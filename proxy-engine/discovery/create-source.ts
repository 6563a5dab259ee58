import { resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import type { PoolConfig } from '../contract/config.ts';
import { type DnsResolver, DnsSource } from './dns.ts';
import { FileSource } from './file.ts';
import type { BackendSource } from './source.ts';

/** `A api.internal:3000 every 10 s`, `backends.json` */
export function describeDiscovery(discover: NonNullable<PoolConfig['discover']>): string {
  return 'file' in discover ? discover.file : `${discover.type} ${discover.dns} every ${discover.refresh / 1000} s`;
}

/** `baseDir`: what a relative file is relative to. */
export function createSource(
  discover: NonNullable<PoolConfig['discover']>,
  { clock, baseDir, resolver }: { clock: Clock; baseDir: string; resolver: DnsResolver },
): BackendSource {
  if ('file' in discover) return new FileSource(resolve(baseDir, discover.file), clock);
  return new DnsSource(discover, { clock, resolver });
}

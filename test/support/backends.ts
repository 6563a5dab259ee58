import { Backend } from '../../proxy-engine/balancer/backend.ts';
import { type Clock, systemClock } from '../../proxy-engine/clock.ts';
import { type BackendConfig, configSchema, type PoolConfig } from '../../proxy-engine/contract/config.ts';
import type { RoutedSubject } from '../../proxy-engine/match/subject.ts';

/** Backends named a, b, c … with these weights, at 127.0.0.1:3001, :3002 … */
export function backendsOf(weights: readonly number[], clock: Clock = systemClock): Backend[] {
  return weights.map((weight, index) =>
    backendAt(`http://127.0.0.1:${3001 + index}`, { name: String.fromCharCode(97 + index), weight }, clock),
  );
}

export function backendAt(url: string, entry: Partial<BackendConfig> = {}, clock: Clock = systemClock): Backend {
  const config = { url, weight: 1, state: 'ready', backup: false, ...entry } as const;
  return new Backend(config, { clock, bounds: { maxInFlight: 0 }, slowStartMs: 0 });
}

/** A pool's config as the engine gets it, every default filled in. */
export function poolConfig(pool: Record<string, unknown>): PoolConfig {
  const config = configSchema.parse({ version: 1, pools: { pool } }).pools.pool;
  if (!config) throw new Error('no pool');
  return config;
}

/** The request of GET http://test.localhost/ by 127.0.0.1. */
export function subject(of: Partial<RoutedSubject> & { headers?: Record<string, string> } = {}): RoutedSubject {
  const { headers = {}, ...rest } = of;
  return {
    method: 'GET',
    scheme: 'http',
    host: 'test.localhost',
    port: 80,
    path: '/',
    query: '',
    target: '/',
    url: 'http://test.localhost/',
    protocol: 'HTTP/1.1',
    listener: 'gateway',
    clientIp: '127.0.0.1',
    websocket: false,
    grpc: false,
    requestHeader: (lowerName) => headers[lowerName],
    ...rest,
  };
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

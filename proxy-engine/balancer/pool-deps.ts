/** What a pool needs of the engine. */
import type { Clock } from '../clock.ts';
import type { PoolConfig } from '../contract/config.ts';
import { type DnsResolver, systemResolver } from '../discovery/dns.ts';
import type { ProbeLane } from '../health/probe-connection.ts';
import { ONLY_THREAD, type ThreadPlace } from '../threads/shared-bells.ts';
import { laneOptions } from '../upstream/lane-options.ts';
import type { AttemptResult, Backend } from './backend.ts';
import type { PoolFacts } from './followed.ts';

/** Something about a backend that a person should see happen. */
export interface BackendChange {
  pool: string;
  backend: string;
  /** In a sentence: `ejected 2 s: 3× reset`. */
  reason: string;
}

/** Another thread looks after the pool: checks, ejections and discovery are its, and what happens here is told to it. */
export interface PoolLead extends PoolFacts {
  attemptEnded(backend: Backend, result: AttemptResult): void;
  /** An ejected backend was picked, because no other is left. */
  readmitted(backend: Backend): void;
}

export interface PoolDeps {
  clock: Clock;
  /** Health, an ejection or the backends changed; the change is absent when the pool as a whole did. */
  onChange(change?: BackendChange): void;
  /** These are no longer in the pool; what is in flight on them finishes. */
  onGone?(backends: readonly Backend[]): void;
  /** In [0, 1). */
  random?(): number;
  /** What relative files are relative to. */
  baseDir?: string;
  /** Who is asked for names that are discovered. */
  resolver?: DnsResolver;
  /** Of those that count what is under way in the pool; default: there is no other. */
  thread?: ThreadPlace;
  /** How its checks connect: as its traffic does. Default: read from its config. */
  lane?: ProbeLane;
  /** null: nobody else looks after it. */
  lead?: PoolLead | null;
}

/** Throws `ConfigError` when a TLS file of the pool cannot be read. */
export function withDefaults(deps: PoolDeps, name: string, config: PoolConfig): Required<PoolDeps> {
  const { baseDir = '.' } = deps;
  return {
    random: Math.random,
    onGone: () => {},
    resolver: systemResolver,
    thread: ONLY_THREAD,
    lead: null,
    ...deps,
    baseDir,
    lane: deps.lane ?? laneOptions(name, config, baseDir),
  };
}

/** Feeds the metrics from a running engine: finished exchanges are counted, all the rest is read when it is asked for. */
import type { Pool } from '../balancer/pool.ts';
import type { LiveExchange } from '../exchange.ts';
import { ExchangeCounters } from './exchange-counters.ts';
import { type BackendCounts, createMetrics, type Metrics, type MetricsSnapshot } from './metrics.ts';

export interface MetricsSources {
  version: string;
  clock: { now(): number };
  /** Connections to backends. */
  connections: { countOf(backend: Pool['backends'][number]): number };
  /** The parts that only the engine knows. */
  read(): Pick<MetricsSnapshot, 'revision' | 'inFlight' | 'retriesInFlight' | 'listeners' | 'capture'> & {
    pools: readonly Pool[];
  };
}

export class EngineMetrics implements Metrics {
  readonly #counters = new ExchangeCounters();
  readonly #metrics: Metrics;
  readonly #sources: MetricsSources;
  readonly #startedAt: number;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    this.#startedAt = sources.clock.now();
    this.#metrics = createMetrics(() => this.#snapshot());
  }

  /** To be told of every exchange that has ended. */
  count(exchange: LiveExchange): void {
    const { listener, route, pool, answered, startedAt, endedAt, attempts, error } = exchange;
    this.#counters.record({
      listener,
      route,
      pool,
      status: answered?.status ?? 0,
      durationMs: endedAt - startedAt,
      attempts: attempts.length,
      error: error?.code,
    });
  }

  text(): string {
    return this.#metrics.text();
  }

  #snapshot(): MetricsSnapshot {
    const { version, clock, read, connections } = this.#sources;
    const { pools, ...engine } = read();
    return {
      ...engine,
      version,
      uptimeSeconds: (clock.now() - this.#startedAt) / 1000,
      residentBytes: process.memoryUsage.rss(),
      exchanges: this.#counters.read(),
      pools: pools.map((pool) => pool.status()),
      backends: pools.flatMap((pool) => countsOf(pool, connections)),
    };
  }
}

function countsOf({ name: pool, backends }: Pool, connections: MetricsSources['connections']): BackendCounts[] {
  return backends.map((backend) => ({
    pool,
    backend: backend.name,
    connections: connections.countOf(backend),
    ejections: backend.record.ejectionsTotal,
    failures: backend.record.failureCodes,
    durations: backend.record.durations,
  }));
}

/** Feeds the metrics from a running engine: finished exchanges are counted, all the rest is read when it is asked for. */
import type { Pool } from '../balancer/pool.ts';
import type { LiveExchange } from '../exchange.ts';
import { ExchangeCounters, type ExchangeCounts, sumOfCounts } from './exchange-counters.ts';
import { type BackendCounts, createMetrics, type MetricsSnapshot } from './metrics.ts';

export interface MetricsSources {
  version: string;
  clock: { now(): number };
  /** Connections to backends. */
  connections: { countOf(backend: Pool['backends'][number]): number };
  /** The parts that only the engine knows. */
  read(): Pick<MetricsSnapshot, 'revision' | 'inFlight' | 'listeners' | 'capture'> & {
    pools: readonly Pool[];
  };
}

/** What another thread of the engine has counted. */
export interface CountsElsewhere {
  exchanges: readonly ExchangeCounts[];
  inFlight: number;
  /** Open connections to backends, by the id of their record. */
  connections: ReadonlyMap<number, number>;
}

export class EngineMetrics {
  readonly #counters = new ExchangeCounters();
  readonly #sources: MetricsSources;
  readonly #startedAt: number;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    this.#startedAt = sources.clock.now();
  }

  /** To be told of every exchange that has ended in this thread. */
  count(exchange: LiveExchange): void {
    this.#counters.count(exchange);
  }

  /** In the text format of Prometheus. */
  text(elsewhere: readonly CountsElsewhere[] = []): string {
    return createMetrics(() => this.#snapshot(elsewhere)).text();
  }

  #snapshot(elsewhere: readonly CountsElsewhere[]): MetricsSnapshot {
    const { version, clock, read, connections } = this.#sources;
    const { pools, inFlight, ...engine } = read();
    const countOf = (backend: Pool['backends'][number]) =>
      elsewhere.reduce(
        (sum, one) => sum + (one.connections.get(backend.record.shared.id) ?? 0),
        connections.countOf(backend),
      );
    return {
      ...engine,
      inFlight: elsewhere.reduce((sum, one) => sum + one.inFlight, inFlight),
      retriesInFlight: pools.reduce((sum, pool) => sum + pool.load.retries.value, 0),
      version,
      uptimeSeconds: (clock.now() - this.#startedAt) / 1000,
      residentBytes: process.memoryUsage.rss(),
      exchanges: sumOfCounts([this.#counters.read(), ...elsewhere.map(({ exchanges }) => exchanges)]),
      pools: pools.map((pool) => pool.status()),
      backends: pools.flatMap((pool) => countsOf(pool, { countOf })),
    };
  }
}

function countsOf({ name: pool, backends }: Pool, connections: MetricsSources['connections']): BackendCounts[] {
  return backends.map((backend) => ({
    pool,
    backend: backend.name,
    connections: connections.countOf(backend),
    ejections: backend.record.ejectionsTotal,
    failures: backend.record.failureReasons,
    durations: backend.record.durations,
  }));
}

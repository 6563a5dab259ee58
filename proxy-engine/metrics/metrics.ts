/** What the engine tells a monitoring system: its counters and states, read when asked, never on the way of a request. */
import type { BackendStatus, CaptureState, PoolState } from '../contract/state.ts';
import type { ExchangeCounts } from './exchange-counters.ts';
import { expositionText, type Labels, type MetricFamily } from './exposition.ts';
import type { Histogram } from './histogram.ts';

export interface MetricsSnapshot {
  version: string;
  /** Of the config that runs. */
  revision: number;
  uptimeSeconds: number;
  residentBytes: number;
  /** Exchanges and retries under way. */
  inFlight: number;
  retriesInFlight: number;
  listeners: readonly { name: string; connections: number }[];
  exchanges: readonly ExchangeCounts[];
  pools: readonly PoolState[];
  backends: readonly BackendCounts[];
  capture: CaptureState;
}

/** What is counted of a backend beside its state. */
export interface BackendCounts {
  pool: string;
  backend: string;
  /** Open ones. */
  connections: number;
  ejections: number;
  /** Failed attempts by the reason of their error. */
  failures: ReadonlyMap<string, number>;
  /** Of attempts. */
  durations: Histogram;
}

export interface Metrics {
  /** In the text format of Prometheus. */
  text(): string;
}

export function createMetrics(read: () => MetricsSnapshot): Metrics {
  return { text: () => expositionText(metricFamilies(read())) };
}

export function metricFamilies(snapshot: MetricsSnapshot): MetricFamily[] {
  return [
    ...engineFamilies(snapshot),
    ...exchangeFamilies(snapshot.exchanges),
    ...poolFamilies(snapshot.pools),
    ...backendFamilies(snapshot.pools),
    ...countFamilies(snapshot.backends),
  ];
}

type Sample = { labels: Labels; value: number };

function gauge(name: string, help: string, ...samples: Sample[]): MetricFamily {
  return { name, help, type: 'gauge', samples };
}

function counter(name: string, help: string, ...samples: Sample[]): MetricFamily {
  return { name, help, type: 'counter', samples };
}

function single(value: number): Sample {
  return { labels: {}, value };
}

function engineFamilies(snapshot: MetricsSnapshot): MetricFamily[] {
  const { listeners, capture } = snapshot;
  const open = listeners.map(({ name, connections }) => ({ labels: { listener: name }, value: connections }));
  return [
    gauge('build_info', 'Always 1; the version is a label.', { labels: { version: snapshot.version }, value: 1 }),
    gauge('uptime_seconds', 'Seconds since the engine started.', single(snapshot.uptimeSeconds)),
    gauge('resident_memory_bytes', 'Memory of the engine process.', single(snapshot.residentBytes)),
    gauge('config_revision', 'Grows by one with every applied config.', single(snapshot.revision)),
    gauge('listener_connections', 'Open client connections.', ...open),
    gauge('exchanges_in_flight', 'Exchanges under way.', single(snapshot.inFlight)),
    gauge('retries_in_flight', 'Retries whose answer has not begun.', single(snapshot.retriesInFlight)),
    gauge('capture_exchanges', 'Recorded exchanges that are kept.', single(capture.exchanges)),
    gauge('capture_bytes', 'Bytes that the recorded exchanges take.', single(capture.bytes)),
    gauge('capture_degraded', '1 while bodies or whole exchanges are not recorded.', {
      labels: { reason: capture.reason ?? '' },
      value: capture.level === 'full' ? 0 : 1,
    }),
  ];
}

function exchangeFamilies(exchanges: readonly ExchangeCounts[]): MetricFamily[] {
  const labels = ({ listener, route, pool }: ExchangeCounts): Labels => ({ listener, route, pool });
  const durations = exchanges.map((row) => ({ labels: labels(row), value: row.duration }));
  const answers = (of: 'statuses' | 'faulted') =>
    exchanges
      .flatMap((row) =>
        row[of].map((value, digit) => ({
          labels: { ...labels(row), status: digit === 0 ? 'none' : `${digit}xx` },
          value,
        })),
      )
      .filter(({ value }) => value > 0);
  const errors = exchanges.flatMap((row) =>
    [...row.errors].map(([reason, value]) => ({ labels: { ...labels(row), reason }, value })),
  );
  return [
    counter('exchanges_total', 'Finished exchanges by the class of their answer.', ...answers('statuses')),
    counter(
      'exchanges_with_fault_total',
      'Those of which a failure on purpose has hit an attempt.',
      ...answers('faulted'),
    ),
    counter(
      'retries_total',
      'Attempts after the first of their exchange.',
      ...exchanges.map((row) => ({ labels: labels(row), value: row.retries })),
    ),
    counter(
      'errors_total',
      'Exchanges that ended with an error, by its code; FAULT_ before it: made on purpose.',
      ...errors,
    ),
    {
      name: 'exchange_duration_seconds',
      help: 'From the request head to the end of the answer.',
      type: 'histogram',
      samples: durations,
    },
  ];
}

function poolFamilies(pools: readonly PoolState[]): MetricFamily[] {
  const queued = pools.map(({ name, queued: value = 0 }) => ({ labels: { pool: name }, value }));
  return [gauge('pool_queued', 'Exchanges that wait until a backend has room.', ...queued)];
}

function countFamilies(backends: readonly BackendCounts[]): MetricFamily[] {
  const labels = ({ pool, backend }: BackendCounts): Labels => ({ pool, backend });
  const failures = backends.flatMap((row) =>
    [...row.failures].map(([reason, value]) => ({ labels: { ...labels(row), reason }, value })),
  );
  return [
    counter(
      'backend_failures_total',
      'Attempts that the backend failed, by the code of the error; FAULT_ before it: made on purpose.',
      ...failures,
    ),
    counter(
      'backend_ejections_total',
      'How often it was ejected after failures of live traffic.',
      ...backends.map((row) => ({ labels: labels(row), value: row.ejections })),
    ),
    gauge(
      'backend_connections',
      'Open connections to a backend.',
      ...backends.map((row) => ({ labels: labels(row), value: row.connections })),
    ),
    {
      name: 'backend_attempt_duration_seconds',
      help: 'From the pick of a backend to the end of its answer, or its failure.',
      type: 'histogram',
      samples: backends.map((row) => ({ labels: labels(row), value: row.durations })),
    },
  ];
}

function backendFamilies(pools: readonly PoolState[]): MetricFamily[] {
  const of = (
    value: (backend: BackendStatus) => number,
    extra: (backend: BackendStatus) => Labels = () => ({}),
  ): Sample[] =>
    pools.flatMap(({ name: pool, backends }) =>
      backends.map((backend) => ({
        labels: { pool, backend: backend.name, ...extra(backend) },
        value: value(backend),
      })),
    );
  return [
    counter('backend_requests_total', 'Attempts at a backend.', ...of(({ requests }) => requests)),
    gauge('backend_in_flight', 'Attempts under way.', ...of(({ inFlight }) => inFlight)),
    gauge('backend_weight', 'Its weight.', ...of(({ weight }) => weight)),
    gauge('backend_available', '1 when it may be picked.', ...of(({ available }) => Number(available))),
    gauge('backend_healthy', 'What checks say: 1 healthy, 0 unhealthy, -1 not known.', ...of(healthValue)),
    gauge(
      'backend_ejected',
      '1 while it is ejected after failures of live traffic.',
      ...of(({ ejectedUntil }) => Number(ejectedUntil !== undefined)),
    ),
    gauge('backend_fault', '1 while it has a fault on purpose.', ...of(({ fault }) => Number(fault !== undefined))),
    gauge(
      'backend_state',
      'Always 1; reason is the state that the operator wants.',
      ...of(
        () => 1,
        ({ state }) => ({ reason: state }),
      ),
    ),
  ];
}

function healthValue({ health }: BackendStatus): number {
  switch (health) {
    case 'healthy':
      return 1;
    case 'unhealthy':
      return 0;
    case 'unknown':
      return -1;
  }
}

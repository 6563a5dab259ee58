/** What the engine tells a monitoring system: its counters and states, read when asked, never on the way of a request. */
import type { BackendStatus, CaptureState, PoolState } from '../contract/state.ts';
import type { ExchangeCounts } from './exchange-counters.ts';
import { expositionText, type Labels, type MetricFamily } from './exposition.ts';

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
  capture: CaptureState;
}

export interface Metrics {
  /** In the text format of Prometheus. */
  text(): string;
}

export function createMetrics(read: () => MetricsSnapshot): Metrics {
  return { text: () => expositionText(metricFamilies(read())) };
}

export function metricFamilies(snapshot: MetricsSnapshot): MetricFamily[] {
  return [...engineFamilies(snapshot), ...exchangeFamilies(snapshot.exchanges), ...backendFamilies(snapshot.pools)];
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
    gauge(
      'retries_in_flight',
      'Exchanges under way that are past their first attempt.',
      single(snapshot.retriesInFlight),
    ),
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
  const answers = exchanges.flatMap((row) =>
    row.statuses.map((value, digit) => ({
      labels: { ...labels(row), status: digit === 0 ? 'none' : `${digit}xx` },
      value,
    })),
  );
  const errors = exchanges.flatMap((row) =>
    [...row.errors].map(([reason, value]) => ({ labels: { ...labels(row), reason }, value })),
  );
  return [
    counter(
      'exchanges_total',
      'Finished exchanges by the class of their answer.',
      ...answers.filter(({ value }) => value > 0),
    ),
    counter('errors_total', 'Exchanges that ended with an error, by its code.', ...errors),
    {
      name: 'exchange_duration_seconds',
      help: 'From the request head to the end of the answer.',
      type: 'histogram',
      samples: durations,
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
    counter('backend_failures_total', 'Attempts that the backend failed.', ...of(({ failures }) => failures)),
    gauge('backend_in_flight', 'Attempts under way.', ...of(({ inFlight }) => inFlight)),
    gauge('backend_weight', 'Its weight.', ...of(({ weight }) => weight)),
    gauge('backend_available', '1 when it may be picked.', ...of(({ available }) => Number(available))),
    gauge('backend_healthy', 'What checks say: 1 healthy, 0 unhealthy, -1 not known.', ...of(healthValue)),
    gauge(
      'backend_ejected',
      '1 while it is ejected after failures of live traffic.',
      ...of(({ ejectedUntil }) => Number(ejectedUntil !== undefined)),
    ),
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

import { describe, expect, it } from 'vitest';
import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { type CountedExchange, ExchangeCounters } from '../../proxy-engine/metrics/exchange-counters.ts';
import { expositionText } from '../../proxy-engine/metrics/exposition.ts';
import { Histogram } from '../../proxy-engine/metrics/histogram.ts';
import { createMetrics, type MetricsSnapshot } from '../../proxy-engine/metrics/metrics.ts';

describe('a histogram', () => {
  it.each<[durationMs: number, bucket: number]>([
    [0, 0],
    [1, 0],
    [1.001, 1],
    [2, 1],
    [10, 3],
    [60_000, 14],
    [60_001, 15],
  ])('counts %d ms in bucket %i', (durationMs, bucket) => {
    const histogram = new Histogram();
    histogram.observe(durationMs);
    expect(histogram.counts.indexOf(1)).toBe(bucket);
    expect(histogram.count).toBe(1);
  });

  it('is told in seconds, cumulatively', () => {
    const histogram = new Histogram();
    for (const ms of [0.5, 4, 4, 90_000]) histogram.observe(ms);
    const lines = expositionText([
      { name: 'd', help: 'D', type: 'histogram', samples: [{ labels: { pool: 'a' }, value: histogram }] },
    ]).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '# HELP switchyard_d D',
      '# TYPE switchyard_d histogram',
      'switchyard_d_bucket{pool="a",le="0.001"} 1',
      'switchyard_d_bucket{pool="a",le="0.002"} 1',
      'switchyard_d_bucket{pool="a",le="0.005"} 3',
    ]);
    expect(lines.slice(-4)).toEqual([
      'switchyard_d_bucket{pool="a",le="+Inf"} 4',
      'switchyard_d_sum{pool="a"} 90.0085',
      'switchyard_d_count{pool="a"} 4',
      '',
    ]);
  });
});

it.each<[value: string, escaped: string]>([
  ['plain', 'plain'],
  ['a "b"', 'a \\"b\\"'],
  ['a\\b', 'a\\\\b'],
  ['a\nb', 'a\\nb'],
])('label value %j is written %s', (value, escaped) => {
  const text = expositionText([
    { name: 'x', help: 'h', type: 'gauge', samples: [{ labels: { pool: value }, value: 1 }] },
  ]);
  expect(text).toBe(`# HELP switchyard_x h\n# TYPE switchyard_x gauge\nswitchyard_x{pool="${escaped}"} 1\n`);
});

const backend: BackendStatus = {
  name: 'a',
  url: 'http://127.0.0.1:3001',
  weight: 3,
  state: 'drain',
  backup: false,
  health: 'unknown',
  available: false,
  reason: 'drain by you',
  ejectedUntil: 5,
  fault: { latencyMs: 40 },
  inFlight: 2,
  requests: 40,
  failures: 1,
  rate: 1,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  history: [],
  recentFailures: [],
};
const exchange: CountedExchange = {
  listener: 'gateway',
  route: 'api',
  pool: 'api',
  status: 200,
  durationMs: 3,
  attempts: 1,
  error: undefined,
  faulted: false,
};

function snapshot(counters: ExchangeCounters): MetricsSnapshot {
  return {
    version: '1.2.3',
    revision: 4,
    uptimeSeconds: 60,
    residentBytes: 1000,
    inFlight: 5,
    retriesInFlight: 1,
    listeners: [{ name: 'gateway', connections: 7 }],
    exchanges: counters.read(),
    pools: [{ name: 'api', policy: 'round_robin', retry: '', queued: 3, backends: [backend] }],
    backends: [
      {
        pool: 'api',
        backend: 'a',
        connections: 6,
        ejections: 2,
        failures: new Map([['RESET', 1]]),
        durations: new Histogram(),
      },
    ],
    capture: {
      level: 'heads',
      reason: 'disk is full',
      recording: true,
      exchanges: 9,
      bytes: 10,
      notRecorded: 0,
      withoutBodies: 0,
    },
  };
}

describe('the text', () => {
  const counters = new ExchangeCounters();
  for (const change of [
    {},
    {},
    { status: 502, error: 'RESET', attempts: 3 },
    { status: 0, error: 'CLIENT_GONE', faulted: true },
    { route: undefined, pool: undefined, status: 404, error: 'NO_ROUTE' },
  ])
    counters.record({ ...exchange, ...change });
  const text = createMetrics(() => snapshot(counters)).text();

  it.each([
    'switchyard_build_info{version="1.2.3"} 1',
    'switchyard_config_revision 4',
    'switchyard_listener_connections{listener="gateway"} 7',
    'switchyard_exchanges_in_flight 5',
    'switchyard_retries_in_flight 1',
    'switchyard_capture_degraded{reason="disk is full"} 1',
    'switchyard_exchanges_total{listener="gateway",route="api",pool="api",status="2xx"} 2',
    'switchyard_exchanges_total{listener="gateway",route="api",pool="api",status="5xx"} 1',
    'switchyard_exchanges_total{listener="gateway",route="api",pool="api",status="none"} 1',
    'switchyard_exchanges_total{listener="gateway",route="",pool="",status="4xx"} 1',
    'switchyard_exchanges_with_fault_total{listener="gateway",route="api",pool="api",status="none"} 1',
    'switchyard_errors_total{listener="gateway",route="api",pool="api",reason="RESET"} 1',
    'switchyard_errors_total{listener="gateway",route="",pool="",reason="NO_ROUTE"} 1',
    'switchyard_exchange_duration_seconds_count{listener="gateway",route="api",pool="api"} 4',
    'switchyard_backend_requests_total{pool="api",backend="a"} 40',
    'switchyard_backend_failures_total{pool="api",backend="a",reason="RESET"} 1',
    'switchyard_backend_ejections_total{pool="api",backend="a"} 2',
    'switchyard_backend_connections{pool="api",backend="a"} 6',
    'switchyard_backend_attempt_duration_seconds_count{pool="api",backend="a"} 0',
    'switchyard_pool_queued{pool="api"} 3',
    'switchyard_retries_total{listener="gateway",route="api",pool="api"} 2',
    'switchyard_backend_in_flight{pool="api",backend="a"} 2',
    'switchyard_backend_weight{pool="api",backend="a"} 3',
    'switchyard_backend_available{pool="api",backend="a"} 0',
    'switchyard_backend_healthy{pool="api",backend="a"} -1',
    'switchyard_backend_ejected{pool="api",backend="a"} 1',
    'switchyard_backend_fault{pool="api",backend="a"} 1',
    'switchyard_backend_state{pool="api",backend="a",reason="drain"} 1',
  ])('holds %s', (line) => expect(text.split('\n')).toContain(line));

  it('is what a parser of the format takes: a head per family, then its samples, no line twice', () => {
    const lines = text.trimEnd().split('\n');
    const samples = lines.filter((line) => !line.startsWith('#'));
    for (const line of samples)
      expect(line).toMatch(/^switchyard_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[\d.]+$/);
    expect(new Set(samples.map((line) => line.slice(0, line.lastIndexOf(' ')))).size).toBe(samples.length);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('has no family without samples', () => {
    const empty = createMetrics(() => ({
      ...snapshot(new ExchangeCounters()),
      pools: [],
      backends: [],
      listeners: [],
    })).text();
    expect(empty).not.toContain('backend');
    expect(empty).not.toContain('listener_connections');
  });
});

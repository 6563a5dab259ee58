/** Active checks and ejection of a cluster. */
import type { HealthCheckConfig } from '../../contract/config.ts';
import { isSecure } from '../backend-facts.ts';
import { askedWith } from '../check-head.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { duration, type Message } from './syntax.ts';

export function checkOf({ notes }: Plan, { config, path }: PlannedPool): Message {
  const check = config.healthCheck;
  if (!check) return {};
  const type = check.type === 'grpc' && !speaksHttp2(config) ? 'tcp' : check.type;
  if (type === check.type) notes.map(`${path}.healthCheck`, `${type} check`);
  else
    notes.approximate(
      `${path}.healthCheck`,
      `${check.type} check`,
      'Envoy has it for pools of HTTP/2 only: whether a connection opens',
    );
  const common = {
    timeout: duration(check.timeout),
    interval: duration(check.interval),
    // Before the first request it would look once a minute.
    no_traffic_interval: duration(check.interval),
    interval_jitter_percent: 10,
    healthy_threshold: check.rise,
    unhealthy_threshold: check.fall,
  };
  const isHttp2 = type === 'grpc' || (type === 'http' && config.protocol === 'http2');
  return {
    health_checks: [
      {
        ...common,
        ...kindOf(notes, { ...check, type }, path, isHttp2),
        ...(isHttp2 && isSecure(config) ? ASKS_FOR_HTTP2 : {}),
      },
    ],
  };
}

/** What traffic asks for by itself. */
const ASKS_FOR_HTTP2 = { tls_options: { alpn_protocols: ['h2'] } };

/** By itself, or by what ALPN finds out. */
export function speaksHttp2(config: PlannedPool['config']): boolean {
  return config.protocol === 'http2' || (config.protocol === 'auto' && isSecure(config));
}

function kindOf(notes: Plan['notes'], check: HealthCheckConfig, path: string, isHttp2: boolean): Message {
  switch (check.type) {
    case 'tcp':
      return { tcp_health_check: {} };
    case 'grpc':
      return { grpc_health_check: {} };
    case 'http':
      return {
        http_health_check: { ...httpCheck(notes, check, path), ...(isHttp2 ? { codec_client_type: 'HTTP2' } : {}) },
      };
  }
}

function httpCheck(notes: Plan['notes'], check: HealthCheckConfig, at: string): Message {
  const { path: target, method, expectBody } = check;
  const { host, headers } = askedWith(check);
  const expected = check.expectStatus.map(rangeOf);
  return {
    // Of an endpoint that says its own, that counts.
    ...(host === undefined ? {} : { host }),
    path: target,
    ...methodOf(notes, method, at),
    ...headersToAdd(headers),
    expected_statuses: expected,
    // Without it one unexpected status would be enough, whatever the threshold says.
    retriable_statuses: otherRanges(expected),
    ...(expectBody === undefined || expectBody === '' ? {} : bodyToExpect(notes, expectBody, at)),
  };
}

const METHODS: ReadonlySet<string> = new Set(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']);

function methodOf(notes: Plan['notes'], method: string, at: string): Message {
  if (METHODS.has(method)) return { method };
  if (method !== 'GET') notes.refuse(`${at}.healthCheck.method`, method, 'Envoy does not check with it; GET instead');
  return {};
}

function headersToAdd(headers: readonly [string, string][]): Message {
  const entries = headers.map(([key, value]) => ({
    header: { key, value: value.replaceAll('%', '%%') },
  }));
  return entries.length > 0 ? { request_headers_to_add: entries } : {};
}

function bodyToExpect(notes: Plan['notes'], text: string, path: string): Message {
  if (/^\/.*\/$/.test(text)) {
    notes.refuse(`${path}.healthCheck.expectBody`, text, 'Envoy looks for a fixed text');
    return {};
  }
  // It would look at the first 1,024 bytes.
  return { receive: [{ text: Buffer.from(text).toString('hex') }], response_buffer_size: 0 };
}

interface Range {
  start: number;
  /** Not included. */
  end: number;
}

function rangeOf(expected: number | string): Range {
  const [low = 200, high = low] = String(expected).split('-').map(Number);
  return { start: low, end: high + 1 };
}

/** What is left of 100–599. */
function otherRanges(ranges: readonly Range[]): Range[] {
  const others: Range[] = [];
  let from = 100;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    if (start > from) others.push({ start: from, end: start });
    from = Math.max(from, end);
  }
  return from < 600 ? [...others, { start: from, end: 600 }] : others;
}

export function ejectionOf({ notes }: Plan, { config, path }: PlannedPool): Message {
  const { ejection } = config;
  if (!ejection) return {};
  notes.approximate(
    `${path}.ejection`,
    `ejection`,
    'back after its time, without a look first; the ejected share is that of the whole pool',
  );
  const baseTime = Math.max(1, ejection.baseTime);
  if (baseTime !== ejection.baseTime) notes.approximate(`${path}.ejection.baseTime`, '0', 'a millisecond at least');
  return {
    outlier_detection: {
      consecutive_5xx: ejection.consecutiveFailures,
      enforcing_consecutive_5xx: 0,
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: ejection.consecutiveFailures,
      enforcing_local_origin_success_rate: 0,
      enforcing_success_rate: 0,
      enforcing_consecutive_gateway_failure: 0,
      base_ejection_time: duration(baseTime),
      max_ejection_time: duration(Math.max(baseTime, ejection.maxTime)),
      max_ejection_percent: Math.floor(ejection.maxPercent),
      always_eject_one_host: true,
    },
  };
}

/** How a location reaches the backends of its pool. */
import { isSecure, noteAddresses, originsOf } from '../backend-facts.ts';
import { boundOf, laterOf } from '../bounds.ts';
import { duration } from '../duration.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { quoted } from './text.ts';

/** Retries, timeouts and TLS: what a location says about its pool. */
export function reachLines(plan: Plan, pool: PlannedPool): string[] {
  return [
    ...retryLines(plan, pool),
    ...timeoutLines(plan, pool),
    ...tlsLines(plan, pool),
    ...protocolLines(plan, pool),
  ];
}

const STATUS_CONDITIONS: ReadonlySet<number> = new Set([403, 404, 429, 500, 502, 503, 504]);

function retryLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  const { retry } = config;
  if (retry.attempts === 1 || retry.on.length === 0) return ['proxy_next_upstream off;'];
  const words = new Set<string>();
  for (const on of retry.on) {
    if (on === 'connect' || on === 'reset') words.add('error');
    else if (on === 'timeout') words.add('timeout');
    else if (typeof on === 'number' && STATUS_CONDITIONS.has(on)) words.add(`http_${on}`);
    else notes.refuse(`${path}.retry.on`, `retry on ${on}`, 'nginx has no such condition');
  }
  if (retry.nonIdempotent) words.add('non_idempotent');
  notes.map(`${path}.retry`, `${retry.attempts} attempts on ${retry.on.join(', ')}`);
  if (originsOf(config).length === 1)
    notes.approximate(`${path}.retry`, 'a pool of one backend', 'nginx tries no backend twice');
  if (retry.on.includes('connect') !== retry.on.includes('reset'))
    notes.approximate(`${path}.retry.on`, `retry on ${retry.on.join(', ')}`, 'nginx does not tell connect from reset');
  if (retry.on.includes('connect') && !retry.on.includes('timeout'))
    notes.approximate(
      `${path}.retry.on`,
      'retry on connect',
      'a connection that is refused is retried, one that times out is not',
    );
  return [`proxy_next_upstream ${[...words].join(' ') || 'off'};`, `proxy_next_upstream_tries ${retry.attempts};`];
}

function timeoutLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  const { connect, head, idle, total } = config.timeouts;
  const read = laterOf(head, idle);
  notes.map(`${path}.timeouts`, 'timeouts connect, head and idle');
  if (head !== idle)
    notes.approximate(
      `${path}.timeouts`,
      'head and idle',
      `nginx has one proxy_read_timeout: the longer, ${duration(read)}`,
    );
  notes.approximate(`${path}.timeouts`, 'WebSockets', `nginx closes one that is silent for ${duration(read)}`);
  if (total > 0) notes.refuse(`${path}.timeouts.total`, 'total', 'nginx has no bound for a whole exchange');
  return [
    `proxy_connect_timeout ${duration(boundOf(connect))};`,
    `proxy_read_timeout ${duration(read)};`,
    `proxy_send_timeout ${duration(read)};`,
  ];
}

const NO_ADDRESSES =
  'nginx finds it among the names of a certificate only, not among its addresses, else it answers 502: set tls.serverName';
const SYSTEM_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

function tlsLines(plan: Plan, pool: PlannedPool): string[] {
  const { notes } = plan;
  const { config, path } = pool;
  if (!isSecure(config)) return [];
  const { verify, ca, serverName, cert, key } = config.tls;
  notes.map(`${path}.tls`, 'TLS to backends');
  const lines = ['proxy_ssl_server_name on;', `proxy_ssl_name ${serverName ?? originsOf(config)[0]?.host ?? ''};`];
  if (!serverName && new Set(originsOf(config).map(({ host }) => host)).size > 1)
    notes.approximate(`${path}.tls.serverName`, "each backend's own name", 'nginx has one name for a pool: the first');
  if (verify) {
    noteAddresses(plan, pool, NO_ADDRESSES);
    lines.push(
      'proxy_ssl_verify on;',
      'proxy_ssl_verify_depth 4;',
      `proxy_ssl_trusted_certificate ${quoted(ca[0] ?? SYSTEM_AUTHORITIES)};`,
    );
    if (ca.length === 0)
      notes.approximate(`${path}.tls.ca`, "the system's authorities", `nginx needs a file: ${SYSTEM_AUTHORITIES}`);
    if (ca.length > 1) notes.approximate(`${path}.tls.ca`, 'several authorities', `put them all into ${ca[0]}`);
  }
  if (cert && key) lines.push(`proxy_ssl_certificate ${quoted(cert)};`, `proxy_ssl_certificate_key ${quoted(key)};`);
  return lines;
}

function protocolLines({ notes, version }: Plan, { config, path }: PlannedPool): string[] {
  if (config.protocol === 'http2' && isAtLeast(version, '1.29.4')) return ['proxy_http_version 2;'];
  if (config.protocol === 'http2')
    notes.refuse(
      `${path}.protocol`,
      'HTTP/2 to backends',
      'nginx proxies with HTTP/2 from 1.29.4 on; HTTP/1.1 instead',
    );
  return ['proxy_http_version 1.1;'];
}

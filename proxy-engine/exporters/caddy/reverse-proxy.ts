/** A pool as a `reverse_proxy` directive. */
import { parseTarget } from '../../discovery/dns.ts';
import {
  type DnsDiscovery,
  isDefaultEjection,
  isSecure,
  noteNamesIn,
  type Origin,
  originsOf,
  readyOrigins,
  strangers,
} from '../backend-facts.ts';
import { boundOf } from '../bounds.ts';
import { duration } from '../duration.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { lookupOf } from '../written.ts';
import { forwardedForLines, forwardedLines, headerLines, requestIdLines, viaLines } from './forwarded.ts';
import { checkLines } from './health.ts';
import { hashKeyLines, insteadOf, policyLine, withoutHashKey } from './policy.ts';
import { picksAgain, tryingBlocks } from './retries.ts';
import { block, quoted } from './text.ts';

export function reverseProxy(plan: Plan, pool: PlannedPool): string[] {
  noteMissing(plan, pool);
  noteNamesIn(plan, pool, 'Caddy', ['noCommonName', 'wildcards']);
  const origins = usableOrigins(plan, pool);
  if (origins.length === 0) {
    plan.notes.refuse(`${pool.path}.backends`, `backends`, 'there is no backend that Caddy could use');
    return ['respond "no backend" 503'];
  }
  const lines = [
    ...upstreamLines(plan, pool, origins),
    ...checkLines(plan, pool),
    ...ejectionLines(plan, pool, origins),
    ...headerLines(plan, pool),
    ...withoutHashKey(pool),
    ...transportLines(plan, pool),
  ];
  return [
    ...requestIdLines(pool),
    ...hashKeyLines(plan, pool),
    ...forwardedForLines(pool),
    ...forwardedLines(plan, pool),
    ...viaLines(plan, pool),
    ...proxyBlocks(plan, pool, lines),
  ];
}

/** The name of a backend gives way to a Host that a rule has written. */
function proxyBlocks(plan: Plan, pool: PlannedPool, lines: readonly string[]): string[] {
  const { config, id } = pool;
  if (config.preserveHost) return tryingBlocks(plan, pool, [...lines, ...hostLines(plan, pool)]);
  const named = tryingBlocks(plan, pool, [...lines, 'header_up Host {http.reverse_proxy.upstream.hostport}']);
  if (!writesHosts(plan)) return named;
  return [
    `@written_${id} vars {http.vars.host_written} yes`,
    ...block(`handle @written_${id}`, tryingBlocks(plan, pool, [...lines, ...hostLines(plan, pool)])),
    ...block('handle', named),
  ];
}

/** From 2.11 on, Caddy would name a backend of TLS by its address. */
function hostLines({ version }: Plan, { config }: PlannedPool): string[] {
  return isSecure(config) && isAtLeast(version, '2.11') ? ['header_up Host {http.request.hostport}'] : [];
}

function usableOrigins(plan: Plan, pool: PlannedPool): Origin[] {
  const others = new Set(strangers(pool.config).map(({ name }) => name));
  const ready = readyOrigins(plan, pool, 'Caddy', others);
  const isAlone = ready.filter(({ backup }) => !backup).length === 1;
  originsOf(pool.config).forEach(({ name }, i) => {
    const path = `${pool.path}.backends[${i}]`;
    if (others.has(name)) plan.notes.refuse(path, `backend ${name}`, 'a pool is http or https as a whole');
    else if (!isAlone && ready.some((origin) => origin.name === name && origin.backup))
      plan.notes.refuse(path, `backup ${name}`, 'Caddy has backups for a single backend only (policy first)');
  });
  return isAlone ? ready : ready.filter(({ backup }) => !backup);
}

function upstreamLines(plan: Plan, pool: PlannedPool, origins: readonly Origin[]): string[] {
  const { policy, protocol, sticky, discover } = pool.config;
  const scheme = isSecure(pool.config) ? 'https' : protocol === 'http2' ? 'h2c' : 'http';
  const weighted = new Set(origins.map(({ weight }) => weight)).size > 1;
  const wantsWeights = weighted && !origins.some(({ backup }) => backup);
  const has = isAtLeast(plan.version, '2.7');
  if (!discover) plan.notes.map(`${pool.path}.backends`, `backends`);
  const addresses = origins.map(({ address }) => (hasOddPort(pool.config) ? address : `${scheme}://${address}`));
  const line =
    plan.notes.attempt(`${pool.path}.policy`, insteadOf(pool), () => policyLine(plan, pool, origins)) ?? 'random';
  if (discover && 'dns' in discover) return [...dynamicLines(plan, pool, discover), `lb_policy ${line}`];
  if (!wantsWeights) return [`to ${addresses.join(' ')}`, `lb_policy ${line}`];
  if (has && policy === 'round_robin' && !sticky)
    return [
      `to ${addresses.join(' ')}`,
      `lb_policy weighted_round_robin ${origins.map(({ weight }) => weight).join(' ')}`,
    ];
  if (HASHES.test(line)) {
    plan.notes.refuse(`${pool.path}.backends`, `weights`, 'Caddy hashes without weights');
    return [`to ${addresses.join(' ')}`, `lb_policy ${line}`];
  }
  return [...repeated(plan, pool, origins, addresses), `lb_policy ${line}`];
}

/** To be listed more often changes nothing for them. */
const HASHES = /^(?:header|uri_hash|ip_hash)\b/;

function dynamicLines({ notes, version }: Plan, { path }: PlannedPool, discover: DnsDiscovery): string[] {
  const { name, port } = parseTarget(discover.dns);
  const refresh = `refresh ${duration(discover.refresh)}`;
  notes.map(`${path}.discover`, lookupOf(discover));
  if (discover.type === 'SRV') return block(`dynamic srv ${name}`, [refresh]);
  if (isAtLeast(version, '2.7'))
    return block(`dynamic a ${name} ${port}`, [refresh, `versions ipv${discover.type === 'A' ? 4 : 6}`]);
  notes.approximate(`${path}.discover`, lookupOf(discover), 'Caddy before 2.7 takes addresses of both kinds');
  return block(`dynamic a ${name} ${port}`, [refresh]);
}

/** Caddy refuses http:// with port 443, and https:// with port 80; without a scheme, the transport says it. */
function hasOddPort(config: PlannedPool['config']): boolean {
  return originsOf(config).some(({ port, secure }) => port === (secure ? 80 : 443));
}

/** Longer lists are no longer readable. */
const MOST_REPETITIONS = 64;

/** Before 2.7 a backend that is listed three times gets three turns. */
function repeated(
  { notes }: Plan,
  pool: PlannedPool,
  origins: readonly Origin[],
  addresses: readonly string[],
): string[] {
  const total = origins.reduce((sum, { weight }) => sum + weight, 0);
  const counts = total <= MOST_REPETITIONS ? origins.map(({ weight }) => weight) : origins.map(() => 1);
  const why =
    total <= MOST_REPETITIONS
      ? 'a backend is listed as often as its weight says: the same shares, in runs'
      : 'Caddy has them from 2.7 on, for round_robin; all count the same';
  notes.approximate(`${pool.path}.backends`, `weights`, why);
  return [`to ${addresses.flatMap((address, i) => Array.from({ length: counts[i] ?? 1 }, () => address)).join(' ')}`];
}

function ejectionLines({ notes }: Plan, pool: PlannedPool, origins: readonly Origin[]): string[] {
  const { config, path } = pool;
  const { ejection, connections } = config;
  const lines = [`unhealthy_request_count ${connections.perBackend}`];
  notes.approximate(
    `${path}.connections.perBackend`,
    `at most ${connections.perBackend} connections to a backend`,
    'Caddy counts requests, and answers 503 when all have so many',
  );
  const out = duration(ejection ? ejection.baseTime : 1000);
  if (origins.some(({ backup }) => backup)) {
    notes.approximate(
      `${path}.backends`,
      'backups',
      `a backend to which one connection fails is out for ${out}: only then Caddy uses them, the first one that is up`,
    );
    return [...lines, `fail_duration ${out}`, 'max_fails 1'];
  }
  if (origins.length > 1 && picksAgain(config)) {
    notes.approximate(
      `${path}.ejection`,
      `ejection`,
      `a backend to which one connection fails is out for ${out}: else Caddy would try the same one again`,
    );
    return [...lines, `fail_duration ${out}`, 'max_fails 1'];
  }
  // Without fail_duration no failure is counted; without max_fails Caddy takes a backend with none for failed.
  if (!ejection) return [...lines, 'max_fails 1'];
  notes.approximate(
    `${path}.ejection`,
    `ejection`,
    'failures within baseTime count, which is also how long a backend is out; no growth, all of a pool may be out',
  );
  if (!isDefaultEjection(config))
    notes.approximate(`${path}.ejection`, `ejection`, 'maxTime and maxPercent do not count');
  return [...lines, `fail_duration ${duration(ejection.baseTime)}`, `max_fails ${ejection.consecutiveFailures}`];
}

function transportLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  const { connect, head, idle, total } = config.timeouts;
  const lines = [
    `dial_timeout ${duration(boundOf(connect))}`,
    `keepalive ${duration(config.connections.idle)}`,
    // Or it asks for gzip where the client did not.
    'compression off',
  ];
  if (hasOddPort(config) && config.protocol === 'http2' && !isSecure(config)) lines.push('versions h2c');
  if (isSecure(config) && config.protocol !== 'auto')
    lines.push(`versions ${config.protocol === 'http1' ? '1.1' : '2'}`);
  if (head > 0) lines.push(`response_header_timeout ${duration(head)}`);
  notes.map(`${path}.timeouts`, 'timeouts connect and head');
  if (idle > 0)
    notes.lack(`${path}.timeouts.idle`, `idle ${duration(idle)}`, 'Caddy has no such bound', idle === 60_000);
  if (total > 0) notes.refuse(`${path}.timeouts.total`, 'total', 'Caddy has no bound for a whole exchange');
  return [...block('transport http', [...lines, ...tlsLines(config)])];
}

function tlsLines(config: PlannedPool['config']): string[] {
  if (!isSecure(config)) return [];
  const { verify, ca, serverName, cert, key } = config.tls;
  const lines = ['tls'];
  if (!verify) lines.push('tls_insecure_skip_verify');
  if (ca.length > 0) lines.push(`tls_trusted_ca_certs ${ca.map(quoted).join(' ')}`);
  if (serverName !== undefined) lines.push(`tls_server_name ${serverName}`);
  if (cert && key) lines.push(`tls_client_auth ${quoted(cert)} ${quoted(key)}`);
  return lines;
}

function noteMissing({ notes }: Plan, { config, path }: PlannedPool): void {
  const { slowStart, panicThreshold, connections, discover } = config;
  if (slowStart !== undefined) notes.refuse(`${path}.slowStart`, 'slow start', 'Caddy has none');
  if (panicThreshold > 0) notes.refuse(`${path}.panicThreshold`, 'panic threshold', 'Caddy has none');
  if (connections.maxInFlight > 0 || connections.queue > 0)
    notes.refuse(`${path}.connections`, 'maxInFlight, queue', 'Caddy has none');
  if (discover && 'file' in discover)
    notes.refuse(`${path}.discover`, 'discovery from a file', 'Caddy reads its own file');
}

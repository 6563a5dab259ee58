/** Pools as services, with their checks and the transport to their backends. */
import type { HealthCheckConfig } from '../../contract/config.ts';
import {
  hashOf,
  isDefaultEjection,
  isDefaultRetry,
  isSecure,
  noteNamesIn,
  type Origin,
  readyOrigins,
} from '../backend-facts.ts';
import { boundOf } from '../bounds.ts';
import { askedWith } from '../check-head.ts';
import { duration } from '../duration.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { lookupOf } from '../written.ts';
import type { Middlewares, Section } from './middlewares.ts';

/** The pool's service, and of its backups those that it falls back to. */
export function servicesOf(plan: Plan, pool: PlannedPool): Record<string, Section> {
  const { id, path } = pool;
  const origins = usable(plan, pool);
  const spares = origins.filter(({ backup }) => backup);
  const primaries = origins.filter(({ backup }) => !backup);
  noteMissing(plan, pool);
  noteNamesIn(plan, pool, 'Traefik', ['noCommonName', 'wildcards']);
  if (spares.length === 0) return { [id]: { loadBalancer: balancer(plan, pool, primaries) } };
  if (!pool.config.healthCheck || pool.config.healthCheck.type === 'tcp') {
    plan.notes.refuse(`${path}.backends`, `backups`, 'Traefik falls back when a check says so; give it one');
    return { [id]: { loadBalancer: balancer(plan, pool, primaries) } };
  }
  return {
    [id]: { failover: { service: `${id}-main`, fallback: `${id}-backup` } },
    [`${id}-main`]: { loadBalancer: balancer(plan, pool, primaries) },
    [`${id}-backup`]: { loadBalancer: balancer(plan, pool, spares) },
  };
}

function usable(plan: Plan, pool: PlannedPool): Origin[] {
  const { notes } = plan;
  const { path } = pool;
  const { discover } = pool.config;
  if (discover && 'file' in discover)
    notes.refuse(`${path}.discover`, 'discovery from a file', 'Traefik reads its own file');
  else if (discover)
    notes.approximate(`${path}.discover`, lookupOf(discover), 'one server; connections spread as the resolver answers');
  return readyOrigins(plan, pool, 'Traefik');
}

function balancer(plan: Plan, pool: PlannedPool, origins: readonly Origin[]): Section {
  const { config, path, id } = pool;
  if (!config.preserveHost && writesHosts(plan))
    plan.notes.approximate(`${path}.preserveHost`, "the backend's Host", 'a Host that a rule writes gives way to it');
  plan.notes.map(`${path}.backends`, `backends and weights`);
  const servers = origins.map(({ address, weight, secure }) => {
    const scheme = secure ? 'https' : config.protocol === 'http2' ? 'h2c' : 'http';
    return { url: `${scheme}://${address}`, ...(weight === 1 ? {} : { weight }) };
  });
  return {
    servers,
    ...strategy(plan, pool),
    ...sticky(plan, pool),
    ...check(plan, pool),
    ...passiveCheck(plan, pool),
    passHostHeader: config.preserveHost,
    serversTransport: id,
  };
}

interface Strategy {
  word: string;
  since: string;
  why: string | null;
}

const STRATEGIES: Partial<Record<PlannedPool['config']['policy'], Strategy>> = {
  round_robin: { word: 'wrr', since: '3.0', why: 'the same shares in another order (EDF)' },
  random: { word: 'wrr', since: '3.0', why: 'in turn instead of at random' },
  least_request: { word: 'p2c', since: '3.4', why: 'the fewer connections of two; weights do not count' },
  peak_ewma: { word: 'leasttime', since: '3.6', why: 'time to the first byte, another average' },
};

function strategy({ notes, version }: Plan, pool: PlannedPool): Section {
  const { policy } = pool.config;
  const byAddress = hashOf(pool).on === 'client_ip' && policy !== 'first';
  const known =
    STRATEGIES[policy] ??
    (byAddress ? { word: 'hrw', since: '3.6', why: 'rendezvous hashing: clients move once' } : null);
  const what = `policy ${policy}`;
  if (!known || !isAtLeast(version, known.since)) {
    const why = known ? `Traefik has ${known.word} from ${known.since} on` : 'Traefik has no such policy';
    notes.refuse(`${pool.path}.policy`, `${what} (round robin instead)`, why);
    if (pool.config.hash)
      notes.refuse(`${pool.path}.hash`, `hash on ${pool.config.hash.on} ${pool.config.hash.name ?? ''}`.trimEnd(), why);
    return {};
  }
  if (known.why === null) notes.map(`${pool.path}.policy`, what);
  else notes.approximate(`${pool.path}.policy`, what, known.why);
  // Before 3.4 there is one strategy, and no word for it.
  return isAtLeast(version, '3.4') ? { strategy: known.word } : {};
}

function sticky({ notes }: Plan, { config, path }: PlannedPool): Section {
  if (!config.sticky) return {};
  const { cookie, path: place, ttl } = config.sticky;
  notes.approximate(`${path}.sticky`, `cookie ${cookie}`, 'its values differ, so that clients are spread anew once');
  const attributes = { path: place, maxAge: Math.max(1, Math.round(ttl / 1000)), httpOnly: true, sameSite: 'lax' };
  return { sticky: { cookie: { name: cookie, ...attributes } } };
}

function check({ notes }: Plan, { config, path }: PlannedPool): Section {
  const { healthCheck } = config;
  if (!healthCheck) return {};
  const { type, interval, timeout, rise, fall, port, method } = healthCheck;
  const { host, headers } = askedWith(healthCheck);
  if (type === 'tcp') {
    notes.refuse(`${path}.healthCheck`, `tcp check`, 'Traefik checks its HTTP services with HTTP or gRPC');
    return {};
  }
  if (type === 'grpc' && isSecure(config)) {
    notes.refuse(`${path}.healthCheck`, `grpc check`, 'Traefik asks gRPC in clear only, also where it has to be TLS');
    return {};
  }
  notes.map(`${path}.healthCheck`, `${type} check`);
  notes.approximate(`${path}.healthCheck`, `rise ${rise}, fall ${fall}`, 'Traefik does not count; one probe flips');
  if (healthCheck.expectBody !== undefined)
    notes.refuse(`${path}.healthCheck.expectBody`, healthCheck.expectBody, 'Traefik does not look at the body');
  const common = {
    interval: duration(interval),
    timeout: duration(timeout),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { hostname: host }),
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
  };
  if (type === 'grpc') return { healthCheck: { mode: 'grpc', path: '/', ...common } };
  const status = expectedStatus(notes, healthCheck, path);
  return { healthCheck: { path: healthCheck.path, method, ...common, ...status, followRedirects: false } };
}

/** Traefik takes 200–399, or one status. */
function expectedStatus(notes: Plan['notes'], { expectStatus }: HealthCheckConfig, path: string): Section {
  const [first, ...more] = expectStatus;
  if (more.length === 0 && first === '200-399') return {};
  const status = Number(String(first).slice(0, 3));
  if (more.length > 0 || String(first) !== String(status))
    notes.approximate(
      `${path}.healthCheck.expectStatus`,
      expectStatus.join(', '),
      `Traefik takes 200-399 or one status: ${status}`,
    );
  return { status };
}

function passiveCheck({ notes, version }: Plan, { config, path }: PlannedPool): Section {
  const { ejection } = config;
  if (!ejection) return {};
  const what = `ejection`;
  if (!isAtLeast(version, '3.6')) {
    notes.lack(`${path}.ejection`, what, 'Traefik has passive checks from 3.6 on', true);
    return {};
  }
  notes.approximate(
    `${path}.ejection`,
    what,
    'failures within baseTime count, answers of 500 and above among them; that is also how long a backend is out, and all of a pool may be out',
  );
  if (!isDefaultEjection(config)) notes.approximate(`${path}.ejection`, what, 'maxTime and maxPercent do not count');
  return {
    passiveHealthCheck: { failureWindow: duration(ejection.baseTime), maxFailedAttempts: ejection.consecutiveFailures },
  };
}

/** How connections to the pool's backends are made. */
export function transportOf({ notes }: Plan, { config, path }: PlannedPool): Section {
  if (config.protocol === 'http2' && isSecure(config))
    notes.approximate(`${path}.protocol`, 'HTTP/2 to backends', 'HTTP/1.1 where a backend has no HTTP/2');
  const { connect, head, idle, total } = config.timeouts;
  notes.map(`${path}.timeouts`, 'timeouts connect and head');
  if (idle > 0)
    notes.lack(`${path}.timeouts.idle`, `idle ${duration(idle)}`, 'Traefik has no such bound', idle === 60_000);
  if (total > 0) notes.refuse(`${path}.timeouts.total`, 'total', 'Traefik has no bound for a whole exchange');
  const forwardingTimeouts = {
    dialTimeout: duration(boundOf(connect)),
    responseHeaderTimeout: duration(head),
    idleConnTimeout: duration(config.connections.idle),
  };
  return { forwardingTimeouts, ...(config.protocol === 'http1' ? { disableHTTP2: true } : {}), ...tls(config) };
}

function tls(config: PlannedPool['config']): Section {
  if (!isSecure(config)) return {};
  const { verify, ca, serverName, cert, key } = config.tls;
  return {
    ...(verify ? {} : { insecureSkipVerify: true }),
    ...(ca.length > 0 ? { rootCAs: ca } : {}),
    ...(serverName === undefined ? {} : { serverName }),
    ...(cert !== undefined && key !== undefined ? { certificates: [{ certFile: cert, keyFile: key }] } : {}),
  };
}

/** What routers to the pool need in front of it, in order. */
export function poolMiddlewares({ notes }: Plan, { config, path, id }: PlannedPool): Middlewares {
  const { via, requestId, xForwarded, rfc7239 } = config.forwarded;
  const made: Middlewares = {};
  if (via !== false) {
    notes.approximate(`${path}.forwarded.via`, 'Via', 'takes the place of what was there before');
    made[`${id}-via`] = { headers: { customRequestHeaders: { Via: `1.1 ${via}` } } };
  }
  if (requestId !== false)
    notes.lack(`${path}.forwarded.requestId`, requestId, 'Traefik makes no ids', requestId === 'x-request-id');
  if (rfc7239) notes.refuse(`${path}.forwarded.rfc7239`, 'Forwarded', 'Traefik does not write it');
  notes.approximate(
    `${path}.forwarded.xForwarded`,
    'X-Forwarded-For and the like',
    xForwarded
      ? 'those of an untrusted client are replaced, Forwarded goes on as it came; X-Forwarded-Port, -Server and X-Real-Ip come too, and Accept-Encoding: gzip where there was none'
      : 'Traefik always writes them',
  );
  if (config.retry.attempts > 1 && config.retry.on.length > 0) made[`${id}-retry`] = retry(notes, config, path);
  return made;
}

function retry(notes: Plan['notes'], config: PlannedPool['config'], path: string): Section {
  const { attempts, on, backoff, nonIdempotent } = config.retry;
  const others = on.filter((each) => each !== 'connect' && each !== 'reset');
  if (others.length > 0)
    notes.refuse(`${path}.retry.on`, `retry on ${others.join(', ')}`, 'Traefik tries again when no answer came');
  notes.approximate(
    `${path}.retry`,
    `${attempts} attempts on ${on.join(', ')}`,
    nonIdempotent
      ? 'on whatever kept an answer from coming, maybe on the same backend'
      : 'on whatever kept an answer from coming, of any method, maybe on the same backend',
  );
  notes.lack(`${path}.retry`, 'retry budget and replay bound', 'Traefik has none', isDefaultRetry(config));
  return { retry: { attempts, initialInterval: duration(backoff.base) } };
}

function noteMissing({ notes }: Plan, { config, path }: PlannedPool): void {
  const { slowStart, panicThreshold, connections } = config;
  if (slowStart !== undefined) notes.refuse(`${path}.slowStart`, 'slow start', 'Traefik has none');
  if (panicThreshold > 0) notes.refuse(`${path}.panicThreshold`, 'panic threshold', 'Traefik has none');
  const { perBackend, maxInFlight, queue } = connections;
  notes.lack(
    `${path}.connections`,
    `${perBackend} connections per backend`,
    'Traefik has no such bound',
    perBackend === 256,
  );
  if (maxInFlight > 0 || queue > 0) notes.refuse(`${path}.connections`, 'maxInFlight, queue', 'Traefik has none');
}

/** A pool as a cluster. */
import { isIP } from 'node:net';
import { type Origin, originsOf, strangers } from '../backend-facts.ts';
import { boundOf } from '../bounds.ts';
import { askedWith } from '../check-head.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { socketOf, transport } from './backend-tls.ts';
import { checkOf, ejectionOf, speaksHttp2 } from './health.ts';
import { duration, type Message, typed } from './syntax.ts';

export function cluster(plan: Plan, pool: PlannedPool): Message {
  const { config, id } = pool;
  return {
    name: id,
    ...discovery(plan, pool),
    connect_timeout: duration(boundOf(config.timeouts.connect)),
    ...policy(plan, pool),
    load_assignment: { cluster_name: id, endpoints: localities(plan, pool) },
    ...checkOf(plan, pool),
    ...ejectionOf(plan, pool),
    common_lb_config: { healthy_panic_threshold: { value: config.panicThreshold } },
    circuit_breakers: bounds(plan, pool),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': protocolOptions(pool),
    },
    ...transport(plan, pool),
  };
}

function discovery({ notes }: Plan, { config, path }: PlannedPool): Message {
  const { discover } = config;
  if (discover && 'file' in discover) {
    notes.refuse(`${path}.discover`, 'discovery from a file', "Envoy's files of endpoints have another form (EDS)");
    return { type: 'STATIC' };
  }
  if (discover) {
    const what = `DNS name ${discover.dns}`;
    if (discover.type === 'SRV') notes.approximate(`${path}.discover`, what, 'addresses instead of SRV records');
    else notes.map(`${path}.discover`, what);
    const dns_lookup_family = discover.type === 'AAAA' ? 'V6_ONLY' : 'V4_ONLY';
    return { type: 'STRICT_DNS', dns_refresh_rate: duration(discover.refresh), dns_lookup_family };
  }
  if (originsOf(config).every(isNumbered)) return { type: 'STATIC' };
  notes.approximate(
    `${path}.backends`,
    'names of backends',
    'Envoy takes their IPv4 addresses where there are some, each as a backend',
  );
  return { type: 'STRICT_DNS', dns_lookup_family: 'V4_PREFERRED' };
}

const LOCALHOST = ['127.0.0.1', '::1'] as const;

function isNumbered({ host }: Origin): boolean {
  return host === 'localhost' || isIP(bare(host)) > 0;
}

/** Asked for by its name, that of IPv6 would be the only one. */
function socketAddress({ host, port }: Origin, config: PlannedPool['config']): Message {
  const at = (address: string) => ({ address: { socket_address: { address, port_value: port } } });
  if (host !== 'localhost' || !originsOf(config).every(isNumbered)) return at(bare(host));
  const [first, second] = LOCALHOST;
  return { ...at(first), additional_addresses: [at(second)] };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

const POLICIES: Record<PlannedPool['config']['policy'], { lb_policy: string; why: string | null }> = {
  round_robin: { lb_policy: 'ROUND_ROBIN', why: 'the same shares in another order, from a random backend on' },
  random: { lb_policy: 'RANDOM', why: null },
  least_request: { lb_policy: 'LEAST_REQUEST', why: null },
  peak_ewma: { lb_policy: 'LEAST_REQUEST', why: 'the fewer requests of two: latency does not count' },
  first: { lb_policy: 'ROUND_ROBIN', why: 'a priority for each backend: the next one when none before it is healthy' },
  ip_hash: { lb_policy: 'RING_HASH', why: 'another hash: clients move once' },
  ketama: { lb_policy: 'RING_HASH', why: 'another ring: keys move to other backends' },
  ring_hash: { lb_policy: 'RING_HASH', why: 'the same kind of ring; keys may move once' },
  maglev: { lb_policy: 'MAGLEV', why: 'the same kind of table; keys may move once' },
};

function policy({ notes }: Plan, { config, path }: PlannedPool): Message {
  const { lb_policy, why } = POLICIES[config.policy];
  const what = `policy ${config.policy}`;
  if (why === null) notes.map(`${path}.policy`, what);
  else notes.approximate(`${path}.policy`, what, why);
  const weighted = new Set(originsOf(config).map(({ weight }) => weight)).size > 1;
  if (lb_policy === 'RANDOM' && weighted)
    notes.approximate(
      `${path}.backends`,
      'weights with policy random',
      "Envoy's random policy does not look at weights",
    );
  return { lb_policy, ...slowStart({ notes }, config, path, lb_policy) };
}

function slowStart(
  { notes }: Pick<Plan, 'notes'>,
  { slowStart: window }: PlannedPool['config'],
  path: string,
  policyName: string,
): Message {
  if (window === undefined) return {};
  const field = { ROUND_ROBIN: 'round_robin_lb_config', LEAST_REQUEST: 'least_request_lb_config' }[policyName];
  if (field === undefined) {
    notes.refuse(`${path}.slowStart`, 'slow start', 'Envoy has it for round robin and least request only');
    return {};
  }
  notes.map(`${path}.slowStart`, 'slow start');
  return { [field]: { slow_start_config: { slow_start_window: duration(window) } } };
}

/** Whether some backends are there for when others fail. */
export function hasLevels(config: PlannedPool['config']): boolean {
  const backups = new Set(originsOf(config).map(({ backup }) => backup));
  return config.policy === 'first' || backups.size > 1;
}

/** Backups are of a lower priority; with policy `first` every backend has its own. */
function localities({ notes }: Plan, { config, path }: PlannedPool): Message[] {
  const origins = originsOf(config);
  const other = new Set(strangers(config).map((origin) => origin.name));
  for (const stranger of other)
    notes.refuse(`${path}.backends`, `backend ${stranger}`, 'a pool is http or https as a whole');
  const levels = new Map<number, Message[]>();
  origins.forEach((origin, i) => {
    if (other.has(origin.name)) return;
    const level = config.policy === 'first' ? i : origin.backup ? 1 : 0;
    levels.set(level, [...(levels.get(level) ?? []), endpoint(origin, config)]);
  });
  notes.map(`${path}.backends`, `backends and weights`);
  if (levels.size > 1)
    notes.approximate(
      `${path}.backends`,
      'backups',
      'they also help out while most, but not all, of the others are unhealthy',
    );
  return [...levels.values()].map((lb_endpoints, priority) =>
    priority === 0 ? { lb_endpoints } : { priority, lb_endpoints },
  );
}

function endpoint(origin: Origin, config: PlannedPool['config']): Message {
  const { address, weight, state } = origin;
  const { healthCheck } = config;
  const checked = {
    ...(healthCheck?.port === undefined ? {} : { port_value: healthCheck.port }),
    ...(healthCheck && healthCheck.type !== 'tcp' && askedWith(healthCheck).host === undefined
      ? { hostname: address }
      : {}),
  };
  return {
    endpoint: {
      hostname: address,
      ...socketAddress(origin, config),
      ...(Object.keys(checked).length === 0 ? {} : { health_check_config: checked }),
    },
    ...socketOf(origin, config),
    ...(weight > 1 ? { load_balancing_weight: weight } : {}),
    ...(state === 'maint' ? { health_status: 'UNHEALTHY' } : {}),
    ...(state === 'drain' || weight === 0 ? { health_status: 'DRAINING' } : {}),
  };
}

/** Above any bound that Switchyard has by default; Envoy's own are 1024. */
const MANY = 1_000_000;

function bounds({ notes }: Plan, { config, path }: PlannedPool): Message {
  const { perBackend, maxInFlight, queue } = config.connections;
  notes.map(`${path}.connections`, 'bounds of connections and requests in flight');
  const thresholds = {
    max_connections: MANY,
    max_pending_requests: queue > 0 ? queue : MANY,
    max_requests: maxInFlight > 0 ? maxInFlight : MANY,
    max_retries: MANY,
    retry_budget: { budget_percent: { value: config.retry.budgetPercent }, min_retry_concurrency: 3 },
  };
  return { thresholds: [thresholds], per_host_thresholds: [{ max_connections: perBackend }] };
}

function protocolOptions({ config }: PlannedPool): Message {
  const { protocol, connections } = config;
  const http_protocol_options = { enable_trailers: true };
  const versions =
    protocol === 'http2'
      ? { explicit_http_config: { http2_protocol_options: {} } }
      : speaksHttp2(config)
        ? { auto_config: { http_protocol_options } }
        : { explicit_http_config: { http_protocol_options } };
  return typed('envoy.extensions.upstreams.http.v3.HttpProtocolOptions', {
    common_http_protocol_options: { idle_timeout: duration(connections.idle) },
    ...versions,
  });
}

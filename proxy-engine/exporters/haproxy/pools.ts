/** A pool as a `backend` section. */
import { hashOf, isDefaultEjection, isDefaultRetry, noteNamesIn, originsOf } from '../backend-facts.ts';
import { boundOf, laterOf } from '../bounds.ts';
import { duration } from '../duration.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { lookupOf } from '../written.ts';
import { checkLines } from './health.ts';
import { serverLines } from './servers.ts';
import { argument, HOST_WRITTEN, section, word } from './text.ts';

export function backendSection(plan: Plan, pool: PlannedPool): string[] {
  const lines = [
    ...balanceLines(plan, pool),
    ...timeoutLines(plan, pool),
    ...retryLines(plan, pool),
    ...errorLines(plan, pool),
    ...stickyLines(plan, pool),
    ...checkLines(plan, pool),
    ...forwardLines(plan, pool),
    ...serverLines(plan, pool),
  ];
  noteMissing(plan, pool);
  noteNamesIn(plan, pool, 'HAProxy', ['wildcards']);
  return section(`backend ${pool.id}`, lines);
}

function balanceLines({ notes }: Plan, pool: PlannedPool): string[] {
  const { policy } = pool.config;
  const what = `policy ${policy} (round robin instead)`;
  const lines = notes.attempt(`${pool.path}.policy`, what, () => policyLines(pool));
  if (!lines) return ['balance roundrobin'];
  const difference = POLICY_DIFFERENCES[policy];
  if (difference === null) notes.map(`${pool.path}.policy`, `policy ${policy}`);
  else notes.approximate(`${pool.path}.policy`, `policy ${policy}`, difference);
  if (lines.includes(LEAST) && new Set(originsOf(pool.config).map(({ weight }) => weight)).size > 1)
    notes.approximate(
      `${pool.path}.backends`,
      `weights`,
      'of backends without a request, each is the least, whatever its weight',
    );
  return lines;
}

const LEAST = 'balance leastconn';

/** 16 points a unit of weight, placed by the number of a server: none of ours. */
const ANOTHER_RING = 'another ring: most keys move to other backends once; small weights scatter';

const POLICY_DIFFERENCES: Record<PlannedPool['config']['policy'], string | null> = {
  round_robin: 'the same shares in another order',
  random: 'by points on a ring: small weights scatter',
  least_request: 'leastconn counts queued requests too',
  peak_ewma: 'leastconn: latency does not count',
  first: 'the next backend is also used when the first has no free connection',
  ip_hash: 'another hash: clients move once',
  ketama: ANOTHER_RING,
  ring_hash: ANOTHER_RING,
  maglev: ANOTHER_RING,
};

function policyLines(pool: PlannedPool): string[] {
  switch (pool.config.policy) {
    case 'round_robin':
      return ['balance roundrobin'];
    case 'random':
      return ['balance random(1)'];
    case 'least_request':
    case 'peak_ewma':
      return [LEAST];
    case 'first':
      return ['balance first'];
    case 'ip_hash':
      // nginx's key: the network of IPv4, the whole of IPv6; consistent: only clients of a backend that is out move.
      return ['balance hash src,ipmask(24,128)', 'hash-type consistent'];
    case 'ketama':
    case 'ring_hash':
    case 'maglev':
      return [hashLine(pool), 'hash-type consistent'];
  }
}

function hashLine(pool: PlannedPool): string {
  const { on, name = '' } = hashOf(pool);
  switch (on) {
    case 'header':
      return `balance hdr(${argument(name)})`;
    case 'cookie':
      return `balance hash req.cook(${argument(name)})`;
    case 'query':
      return `balance url_param ${word(name)}`;
    case 'path':
      return 'balance hash path';
    case 'uri':
      return 'balance hash pathq';
    case 'client_ip':
      return 'balance source';
  }
}

function timeoutLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  const { connect, head, idle, total } = config.timeouts;
  notes.map(`${path}.timeouts`, 'timeouts connect, head and idle');
  if (head !== idle)
    notes.approximate(`${path}.timeouts`, 'head and idle', 'HAProxy has one `timeout server`: the longer');
  if (total > 0) notes.refuse(`${path}.timeouts.total`, 'total', 'HAProxy has no bound for a whole exchange');
  const server = duration(laterOf(head, idle));
  const opening = duration(boundOf(connect));
  return [`timeout connect ${opening}`, `timeout server ${server}`, `timeout queue ${opening}`];
}

const RETRY_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 500, 501, 502, 503, 504]);
const RETRY_WORDS = {
  connect: 'conn-failure',
  reset: 'empty-response',
  timeout: 'response-timeout',
  refused_stream: null,
};

function retryLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  const { retry } = config;
  if (retry.attempts === 1 || retry.on.length === 0) return ['retries 0'];
  const words = new Set<string>();
  for (const on of retry.on) {
    const known = typeof on === 'string' ? RETRY_WORDS[on] : RETRY_STATUSES.has(on) ? String(on) : null;
    if (known !== null) words.add(known);
    else notes.refuse(`${path}.retry.on`, `retry on ${on}`, 'HAProxy has no such condition');
  }
  notes.map(`${path}.retry`, `${retry.attempts} attempts on ${retry.on.join(', ')}`);
  if (retry.on.includes('reset'))
    notes.approximate(`${path}.retry.on`, 'retry on reset', 'empty-response: before the first byte of the answer');
  const lines = [`retries ${retry.attempts - 1}`, 'option redispatch 1', `retry-on ${[...words].join(' ') || 'none'}`];
  if (!retry.nonIdempotent)
    lines.push('http-request disable-l7-retry if !{ method GET HEAD OPTIONS PUT DELETE TRACE }');
  return lines;
}

/** HAProxy's 503 says both that there is no backend and that the one it had picked was not reached, which is a 502. */
function errorLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  notes.approximate(
    `${path}.timeouts.connect`,
    `connect ${duration(config.timeouts.connect)}`,
    'when it is over, HAProxy answers 502, Switchyard 504',
  );
  return [
    'http-error status 503 content-type "text/plain; charset=utf-8" string "no backend answers"',
    'http-response set-var(txn.from_backend) bool(true)',
    'http-after-response set-status 502 reason "Bad Gateway" if { status 503 } { srv_id -m found } !{ var(txn.from_backend) -m bool }',
  ];
}

function stickyLines({ notes }: Plan, { config, path }: PlannedPool): string[] {
  const { sticky } = config;
  if (!sticky) return [];
  if (sticky.path !== '/')
    notes.approximate(`${path}.sticky.path`, `path ${sticky.path}`, "HAProxy's cookies are for /");
  notes.approximate(
    `${path}.sticky`,
    `cookie ${sticky.cookie}`,
    'its values differ, so that clients are spread anew once; backends neither see it nor set one of that name',
  );
  const words = ['insert indirect nocache httponly', `maxlife ${duration(sticky.ttl)}`];
  const attributes = ['SameSite=Lax', `Max-Age=${Math.max(1, Math.round(sticky.ttl / 1000))}`];
  return [`cookie ${[word(sticky.cookie), ...words, ...attributes.map((each) => `attr ${each}`)].join(' ')}`];
}

function forwardLines(plan: Plan, { config, path }: PlannedPool): string[] {
  const { xForwarded, rfc7239, via, requestId } = config.forwarded;
  const lines: string[] = [];
  if (xForwarded) {
    lines.push(
      'http-request set-header X-Forwarded-For "%[req.fhdr(x-forwarded-for)], %[src]" if { req.fhdr_cnt(x-forwarded-for) eq 1 }',
      'http-request add-header X-Forwarded-For %[src] if !{ req.fhdr_cnt(x-forwarded-for) eq 1 }',
      'http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]',
      'http-request set-header X-Forwarded-Host %[var(txn.host)] if { var(txn.host) -m found }',
    );
  }
  if (rfc7239 || xForwarded) {
    const where = rfc7239 ? '' : ' if { req.fhdr(forwarded) -m found }';
    const setting = rfc7239 ? 'rfc7239' : 'xForwarded';
    plan.notes.approximate(`${path}.forwarded.${setting}`, 'Forwarded', 'an IPv6 address is not quoted');
    lines.push(
      `http-request add-header Forwarded "for=%[src];proto=%[ssl_fc,iif(https,http)];host=\\"%[var(txn.host)]\\""${where}`,
    );
  }
  if (requestId !== false) lines.push(...requestIdLines(requestId));
  if (via !== false)
    lines.push(`http-request add-header Via ${word(`%[req.ver,regsub(^2.0,2)] ${via.replaceAll('%', '%%')}`)}`);
  plan.notes.map(`${path}.forwarded`, 'forwarding headers');
  return [...lines, ...hostLines(plan, config, path)];
}

/** The id that the request carries, else one of its own. */
function requestIdLines(name: string): string[] {
  const unless = ` if !{ req.fhdr(${name}) -m found }`;
  const given = `http-request set-header ${name} %[req.fhdr(x-request-id,1)]${unless} { req.fhdr(x-request-id) -m found }`;
  const made = `http-request set-header ${name} %[uuid]${unless}`;
  return name.toLowerCase() === 'x-request-id' ? [made] : [given, made];
}

function hostLines(plan: Plan, config: PlannedPool['config'], path: string): string[] {
  const { notes } = plan;
  const origins = originsOf(config);
  if (config.preserveHost) {
    notes.map(`${path}.preserveHost`, "the client's Host");
    return [];
  }
  if (origins.length > 1)
    notes.approximate(
      `${path}.preserveHost`,
      "each backend's own Host",
      'HAProxy sets it before it picks: that of the first backend',
    );
  else notes.map(`${path}.preserveHost`, "the backend's Host");
  const unless = writesHosts(plan) ? ` if !${HOST_WRITTEN}` : '';
  return origins[0] ? [`http-request set-header Host ${origins[0].address}${unless}`] : [];
}

function noteMissing({ notes }: Plan, { config, path }: PlannedPool): void {
  const { connections, panicThreshold, discover, ejection } = config;
  const why =
    'HAProxy waits a second before it tries the same backend again, has no budget, and replays what fits a buffer (16 KiB)';
  notes.lack(`${path}.retry`, `retry budget, backoff and replay bound`, why, isDefaultRetry(config));
  notes.approximate(
    `${path}.connections.perBackend`,
    `at most ${connections.perBackend} connections to a backend`,
    'further requests wait in a queue, and get 502 after the time of timeouts.connect',
  );
  if (connections.maxInFlight > 0)
    notes.refuse(
      `${path}.connections.maxInFlight`,
      'maxInFlight',
      'HAProxy bounds connections of a server, not of a backend',
    );
  if (connections.queue > 0)
    notes.refuse(`${path}.connections.queue`, `queue ${connections.queue}`, 'HAProxy has no such bound');
  if (panicThreshold > 0) notes.refuse(`${path}.panicThreshold`, 'panic threshold', 'HAProxy has none');
  if (ejection)
    notes.approximate(
      `${path}.ejection`,
      `ejection`,
      'a backend comes back by its checks, not after a time; all of a pool may be out',
    );
  if (ejection && !isDefaultEjection(config))
    notes.approximate(`${path}.ejection`, 'baseTime, maxTime, maxPercent', 'do not count');
  if (discover && 'file' in discover)
    notes.refuse(`${path}.discover`, 'discovery from a file', 'HAProxy reads its own file');
  else if (discover?.type === 'SRV')
    notes.refuse(`${path}.discover`, lookupOf(discover), 'HAProxy asks for addresses; SRV records need `resolvers`');
  else if (discover)
    notes.approximate(
      `${path}.discover`,
      lookupOf(discover),
      'looked up at start; add a `resolvers` section to follow changes',
    );
}

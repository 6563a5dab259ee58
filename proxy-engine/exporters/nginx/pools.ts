/** A pool as an `upstream` block. */
import {
  hashOf,
  isDefaultEjection,
  isDefaultRetry,
  noteNamedHosts,
  type Origin,
  originsOf,
  strangers,
} from '../backend-facts.ts';
import { duration } from '../duration.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { lookupOf } from '../written.ts';
import { hashedCookie, hashedParameter, headerValue, type RequestState, targetOf } from './request-state.ts';
import { block, quoted } from './text.ts';

/** It takes less than one. */
const ZONE_KIB_PER_BACKEND = 2;

export function upstreamBlock(plan: Plan, state: RequestState, pool: PlannedPool): string[] {
  const lines = [
    `zone pool_${pool.id} ${64 + ZONE_KIB_PER_BACKEND * originsOf(pool.config).length}k;`,
    ...policyLines(plan, state, pool),
    ...serverLines(plan, pool),
    ...stickyLines(plan, pool),
  ];
  lines.push('keepalive 32;', `keepalive_timeout ${duration(pool.config.connections.idle)};`);
  plan.notes.map(`${pool.path}.backends`, `backends and weights`);
  noteNamedHosts(plan, pool, LOOKS_UP);
  noteMissing(plan, pool);
  return block(`upstream ${pool.id}`, lines);
}

const LOOKS_UP =
  'nginx looks a name up when it starts only, and does not start where nobody knows it; each of its addresses counts as a backend';

function policyLines(plan: Plan, state: RequestState, pool: PlannedPool): string[] {
  const { policy } = pool.config;
  const path = `${pool.path}.policy`;
  const { notes } = plan;
  const what = `policy ${policy}`;
  switch (policy) {
    case 'round_robin':
      notes.map(path, what);
      return [];
    case 'random':
      notes.map(path, what);
      return ['random;'];
    case 'least_request':
      notes.map(path, what);
      return ['least_conn;'];
    case 'ip_hash':
      notes.map(path, what);
      return ['ip_hash;'];
    case 'ketama':
      return (
        notes.attempt(path, `${what} (round robin instead)`, () => {
          const line = `hash ${quoted(hashKey(state, pool))} consistent;`;
          notes.map(path, what);
          return [line];
        }) ?? []
      );
    case 'ring_hash':
    case 'maglev':
      return (
        notes.attempt(path, `${what} (round robin instead)`, () => {
          const line = `hash ${quoted(hashKey(state, pool))} consistent;`;
          notes.approximate(path, what, "nginx's ketama ring: keys move to other backends");
          return [line];
        }) ?? []
      );
    case 'peak_ewma':
      return peakEwma(plan, path);
    case 'first':
      notes.approximate(path, what, 'the first backend, the others as backups in turn');
      return [];
  }
}

function peakEwma({ version, notes }: Plan, path: string): string[] {
  const hasLeastTime = isAtLeast(version, '1.31.0');
  notes.approximate(
    path,
    'policy peak_ewma',
    hasLeastTime ? 'least_time: another average' : 'least_conn: latency does not count (least_time: 1.31.0)',
  );
  return [hasLeastTime ? 'least_time header;' : 'least_conn;'];
}

/** Of the request as rules leave it. */
function hashKey(state: RequestState, pool: PlannedPool): string {
  const { on, name = '' } = hashOf(pool);
  switch (on) {
    case 'header':
      return headerValue(state, name.toLowerCase());
    case 'cookie':
      return hashedCookie(state, name);
    case 'query':
      return hashedParameter(state, name);
    case 'path':
      return state.path;
    case 'uri':
      return targetOf(state);
    case 'client_ip':
      return '$remote_addr';
  }
}

const NO_BACKUP: ReadonlySet<string> = new Set(['random', 'ip_hash', 'ketama', 'ring_hash', 'maglev']);

function serverLines(plan: Plan, pool: PlannedPool): string[] {
  const other = new Set(strangers(pool.config).map(({ name }) => name));
  const { discover } = pool.config;
  // A name of SRV records has no address, and would keep nginx from starting.
  const origins = discover && 'dns' in discover && discover.type === 'SRV' ? [] : originsOf(pool.config);
  const usable = origins.filter(({ name }) => !other.has(name));
  const isSpare = sparesOf(pool.config.policy, usable);
  const lines = origins.flatMap((origin, i) => {
    const path = `${pool.path}.backends[${i}]`;
    if (other.has(origin.name)) {
      plan.notes.refuse(path, `backend ${origin.name}`, 'an nginx upstream is http or https as a whole');
      return [];
    }
    if (isSpare(origin) && NO_BACKUP.has(pool.config.policy)) {
      plan.notes.refuse(path, `backup ${origin.name}`, `nginx has no backups with ${pool.config.policy}`);
      return [];
    }
    return [serverLine(plan, pool, { ...origin, backup: isSpare(origin) }, path)];
  });
  if (lines.some((line) => !line.endsWith('backup;'))) return lines;
  plan.notes.refuse(`${pool.path}.backends`, `backends`, 'there is no backend that nginx could use');
  return ['server 127.0.0.1:9 down;'];
}

/** nginx wants one that is none, and some policies take none at all: those that are left alone are no backups. Of policy `first`, all behind the first that gets traffic are. */
function sparesOf(policy: PlannedPool['config']['policy'], origins: readonly Origin[]): (origin: Origin) => boolean {
  const getsTraffic = ({ state, weight }: Origin) => state === 'ready' && weight > 0;
  if (policy !== 'first') {
    const areAlone = origins.filter(getsTraffic).every(({ backup }) => backup);
    return ({ backup }) => backup && !areAlone;
  }
  const ranked = origins.toSorted((a, b) => Number(a.backup) - Number(b.backup));
  const first = ranked.find(getsTraffic) ?? ranked[0];
  return (origin) => origin !== first;
}

function serverLine(plan: Plan, pool: PlannedPool, origin: Origin, path: string): string {
  const { connections, ejection } = pool.config;
  const words = [`server ${origin.address}`];
  if (origin.weight > 1) words.push(`weight=${origin.weight}`);
  words.push(`max_conns=${connections.perBackend}`);
  words.push(
    ejection
      ? `max_fails=${ejection.consecutiveFailures} fail_timeout=${Math.max(1, Math.ceil(ejection.baseTime / 1000))}s`
      : 'max_fails=0',
  );
  if (origin.state !== 'ready' || origin.weight === 0) words.push(downWord(plan, origin, path));
  if (origin.backup) words.push('backup');
  return `${words.join(' ')};`;
}

function downWord({ notes, version }: Plan, origin: Origin, path: string): string {
  const drains = origin.state === 'drain' || origin.weight === 0;
  if (drains && isAtLeast(version, '1.29.6')) return 'drain';
  if (drains)
    notes.approximate(
      path,
      `${origin.name} drains`,
      'nginx before 1.29.6 knows `down` only: sticky clients lose it too',
    );
  return 'down';
}

function stickyLines({ notes, version }: Plan, pool: PlannedPool): string[] {
  const { sticky } = pool.config;
  if (!sticky) return [];
  const path = `${pool.path}.sticky`;
  if (!isAtLeast(version, '1.29.6')) {
    notes.refuse(path, `cookie ${sticky.cookie}`, 'nginx has sticky cookies from 1.29.6 on');
    return [];
  }
  notes.approximate(path, `cookie ${sticky.cookie}`, "nginx's cookie values differ: clients are spread anew once");
  // It refuses parts of a second.
  const seconds = Math.max(1, Math.round(sticky.ttl / 1000));
  const place = quoted(`path=${sticky.path}`);
  return [`sticky cookie ${sticky.cookie} expires=${seconds}s httponly samesite=lax ${place};`];
}

function noteMissing({ notes }: Plan, { config, path }: PlannedPool): void {
  const { ejection, connections, healthCheck, slowStart, discover, panicThreshold } = config;
  if (healthCheck)
    notes.refuse(`${path}.healthCheck`, `${healthCheck.type} check`, 'active checks are not in open-source nginx');
  if (slowStart) notes.refuse(`${path}.slowStart`, 'slow start', 'open-source nginx has none');
  if (panicThreshold > 0) notes.refuse(`${path}.panicThreshold`, 'panic threshold', 'nginx has none');
  if (ejection)
    notes.lack(
      `${path}.ejection`,
      `ejection`,
      'max_fails counts failures within fail_timeout, which is also how long a backend is out; no growth, no share that stays',
      true,
    );
  notes.lack(
    `${path}.retry`,
    `retry budget, backoff and replay bound`,
    'nginx retries at once, without a budget, and no request with a body once it has begun to send it',
    isDefaultRetry(config),
  );
  if (connections.maxInFlight > 0 || connections.queue > 0)
    notes.refuse(`${path}.connections`, 'maxInFlight, queue', 'open-source nginx has no queue');
  notes.approximate(
    `${path}.connections.perBackend`,
    `at most ${connections.perBackend} connections to a backend`,
    'when all are full nginx answers 502',
  );
  if (ejection && !isDefaultEjection(config))
    notes.approximate(`${path}.ejection`, `ejection`, 'maxTime and maxPercent do not count');
  if (!discover) return;
  if ('file' in discover) notes.refuse(`${path}.discover`, 'discovery from a file', 'nginx reads its own file');
  else if (discover.type === 'SRV')
    notes.refuse(`${path}.discover`, lookupOf(discover), 'nginx asks for addresses instead of SRV records');
  else
    notes.approximate(
      `${path}.discover`,
      lookupOf(discover),
      'nginx looks it up when it starts (with `resolve` and a resolver: 1.27.3)',
    );
}

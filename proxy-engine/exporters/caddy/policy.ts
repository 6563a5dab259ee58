/** How Caddy chooses a backend. */
import { hashOf, type Origin } from '../backend-facts.ts';
import { duration } from '../duration.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { parameterPlaceholder } from './placeholders.ts';
import { renderValue } from './values.ts';

/** What Caddy hashes where its own policy would do something else: its `cookie` sets a cookie, `uri_hash` takes the query along. */
const HASH_KEY = 'X-Switchyard-Hash';

/** Of a sticky cookie, in milliseconds. */
const DEFAULT_TTL = 3_600_000;

export function policyLine({ notes }: Plan, pool: PlannedPool, origins: readonly Origin[]): string {
  const { policy, sticky } = pool.config;
  const path = `${pool.path}.policy`;
  const what = `policy ${policy}`;
  if (sticky) {
    notes.approximate(
      `${pool.path}.sticky`,
      `cookie ${sticky.cookie}`,
      `Caddy's cookie policy takes the place of ${policy}; new clients are spread at random`,
    );
    if (sticky.path !== '/') notes.refuse(`${pool.path}.sticky.path`, `path ${sticky.path}`, 'Caddy writes Path=/');
    if (sticky.ttl !== DEFAULT_TTL)
      notes.refuse(`${pool.path}.sticky.ttl`, `ttl ${duration(sticky.ttl)}`, 'Caddy writes no Max-Age');
    notes.approximate(
      `${pool.path}.sticky`,
      'attributes of the cookie',
      'Caddy writes Path=/, without Max-Age, HttpOnly and SameSite',
    );
    return `cookie ${sticky.cookie}`;
  }
  if (origins.some(({ backup }) => backup)) {
    notes.map(path, 'one backend and its backups');
    return 'first';
  }
  switch (policy) {
    case 'round_robin':
    case 'random':
    case 'first':
      notes.map(path, what);
      return policy;
    case 'least_request':
      notes.map(path, what);
      return 'least_conn';
    case 'peak_ewma':
      notes.approximate(path, what, 'least_conn: latency does not count');
      return 'least_conn';
    default:
      notes.approximate(
        path,
        what,
        'rendezvous hashing: keys move to other backends, and shares are even for many backends at best',
      );
      return hashLine(pool);
  }
}

function hashLine(pool: PlannedPool): string {
  const { on, name = '' } = hashOf(pool);
  switch (on) {
    case 'header':
      return `header ${name.toLowerCase() === 'host' ? 'Host' : name}`;
    case 'uri':
      return 'uri_hash';
    case 'client_ip':
      return 'ip_hash';
    default:
      hashKey(pool);
      return `header ${HASH_KEY}`;
  }
}

/** Placed before the proxy: the header that is hashed. */
export function hashKeyLines({ notes }: Plan, pool: PlannedPool): string[] {
  if (!needsHashKey(pool)) return [];
  const value = notes.attempt(`${pool.path}.policy`, insteadOf(pool), () => hashKey(pool));
  return value === undefined ? [] : [`request_header ${HASH_KEY} ${value}`];
}

/** Of the proxy: backends do not get it. */
export function withoutHashKey(pool: PlannedPool): string[] {
  return needsHashKey(pool) ? [`header_up -${HASH_KEY}`] : [];
}

const BY_KEY: ReadonlySet<string> = new Set(['ketama', 'ring_hash', 'maglev']);

function needsHashKey(pool: PlannedPool): boolean {
  const { policy, sticky } = pool.config;
  return BY_KEY.has(policy) && !sticky && ['cookie', 'path', 'query'].includes(hashOf(pool).on);
}

function hashKey(pool: PlannedPool): string {
  const { on, name = '' } = hashOf(pool);
  if (on === 'query') return parameterPlaceholder(name);
  return renderValue([on === 'cookie' ? { variable: 'cookie', name } : { variable: 'path' }]);
}

/** What a report says of a policy that cannot be written. */
export function insteadOf({ config }: PlannedPool): string {
  return `policy ${config.policy} (random instead)`;
}

/** Backends as `server` lines. */
import { DEFAULT_IDLE, isAddress, noteAddresses, noteNamedHosts, type Origin, originsOf } from '../backend-facts.ts';
import { duration } from '../duration.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { word } from './text.ts';

const LOOKS_UP =
  'HAProxy looks a name up when it starts only, and takes one address of it (127.0.0.1 for localhost); one that nobody knows is down';

export function serverLines(plan: Plan, pool: PlannedPool): string[] {
  plan.notes.map(`${pool.path}.backends`, `backends and weights`);
  const origins = originsOf(pool.config);
  noteNamedHosts(plan, pool, LOOKS_UP);
  noteAddresses(plan, pool, NO_ADDRESSES);
  const names = new Set<string>();
  const factor = factorOf(pool);
  return [
    ...(origins.some(({ backup }) => backup) ? ['option allbackups'] : []),
    `default-server ${sharedWords(plan, pool).join(' ')}`,
    ...origins.map((origin) =>
      serverLine(plan, pool, { ...origin, weight: origin.weight * factor }, uniqueName(origin.name, names)),
    ),
  ];
}

/** These pick by points on a ring, 16 a unit of weight. */
const BY_RING: ReadonlySet<string> = new Set(['random', 'ketama', 'ring_hash', 'maglev', 'ip_hash']);
const MOST_WEIGHT = 256;
/** Of a pool; more points take too much memory. */
const MOST_IN_ALL = 4096;

/** The more points there are, the less shares scatter. */
function factorOf({ config }: PlannedPool): number {
  const weights = originsOf(config).map(({ weight }) => weight);
  if (!BY_RING.has(config.policy)) return 1;
  const sum = weights.reduce((all, each) => all + each, 0);
  return Math.max(1, Math.floor(Math.min(MOST_WEIGHT / Math.max(1, ...weights), MOST_IN_ALL / Math.max(1, sum))));
}

const NO_ADDRESSES =
  'HAProxy finds it among the names of a certificate only, not among its addresses, else it answers 503: set tls.serverName';

function uniqueName(name: string, used: Set<string>): string {
  const safe = name.replace(/[^\w.:-]+/g, '_');
  let unique = safe;
  for (let n = 2; used.has(unique); n++) unique = `${safe}_${n}`;
  used.add(unique);
  return unique;
}

/**
 * Without a check in the config, backends that were taken out are looked for with a connection every second, as in
 * Switchyard. HAProxy uses a backup when all others are out, not when it could not reach one.
 */
function sharedWords({ notes }: Plan, pool: PlannedPool): string[] {
  const { config, path } = pool;
  const { ejection, healthCheck, slowStart, connections } = config;
  const spares = originsOf(config).some(({ backup }) => backup);
  const failures = spares ? 1 : ejection ? ejection.consecutiveFailures : 0;
  if (spares)
    notes.approximate(
      `${path}.backends`,
      'backups',
      'a backend to which one connection fails is out until a connection opens again: only then HAProxy uses them',
    );
  const words = [`maxconn ${connections.perBackend}`, ...idleWords(pool)];
  if (healthCheck)
    words.push(
      'check',
      `inter ${duration(healthCheck.interval)}`,
      `rise ${healthCheck.rise}`,
      `fall ${healthCheck.fall}`,
    );
  else if (failures > 0) words.push('check', 'inter 1s', 'rise 1', 'fall 3');
  if (healthCheck?.port !== undefined) words.push(`port ${healthCheck.port}`);
  if (failures > 0) words.push('observe layer4', `error-limit ${failures}`, 'on-error mark-down');
  if (slowStart === undefined) return words;
  notes.map(`${path}.slowStart`, 'slow start');
  return [...words, `slowstart ${duration(slowStart)}`];
}

/** HAProxy closes half of what is idle each time; by itself, every five seconds. */
function idleWords({ config: { connections } }: PlannedPool): string[] {
  return connections.idle === DEFAULT_IDLE ? [] : [`pool-purge-delay ${duration(connections.idle)}`];
}

function serverLine(plan: Plan, pool: PlannedPool, origin: Origin, name: string): string {
  const { config } = pool;
  const words = config.discover
    ? [`server-template ${pool.id} 10 ${origin.address}`]
    : [`server ${name} ${origin.host === 'localhost' ? `127.0.0.1:${origin.port}` : origin.address}`];
  words.push(`weight ${origin.state === 'drain' ? 0 : origin.weight}`);
  if (origin.state === 'maint') words.push('disabled');
  if (origin.backup) words.push('backup');
  if (config.sticky && !config.discover) words.push(`cookie ${name}`);
  if (config.protocol === 'http2' && !origin.secure) words.push('proto h2');
  // Or a name that nobody knows keeps HAProxy from starting.
  if (!isAddress(origin)) words.push('init-addr last,libc,none');
  return [...words, ...tlsWords(plan, pool, origin)].join(' ');
}

const PROTOCOLS = { auto: 'h2,http/1.1', http1: 'http/1.1', http2: 'h2' };

function tlsWords({ notes }: Plan, { config, path }: PlannedPool, origin: Origin): string[] {
  if (!origin.secure) return [];
  const { verify, ca, serverName, cert, key } = config.tls;
  const verified = serverName ?? origin.host;
  const words = ['ssl', ...sniWords(config, origin)];
  words.push(
    ...(verify
      ? ['verify required', `ca-file ${word(ca[0] ?? '@system-ca')}`, `verifyhost ${verified}`]
      : ['verify none']),
  );
  if (ca.length > 1) notes.approximate(`${path}.tls.ca`, 'several authorities', `put them all into ${ca[0]}`);
  if (cert) words.push(`crt ${word(cert)}`);
  if (cert && key)
    notes.approximate(
      `${path}.tls.key`,
      key,
      `HAProxy looks for it in ${cert}.key, or in the same file as the certificate`,
    );
  notes.map(`${path}.tls`, 'TLS to backends');
  return words;
}

/** Checks do not inherit the name, what they inherit of the protocol they do not speak, and at a port of their own they are in clear. */
function sniWords({ tls, protocol, healthCheck }: PlannedPool['config'], origin: Origin): string[] {
  const name = tls.serverName ?? (isAddress(origin) ? undefined : origin.host);
  const names = name === undefined ? [] : [`sni str(${name})`, `check-sni ${name}`];
  const secure = healthCheck?.port === undefined ? [] : ['check-ssl'];
  return [...names, `alpn ${PROTOCOLS[protocol]}`, `check-alpn ${PROTOCOLS[protocol]}`, ...secure];
}

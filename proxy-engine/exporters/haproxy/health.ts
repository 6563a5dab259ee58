/** Checks of a pool's backends. */
import type { HealthCheckConfig } from '../../contract/config.ts';
import { originsOf } from '../backend-facts.ts';
import { duration } from '../duration.ts';
import type { Notes } from '../notes.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { word } from './text.ts';

export function checkLines({ notes }: Plan, pool: PlannedPool): string[] {
  const { config, path } = pool;
  const check = config.healthCheck;
  if (!check) return [];
  const lines = [`timeout check ${duration(check.timeout)}`];
  if (check.timeout > check.interval)
    notes.approximate(
      `${path}.healthCheck.timeout`,
      `timeout ${duration(check.timeout)}`,
      `HAProxy gives a check no longer than its interval, ${duration(check.interval)}: a slower one fails`,
    );
  const what = `${check.type} check`;
  if (check.type === 'grpc')
    notes.approximate(`${path}.healthCheck`, what, 'HAProxy has none: whether a connection opens');
  else notes.map(`${path}.healthCheck`, what);
  return check.type === 'http' ? [...lines, ...httpCheckLines(check, notes, pool)] : lines;
}

function httpCheckLines(check: HealthCheckConfig, notes: Notes, pool: PlannedPool): string[] {
  const { path } = pool;
  const headers = headersOf(check, notes, pool)
    .map(([name, value]) => ` hdr ${name} ${word(value.replaceAll('%', '%%'))}`)
    .join('');
  const send = `http-check send meth ${check.method} uri ${word(check.path)} ver HTTP/1.1${headers}`;
  const lines = ['option httpchk', send, `http-check expect status ${check.expectStatus.join(',')}`];
  if (check.expectBody === undefined || check.expectBody === '') return lines;
  notes.approximate(
    `${path}.healthCheck.expectBody`,
    check.expectBody,
    'looked for in the part of the body that fits a buffer',
  );
  const regex = /^\/(.*)\/$/.exec(check.expectBody)?.[1];
  return [
    ...lines,
    `http-check expect ${regex === undefined ? `string ${word(check.expectBody)}` : `rstring ${word(regex)}`}`,
  ];
}

/** By names in small letters: HAProxy refuses a second host, and headers without a value. */
function headersOf(check: HealthCheckConfig, notes: Notes, pool: PlannedPool): [string, string][] {
  const written = Object.entries(check.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = Object.entries({ host: check.host ?? '', ...Object.fromEntries(written) });
  const empty = headers.flatMap(([name, value]) => (value === '' && name !== 'host' ? [name] : []));
  if (empty.length > 0)
    notes.approximate(`${pool.path}.healthCheck.headers`, empty.join(', '), 'HAProxy sends no header without a value');
  return headers.flatMap(([name, value]): [string, string][] => {
    if (name === 'host') return [[name, value === '' ? authorityOf(check, notes, pool) : value]];
    return value === '' ? [] : [[name, value]];
  });
}

/** All backends of a pool are asked by the same lines. */
function authorityOf(check: HealthCheckConfig, notes: Notes, { config, path }: PlannedPool): string {
  const [first = 'localhost', ...others] = new Set(
    originsOf(config).map(
      ({ host, port, secure }) => new URL(`${secure ? 'https' : 'http'}://${host}:${check.port ?? port}`).host,
    ),
  );
  if (others.length > 0)
    notes.approximate(
      `${path}.healthCheck.host`,
      "each backend's own Host",
      'HAProxy asks all of them with that of the first',
    );
  return first;
}

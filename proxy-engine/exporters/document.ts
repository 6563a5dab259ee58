/** Switchyard's own format: what was written, when that is at hand and whole, else the config without what is default. */
import { parse, stringify } from 'yaml';
import { type Config, configSchema } from '../contract/config.ts';
import type { ExportSelection } from '../contract/transfer.ts';
import type { Notes } from './notes.ts';
import { withoutPasswords } from './passwords.ts';

interface DocumentOptions {
  select?: ExportSelection;
  source?: string;
}

/** As written, when that is at hand and whole; a selection, and what it includes with it, is written anew. */
export function exportDocument(
  config: Config,
  target: 'yaml' | 'json',
  notes: Notes,
  { select, source }: DocumentOptions,
): string {
  const written = source !== undefined && select === undefined ? source : undefined;
  const { text, paths } = withoutPasswords(written ?? stringify(toDocument(config), { lineWidth: 120 }));
  for (const path of paths)
    notes.refuse(path, 'user and password', 'passwords are in no export; write ${NAME} instead');
  if (written === undefined) noteContents(contents(config), notes);
  else noteWritten(parse(text), notes);
  return target === 'yaml' ? text : `${JSON.stringify(parse(text), null, 2)}\n`;
}

function noteContents(found: readonly [kind: string, names: string[]][], notes: Notes): void {
  for (const [kind, names] of found) for (const name of names) notes.map(kind, name);
}

/** What is included is named by the text, not in it. */
function noteWritten(document: Written, notes: Notes): void {
  const { listeners = {}, routes = [], pools = {}, rules = [], include = [] } = document ?? {};
  const lists = [
    ['listeners', Object.keys(listeners ?? {})],
    ['routes', namesOf(routes)],
    ['pools', Object.keys(pools ?? {})],
    ['rules', namesOf(rules)],
  ] as const;
  noteContents(
    lists.map(([kind, names]) => [kind, [...names]]),
    notes,
  );
  (include ?? []).forEach((name, i) =>
    notes.approximate(
      `include[${i}]`,
      String(name),
      'named only: take it along, or export a selection, which has it in it',
    ),
  );
}

/** As it was parsed; the config made of it is valid. */
type Written =
  | (Partial<Record<'listeners' | 'pools', object | null>> &
      Partial<Record<'routes' | 'rules', readonly { name: string }[] | null>> & { include?: readonly string[] | null })
  | null;

function namesOf(list: readonly { name: string }[] | null): string[] {
  return (list ?? []).map(({ name }) => name);
}

function contents(config: Config): [kind: string, names: string[]][] {
  return [
    ['listeners', Object.keys(config.listeners)],
    ['routes', config.routes.map(({ name }) => name)],
    ['pools', Object.keys(config.pools)],
    ['rules', config.rules.map(({ name }) => name)],
  ];
}

/** The config as a person would write it: units on quantities, defaults left out. Parses back to the same config. */
export function toDocument(config: Config): Record<string, unknown> {
  const { version, listeners, routes, pools, rules, groups, capture } = config; // what it includes is in it already
  const base = configSchema.parse(SAMPLE);
  const [rule] = base.rules;
  const plain = {
    listeners: mapValues(listeners, (each) => strip(each, { ...base.listeners['any'], address: undefined })),
    routes: routes.map((each) => strip(each, NO_DEFAULTS)),
    pools: mapValues(pools, (each) => strip(each, { ...base.pools['any'], backends: undefined })),
    rules: rules.map((each) => strip(each, { ...rule, name: undefined, limit: undefined })),
    groups,
    capture: strip(capture, base.capture),
  };
  return { version, ...(withUnits(dropEmpty(plain), '') as Record<string, unknown>) };
}

const SAMPLE = {
  version: 1,
  listeners: { any: { address: '127.0.0.1:1' } },
  pools: { any: { backends: [{ url: 'http://any' }] } },
  rules: [{ name: 'any' }],
};
const NO_DEFAULTS = {};

function mapValues<T>(record: Record<string, T>, change: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** `value` without what is the same in `defaults`. */
function strip(value: unknown, defaults: unknown): unknown {
  if (!isRecord(value) || !isRecord(defaults)) return value;
  const kept = Object.entries(value)
    .filter(([key, each]) => each !== undefined && JSON.stringify(each) !== JSON.stringify(defaults[key]))
    .map(([key, each]) => [key, strip(each, defaults[key])]);
  return Object.fromEntries(kept);
}

function dropEmpty(document: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => Object.keys(value as object).length > 0));
}

const DURATIONS: ReadonlySet<string> = new Set(
  'requestTimeout headTimeout idleTimeout delay latency interval timeout baseTime maxTime slowStart base max connect head idle total ttl refresh'.split(
    ' ',
  ),
);
const SIZES: ReadonlySet<string> = new Set(['headBytes', 'bufferBytes', 'bodies', 'disk']);
const BANDWIDTHS: ReadonlySet<string> = new Set(['down', 'up']);

/** Numbers get the unit that their key asks for. Contents of `jsonPatch` are the user's. */
function withUnits(value: unknown, key: string): unknown {
  if (key === 'jsonPatch') return value;
  if (typeof value === 'number') return withUnit(value, key);
  if (Array.isArray(value)) return value.map((each) => withUnits(each, ''));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withUnits(each, name)]));
}

function withUnit(value: number, key: string): number | string {
  if (DURATIONS.has(key))
    return scaled(value, [
      [3_600_000, 'h'],
      [60_000, 'm'],
      [1000, 's'],
      [1, 'ms'],
    ]);
  if (SIZES.has(key))
    return scaled(value, [
      [1024 ** 3, 'GiB'],
      [1024 ** 2, 'MiB'],
      [1024, 'KiB'],
      [1, 'B'],
    ]);
  if (BANDWIDTHS.has(key))
    return scaled(value, [
      [125_000_000, 'Gbps'],
      [125_000, 'Mbps'],
      [125, 'kbps'],
      [1 / 8, 'bps'],
    ]);
  if (key === 'requests') return Number.isInteger(value) ? `${value}/s` : `${Math.round(value * 60)}/m`;
  return value;
}

/** In the largest unit that divides it; zero is in seconds or bytes. */
function scaled(value: number, units: readonly (readonly [size: number, name: string])[]): string {
  const [size, name] = units.find(([each]) => value !== 0 && value % each === 0) ?? units[units.length - 2] ?? [1, ''];
  return `${value / size}${name}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

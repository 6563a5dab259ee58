/** For every place of the config: what somebody may write there that is not its default, and the document in which it counts. */
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { placesOf, put } from './config-paths.ts';
import { VALUES } from './setting-values.ts';

type Document = Record<string, unknown>;

/** One thing that somebody writes. */
export interface Setting {
  /** As in the schema: `pools.*.retry.on[]`. */
  place: string;
  value: unknown;
  before: Document;
  after: Document;
}

/** What no target could have, as it is about Switchyard: its own list of exchanges, its own document. */
const OF_SWITCHYARD =
  /^(version$|capture\.|include|listeners\.\*\.(allowRemote|mode)|routes\[\]\.name|rules\[\]\.name)/;
/** Nothing but a forward proxy has these. */
const OF_FORWARD_PROXIES = /^(listeners\.\*\.intercept|routes\[\]\.original)/;

const TWO = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
const SECURE = { 'pools.*.backends': TWO.map((url) => ({ url: url.replace('http', 'https') })) };

/** What has to be there for a place to count, by how the place begins. */
const CONTEXTS: readonly [begins: string, puts: Document][] = [
  ['listeners.*.tls.', { 'listeners.*.tls': { certificates: [{ cert: 'a.pem', key: 'a.key' }] } }],
  ['listeners.*.tls.client.ca', { 'listeners.*.tls.client': { mode: 'require', ca: 'a.pem' } }],
  ['listeners.*.tls.client.mode', { 'listeners.*.tls.client': { ca: 'a.pem' } }],
  ['listeners.*.upstreamProxy.', { 'listeners.*.upstreamProxy': { url: 'http://127.0.0.1:9' } }],
  ['routes[].listeners', { 'listeners.second': { address: '127.0.0.1:8081' } }],
  ['routes[].split', { 'routes[].pool': undefined, 'routes[].split': [{ pool: 'api', weight: 1 }] }],
  ['routes[].split[].weight', { 'routes[].split': ['api', 'other'].map((pool) => ({ pool, weight: 1 })) }],
  [
    'routes[].stickyBy',
    { 'routes[].pool': undefined, 'routes[].split': ['api', 'other'].map((pool) => ({ pool, weight: 1 })) },
  ],
  ['routes[].respond', { 'routes[].pool': undefined, 'routes[].respond': {} }],
  ['routes[].respond.bodyFile', { 'routes[].respond': { body: 'x' } }],
  ['routes[].redirect', { 'routes[].pool': undefined, 'routes[].redirect': { location: '/x' } }],
  ['routes[].mirror.percent', { 'routes[].mirror': { pool: 'other' } }],
  ['pools.*.protocol', SECURE],
  ['pools.*.policy', { 'pools.*.hash': { on: 'header', name: 'x-a' } }],
  ['pools.*.hash', { 'pools.*.policy': 'ketama', 'pools.*.hash': { on: 'uri', name: 'n' } }],
  ['pools.*.hash.name', { 'pools.*.hash': { on: 'header', name: 'x-a' } }],
  ['pools.*.discover', { 'pools.*.backends': undefined, 'pools.*.discover': { dns: 'a.test:80' } }],
  ['pools.*.discover.file', { 'pools.*.discover': { file: 'a.json' } }],
  ['pools.*.healthCheck.', { 'pools.*.healthCheck': {} }],
  ['pools.*.ejection.', { 'pools.*.ejection': {} }],
  ['pools.*.sticky.', { 'pools.*.sticky': { cookie: 'c' } }],
  ['pools.*.tls.', SECURE],
  ['pools.*.tls.cert', { 'pools.*.tls': { cert: 'a.pem', key: 'a.key' } }],
  ['pools.*.tls.key', { 'pools.*.tls': { cert: 'a.pem', key: 'a.key' } }],
  ['rules[].limit', { 'rules[].limit': { requests: '5/s' } }],
  ['rules[].group', { 'groups.G': { select: 'one' }, 'rules[].group': 'H' }],
  ['groups.*.select', { 'groups.G': {}, 'rules[].group': 'G' }],
];

/** What stands there before a field of it changes. */
const ACTIONS: Document = {
  set: { 'x-a': '1' },
  append: { 'x-a': '1' },
  delete: ['x-a'],
  replaceHeader: { name: 'x-a', replace: 'a', with: 'b' },
  abort: 'close',
  delay: '1s',
  throttle: { down: '1Mbps' },
  body: { set: 'a' },
  breakpoint: true,
  script: 'a.js',
  mark: { color: 'red' },
  method: 'PUT',
  scheme: 'https',
  host: 'a.test',
  path: { set: '/a' },
  query: { set: { a: '1' } },
  pool: 'api',
  backend: 'api/a',
  respond: { status: 201 },
  mapLocal: { dir: 'a' },
  mapRemote: { url: 'http://a.test' },
  status: 201,
};

const REPLACEMENT = { replace: 'x', with: 'y' };
/** Of an action that has several shapes: the one with that field. */
const SHAPES: Document = {
  'body.file': { file: 'a' },
  'body.replace': REPLACEMENT,
  'body.with': REPLACEMENT,
  'body.jsonPatch[].*': { jsonPatch: [{ op: 'a' }] },
  'path.replace': REPLACEMENT,
  'path.with': REPLACEMENT,
  'mapLocal.file': { file: 'a' },
};

/** Every place with every value; an error where a place of the schema has none. */
export function allSettings(): Setting[] {
  return [...placesOf(configSchema)]
    .filter(([place]) => !OF_SWITCHYARD.test(place) && !OF_FORWARD_PROXIES.test(place))
    .flatMap(([place, choices]) => valuesOf(place, choices).map((value) => settingOf(place, value)));
}

function valuesOf(place: string, choices: readonly unknown[] | null): readonly unknown[] {
  const values = VALUES[place] ?? VALUES[fieldOf(place)] ?? choices;
  if (!values) throw new Error(`say in setting-values what ${place} may be`);
  return values;
}

/** Of an action: what it is, and where in it. */
function fieldOf(place: string): string {
  return place.replace(/^rules\[\]\.(request|response)\[\]\./, '');
}

function settingOf(place: string, value: unknown): Setting {
  const before = baseOf(place);
  const after = structuredClone(before);
  put(after, place, value);
  return { place, value, before, after };
}

/** `setting` in a document that has `other` already. */
export function besides({ place, value }: Setting, other: Setting): Setting {
  const before = structuredClone(other.after);
  putContext(before, place);
  const after = structuredClone(before);
  put(after, place, value);
  return { place, value, before, after };
}

function baseOf(place: string): Document {
  const document: Document = {
    listeners: { gateway: { address: '127.0.0.1:8080' } },
    routes: [{ name: 'r0', match: 'path ^= /v1/', pool: 'api' }],
    pools: { api: { backends: TWO.map((url) => ({ url })) }, other: { backends: [{ url: 'http://127.0.0.1:8' }] } },
    rules: [
      { name: 'a', request: [{ set: { 'x-r': '1' } }] },
      { name: 'b', group: 'G', request: [{ set: { 'x-s': '2' } }] },
    ],
  };
  putContext(document, place);
  return document;
}

function putContext(document: Document, place: string): void {
  for (const [begins, puts] of CONTEXTS)
    if (place.startsWith(begins))
      for (const [at, value] of Object.entries(puts)) put(document, at, structuredClone(value));
  const field = fieldOf(place);
  if (field !== place) putAction(document, place, field);
}

/** The action itself, or nothing where the place is all of it. */
function putAction(document: Document, place: string, field: string): void {
  const [kind = ''] = field.split(/[.[]/);
  const list = place.slice(0, -field.length - 3);
  put(document, list, []);
  if (field !== kind) put(document, `${list}[].${kind}`, structuredClone(SHAPES[field] ?? ACTIONS[kind]));
}

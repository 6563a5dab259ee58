/** Whatever stands in names, conditions, patterns and values: what is exported is a file that the real program accepts. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';
import { quote } from '../../proxy-engine/contract/expression/strings.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { findRuleMistakes } from '../../proxy-engine/rules/find-mistakes.ts';
import { complaintOf } from './peers.ts';

const CONFIGS = 60;

/** What means something in the language of one target or another. */
const piece = fc.constantFrom(
  'a"b',
  "it's",
  'x;y',
  '{z}',
  '}',
  '$$x',
  '%[req.hdr(x)]',
  '%{+Q}o',
  'a\\b',
  'a b',
  '#c',
  '${env}',
  '{env.HOME}',
  '{$X}',
  '{http.request.uri}',
  'é中',
  ' lead',
  '',
  'a`b',
  '"',
  "'",
  '\\',
  'a,b',
  '%',
  '%%',
  '(',
  ')',
  '$host',
  'v=$header[x-a]',
  '|',
  '&',
  '*',
  '<%= x %>',
  'on',
  'off',
  '\\r\\n',
  '%0a',
  '#{x}',
);
const value = fc.oneof(
  piece,
  fc.tuple(piece, piece).map((pieces) => pieces.join('')),
);
const header = fc.constantFrom(
  'x-a',
  'X-B_c',
  'user-agent',
  'cookie',
  'x.y',
  'x-!#$',
  "x-'q",
  'server',
  'content-type',
  'x|y',
);
const path = fc.constantFrom(
  '/',
  '/a b',
  '/a;b',
  '/a"b',
  "/a'b",
  '/{x}',
  '/$x',
  '/é',
  '/a%20b',
  '/a#b',
  '/a\\b',
  '/a(b)',
);
const pattern = fc.constantFrom(
  '^/a/(.*)$',
  '^/(a|b)',
  '\\.(js|css)$',
  '^/a"b',
  "it's",
  '[{}]',
  'a{2}',
  '^/x y',
  '(?i)abc',
  '\\$x',
  'é',
  '#',
  ';',
  '^/a/(?P<n>.*)',
  '\\Qa.b\\E',
  '\\pL+',
  'a|',
  '[[:alpha:]]',
);
const name = fc.constantFrom(
  'r',
  'a b',
  'é',
  'x.y',
  '#h',
  'a;b',
  '{n}',
  '$n',
  'a\\b',
  'a%b',
  '*',
  'end',
  '{$n}',
  'x`y',
);

const leaf = fc.oneof(
  fc.tuple(fc.constantFrom('=', '^=', '$=', '*='), path).map(([operator, text]) => `path ${operator} ${quote(text)}`),
  pattern.map((text) => `path ~ ${quote(text)}`),
  fc.tuple(header, value).map(([field, text]) => `header[${quote(field)}] = ${quote(text)}`),
  header.map((field) => `has header[${quote(field)}]`),
  value.map((text) => `query[${quote(text || 'k')}] = ${quote(text)}`),
  value.map((text) => `cookie[c] = ${quote(text)}`),
  value.map((text) => quote(text || 'z')),
  fc.constantFrom(
    'method in (GET, POST)',
    'scheme = https',
    'host $= .test',
    'clientIp ^= 10.',
    'listener = gateway',
    'websocket',
  ),
);
const condition = fc.oneof(
  leaf,
  fc.tuple(leaf, leaf).map((both) => both.join(' and ')),
  fc.tuple(leaf, leaf).map(([a, b]) => `not (${a} or ${b})`),
);
const headers = fc.dictionary(header, value, { minKeys: 1, maxKeys: 3 });
const respond = fc.record({ status: fc.constantFrom(200, 204, 503), headers, body: value });
const headAction = fc.oneof(
  headers.map((set) => ({ set })),
  headers.map((append) => ({ append })),
  header.map((one) => ({ delete: [one] })),
  fc
    .tuple(header, pattern, value)
    .map(([one, replace, text]) => ({ replaceHeader: { name: one, replace, with: text } })),
);
const requestAction = fc.oneof(
  headAction,
  fc.tuple(pattern, value).map(([replace, text]) => ({ path: { replace, with: text } })),
  path.map((set) => ({ path: { set } })),
  fc.tuple(value, value).map(([one, text]) => ({ query: { set: { [one || 'k']: text }, delete: ['c;d'] } })),
  respond.map((answer) => ({ respond: answer })),
);
const route = fc.oneof(
  fc.record({ name, match: condition, pool: fc.constant('api') }),
  fc.record({ name, match: condition, respond }),
  fc.record({ name, match: condition, redirect: fc.record({ location: value.map((text) => `/n${text}`) }) }),
);
const rule = fc.record({
  name,
  match: fc.option(condition, { nil: undefined, freq: 3 }),
  request: fc.array(requestAction, { maxLength: 3 }),
  response: fc.array(headAction, { maxLength: 2 }),
});
const named = { maxLength: 3, selector: (one: { name: string }) => one.name };
const document = fc.record({ routes: fc.uniqueArray(route, named), rules: fc.uniqueArray(rule, named) });

test.each([
  ['nginx', { rules: [{ name: 'r', request: [{ path: { set: '/a;b{c' } }] }] }],
  ['haproxy', { pools: { api: { backends: [{ url: 'http://127.0.0.1:1' }], sticky: { cookie: "a'b#c" } } } }],
] as const)('%s: %j', async (peer, written) => {
  const config = configOf({ version: 1, routes: [{ name: 'r', pool: 'api' }], ...written });
  const { text } = exportConfig(config as Config, peer);
  expect(await complaintOf(peer, text)).toBeNull();
});

function configOf(written: object): Config | null {
  const parsed = configSchema.safeParse({
    listeners: { gateway: { address: '127.0.0.1:18080' } },
    pools: { api: { backends: [{ url: 'http://127.0.0.1:1' }, { url: 'http://127.0.0.1:2' }] } },
    ...written,
  });
  return parsed.success && findRuleMistakes(parsed.data).length === 0 ? parsed.data : null;
}

test.each(['nginx', 'haproxy', 'caddy'] as const)(
  '%s',
  async (peer) => {
    const configs = fc.sample(document.map(configOf), { numRuns: 2 * CONFIGS, seed: 41 }).filter((one) => one !== null);
    expect(configs.length).toBeGreaterThan(CONFIGS);
    for (const config of configs.slice(0, CONFIGS)) {
      const { text } = exportConfig(config, peer);
      expect([await complaintOf(peer, text), text]).toEqual([null, text]);
    }
  },
  120_000,
);

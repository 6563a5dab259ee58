/**
 * Cases for exporters, crossed from conditions, actions that change what conditions ask, and the order of both. Each case has
 * a route of its own, so that many of them fit one config.
 */
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';

export interface Sent {
  path: string;
  method: string;
  headers: Record<string, string | string[]>;
}

export interface Case {
  name: string;
  route: object;
  rules: { match?: string; request?: object[]; response?: object[] }[];
  requests: Sent[];
}

const ASKED_ON_REQUEST = [
  'host = one.test',
  'host $= .test and not host = two.test',
  'path = /p/a%20b',
  'path ^= /n/',
  'path ~ "^/p/([a-z]+)"',
  'not path $= /b',
  'method = PUT',
  'method in (GET, HEAD)',
  'query = "k=v"',
  'query[k] = v',
  'query[k] ^= "a b"',
  'has query[e]',
  'header[x-h] = one',
  'not has header[x-h]',
  'header[x-h] ~i "^O(n|k)"',
  'cookie[c] = "1"',
  'has cookie[d]',
  'url *= "/p/"',
  'scheme = http',
  'port = 80',
  'clientIp = 127.0.0.1',
  'pool = next',
  'header[x-h] = one or path ^= /n/',
  'not (query[k] = v or cookie[c] = "1")',
  'path ~i "^/P/.B$"',
  'host ~ "^(one|two)\\.test$"',
  'query ~ "k=(v|a)"',
  'cookie[c] in ("1", "2")',
  'header[x-h] *= n and header[x-h] $= e',
  'has header[x-h] and not header[x-h] = ""',
  'listener = gateway and not grpc',
] as const;

const ASKED_ON_RESPONSE = [
  'contentType = application/json',
  'contentType *= text',
  'status = 200',
  'status = 4xx',
  'not status < 400',
  'responseHeader[x-powered-by] = tests',
  'not has responseHeader[x-powered-by]',
  'status = 200 or method = PUT',
  'status = 404 and path ^= /n/',
  'header[x-h] = one and contentType *= json',
  'status in (200, 404) and method != POST',
  'responseHeader[x-powered-by] ~ "^t" or query[k] = v',
] as const;

const CHANGES_REQUEST: readonly object[] = [
  { set: { 'x-h': 'one' } },
  { set: { 'x-h': '$path?$query' } },
  { append: { 'x-h': 'two' } },
  { delete: ['x-h'] },
  { delete: ['cookie'] },
  { set: { cookie: 'c=1; d="q"' } },
  { replaceHeader: { name: 'x-h', replace: '^o', with: 'O' } },
  { method: 'PUT' },
  { host: 'one.test' },
  { host: 'Two.test:81' },
  { set: { host: 'one.test' } },
  { path: { set: '/n/made' } },
  { path: { replace: '^/p/', with: '/n/' } },
  { path: { replace: '^/p/(.*)$', with: '/n/$1/z' } },
  { query: { set: { k: 'v' } } },
  { query: { delete: ['k'] } },
  { pool: 'next' },
];

const CHANGES_RESPONSE: readonly object[] = [
  { set: { 'content-type': 'text/plain' } },
  { delete: ['x-powered-by'] },
  { set: { 'x-powered-by': 'tests' } },
  { append: { 'x-powered-by': 'more' } },
  { replaceHeader: { name: 'x-powered-by', replace: 't(.)s', with: '<$1>' } },
  { status: 404 },
  { status: 200 },
];

const VALUES = [
  '$path',
  '$host',
  '$query',
  '$method',
  '$header[x-h]',
  '$cookie[c]',
  '$scheme://$host$path?$query',
  '$route/$pool',
  '$client_ip 100% {x} $$',
] as const;

const PATHS = ['/p/a%20b', '/p/ab', '/n/b', '/n/missing', '/p/missing', '/', '/p/%C3%A9/b', '/p//b', '/p/%41%2F', '/p/./b', '/p/x/../b', '/p/a;b=1', '/p/%zz'];
const QUERIES = ['', '', '?', '?k=v', '?k=a%20b', '?e', '?e=&k=v', '?x=1&k=a+b', '?%6B=v'];
const HEADERS: readonly Record<string, string | string[]>[] = [
  {},
  { 'x-h': 'one' },
  { 'x-h': 'okay' },
  { 'x-h': ['one', 'two'] },
  { 'x-h': '' },
  { cookie: ['x=1', 'c=1'] },
  { cookie: 'c=1' },
  { cookie: 'x=c; c="1"; d=2', 'x-h': 'one' },
  { host: 'ONE.test' },
  { host: 'one.test:80' },
  { host: 'two.test' },
];
const METHODS = ['GET', 'GET', 'PUT', 'POST', 'HEAD'];

type Draw = <T>(from: readonly T[]) => T;

const LAST = ['x-seen', 'x-late'] as const;

/** What the request is as a rule sees it, told to the backend and to the client. */
function tell(side: 'request' | 'response', draw: Draw) {
  return { set: { [LAST[side === 'request' ? 0 : 1]]: draw(VALUES) } };
}

/** Orders in which a change and a question can stand. */
const ORDERS: readonly ((asks: string, change: object, draw: Draw) => Pick<Case, 'rules'> & { route?: object })[] = [
  (match, change, draw) => ({
    rules: [{ match, request: [change, tell('request', draw)], response: [tell('response', draw)] }],
  }),
  (match, change, draw) => ({
    rules: [{ request: [change] }, { match, request: [tell('request', draw)], response: [tell('response', draw)] }],
  }),
  (match, change, draw) => ({
    rules: [{ match, response: [tell('response', draw)] }, { request: [change] }],
  }),
  (match, change, draw) => ({
    rules: [{ match, request: [change] }, { match: 'status = 200', response: [tell('response', draw)] }, { match, response: [{ append: { 'x-more': draw(VALUES) } }] }],
  }),
  (match, change, draw) => ({
    rules: [
      { request: [change] },
      { match, request: [{ respond: { status: 201, headers: { 'content-type': 'text/plain', 'x-made': draw(VALUES) }, body: draw(VALUES) } }] },
      { request: [draw(CHANGES_REQUEST)] },
      { match: draw(ASKED_ON_REQUEST), response: [tell('response', draw)] },
    ],
  }),
  (match, change, draw) => ({
    rules: [{ match, request: [change], response: [tell('response', draw)] }],
    route: { redirect: { status: 302, location: draw(['/to$path?$query', 'http://$host/$$', '/x?m=$method&h=$header[x-h]']) } },
  }),
  (match, change, draw) => ({
    rules: [{ match, request: [change, tell('request', draw)] }, { match: draw(ASKED_ON_REQUEST), request: [draw(CHANGES_REQUEST)] }, { match, response: [tell('response', draw)] }],
  }),
];

/** The same for the response. */
const RESPONSE_ORDERS: readonly ((asks: string, change: object, draw: Draw) => Pick<Case, 'rules'>)[] = [
  (match, change, draw) => ({ rules: [{ match, response: [change, tell('response', draw)] }] }),
  (match, change, draw) => ({ rules: [{ response: [change] }, { match, response: [tell('response', draw)] }] }),
  (match, change, draw) => ({ rules: [{ match, response: [tell('response', draw), change] }, { match: draw(ASKED_ON_RESPONSE), response: [{ set: { 'x-more': draw(VALUES) } }] }] }),
  (match, change, draw) => ({ rules: [{ request: [draw(CHANGES_REQUEST)] }, { match, response: [change, tell('response', draw)] }] }),
];

/** All conditions by all changes; what is left open is drawn. */
export function crossedCases(draw: Draw): Case[] {
  const cases: Case[] = [];
  const add = (asks: string, { rules, route = { pool: 'api' } }: Pick<Case, 'rules'> & { route?: object }) =>
    cases.push({ name: `c${cases.length}`, route, rules, requests: [request(draw), request(draw)] });
  for (const asks of ASKED_ON_REQUEST)
    for (const change of CHANGES_REQUEST) add(asks, draw(ORDERS)(asks, change, draw));
  for (const asks of ASKED_ON_RESPONSE)
    for (const change of CHANGES_RESPONSE) add(asks, draw(RESPONSE_ORDERS)(asks, change, draw));
  return cases;
}

function request(draw: Draw): Sent {
  return { path: draw(PATHS) + draw(QUERIES), method: draw(METHODS), headers: { host: 'api.test', ...draw(HEADERS), ...draw(HEADERS) } };
}

/** One config of them all; backends answer at `ports`. */
export function configOf(cases: readonly Case[], ports: { gateway: number; a: number; next: number }): Config {
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${ports.gateway}` } },
    routes: cases.map(({ name, route }) => ({ name, match: `header[x-case] = ${name}`, ...route })),
    pools: {
      api: { backends: [{ name: 'a', url: `http://127.0.0.1:${ports.a}` }], ejection: false },
      next: { backends: [{ name: 'next', url: `http://127.0.0.1:${ports.next}` }], ejection: false },
    },
    rules: cases.flatMap(({ name, rules }) =>
      rules.map(({ match, ...rule }, i) => ({
        name: `${name} ${i}`,
        match: match === undefined ? `route = ${name}` : `route = ${name} and (${match})`,
        ...rule,
      })),
    ),
  });
}

/** What cases for exporters are crossed from. */
import type { Sent } from './wire.ts';

export interface Case {
  name: string;
  route: { match?: string; pool?: string; redirect?: object; respond?: object };
  rules: { match?: string; request?: object[]; response?: object[] }[];
  requests: Sent[];
}

export const ASKED_ON_REQUEST = [
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
  'header[host] ^= one',
] as const;

export const ASKED_ON_RESPONSE = [
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

export const CHANGES_REQUEST: readonly object[] = [
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

export const CHANGES_RESPONSE: readonly object[] = [
  { set: { 'content-type': 'text/plain' } },
  { delete: ['x-powered-by'] },
  { set: { 'x-powered-by': 'tests' } },
  { append: { 'x-powered-by': 'more' } },
  { replaceHeader: { name: 'x-powered-by', replace: 't(.)s', with: '<$1>' } },
  { status: 404 },
  { status: 200 },
];

/** Conditions on what is absent or empty, and patterns with names. */
export const ASKED_ON_EDGES = [
  'header[x-h] = ""',
  'header[x-h] != ""',
  'header[x-h] ^= ""',
  'cookie[c] = ""',
  'cookie[d] != ""',
  'cookie[c] ~ "^1?$"',
  'cookie[c] in ("", "1")',
  'query = ""',
  'query != ""',
  'query ~ "^(k=v)?$"',
  'query[e] = ""',
  'query[k] != ""',
  'path ~ "^/(?P<kind>p|n)/(?i)B?"',
] as const;

/** Patterns with alternatives, flags and names, what they leave empty, and values that a query has to encode. */
export const EDGES_REQUEST: readonly object[] = [
  { path: { replace: '^/(p|n)/', with: '/$1$1/' } },
  { path: { replace: '(?i)^/P/(?P<rest>.*)$', with: '/n/$1' } },
  { path: { replace: '^/[pn]', with: '' } },
  { path: { replace: '^.*$', with: '' } },
  { path: { replace: '(?P<first>^|/)b', with: '$1c' } },
  { path: { set: '/n/$header[x-h]' } },
  { replaceHeader: { name: 'x-h', replace: '^(one|okay)', with: 'O-$1' } },
  { replaceHeader: { name: 'x-h', replace: '^', with: 'pre-' } },
  { replaceHeader: { name: 'x-h', replace: '^(?P<first>.)(?P<rest>.*)$', with: '$2$1' } },
  { query: { set: { k: '$header[x-h]' } } },
  { query: { set: { u: '$path?$query' } } },
  { query: { set: { u: '$method' } } },
];

export const EDGES_RESPONSE: readonly object[] = [
  { set: { server: 'mine' } },
  { append: { server: 'mine' } },
  { delete: ['server'] },
  { replaceHeader: { name: 'server', replace: '^(o|x)', with: 'O$1' } },
  { replaceHeader: { name: 'x-powered-by', replace: '^(t|x)e', with: 'E$1' } },
  { replaceHeader: { name: 'x-none', replace: '^', with: 'made' } },
];

export const VALUES = [
  '$path',
  '$host',
  '$query',
  '$method',
  '$header[x-h]',
  '$header[host]',
  '$cookie[c]',
  '$scheme://$host$path?$query',
  '$route/$pool at $listener',
  '$client_ip 100% {x} $$',
] as const;

export const PATHS = [
  '/p/a%20b',
  '/p/ab',
  '/n/b',
  '/n/missing',
  '/p/missing',
  '/',
  '/p/%C3%A9/b',
  '/p//b',
  '/p/%41%2F',
  '/p/./b',
  '/p/x/../b',
  '/p/a;b=1',
  '/p/%zz',
];
export const QUERIES = ['', '', '?', '?k=v', '?k=a%20b', '?e', '?e=&k=v', '?x=1&k=a+b', '?%6B=v'];
/** Parameters that come twice or empty. */
export const QUERIES_ON_EDGES = ['?k=v&k=a', '?k&k=v', '?k=&x', '?e&e=1'];
export const HEADERS: readonly Record<string, string | string[]>[] = [
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
/** Cookies that are empty, and what a target cannot have as it is. */
export const HEADERS_ON_EDGES: readonly Record<string, string>[] = [
  { cookie: 'c=; d=""' },
  { cookie: 'c=; c=1' },
  { 'x-h': 'a&b=c d%?#' },
  { 'x-h': '' },
];
export const METHODS = ['GET', 'GET', 'PUT', 'POST', 'HEAD', 'PATCH', 'PURGE'];

const GET = { method: 'GET', headers: { host: 'api.test' } };

/** What exports have had wrong. */
export const FOUND: readonly Omit<Case, 'name'>[] = [
  {
    route: { pool: 'api' },
    rules: [{ match: 'contentType *= json', response: [{ set: { 'content-type': 'text/plain', 'x-late': 'y' } }] }],
    requests: [{ ...GET, path: '/' }],
  },
  {
    route: { pool: 'api' },
    rules: [{ match: 'status = 404', response: [{ status: 200 }, { set: { 'x-late': 'y' } }] }],
    requests: [{ ...GET, path: '/missing' }],
  },
  {
    route: { pool: 'api' },
    rules: [
      { match: 'path = /mm', request: [{ method: 'PUT' }] },
      { match: 'method = PUT', request: [tellAll('x-seen')], response: [tellAll('x-late')] },
    ],
    requests: [{ ...GET, path: '/mm' }],
  },
  {
    route: { redirect: { status: 302, location: '/to$path?$query' } },
    rules: [{ response: [tellAll('x-late')] }],
    requests: [{ ...GET, path: '/a%20b/%41?q=%20' }],
  },
  {
    route: { match: 'path ~ "/old/([^/]+)/(.*)"', redirect: { status: 308, location: '/new/$2/$1' } },
    rules: [],
    requests: [{ ...GET, path: '/x/old/a%20b/%C3%A9/c' }],
  },
  {
    route: { pool: 'api' },
    rules: [{ response: [tellAll('x-late')] }, { request: [{ path: { replace: '^/old/', with: '/new/' } }] }],
    requests: [
      { ...GET, path: '/old/a?' },
      { ...GET, path: '/x?' },
    ],
  },
  {
    route: { redirect: { status: 302, location: '/else' } },
    rules: [{ match: 'path ^= /p', request: [{ pool: 'next' }] }],
    requests: [
      { ...GET, path: '/p' },
      { ...GET, path: '/q' },
    ],
  },
];

/** What exports have had wrong about patterns of routes. */
export const FOUND_IN_PATTERNS: readonly Omit<Case, 'name'>[] = [
  redirected('path ~i "^/Reg/(.*)"', '/new/$1', ['/reG/a/b', '/REG/', '/x/reg/a']),
  redirected('path ~ "^/ng/(?P<y>[0-9]+)/(.*)"', '/z/$2/$1', ['/ng/12/a', '/ng/1/']),
  redirected('path ~ "^/(de|fr)/(?P<host>.*)$"', '/$2?l=$1', ['/de/a', '/fr/%20']),
  redirected('path ~ "(?i)^/FL/(.*)$"', '/n/$1', ['/fL/a']),
  redirected('path ~ "^/c/(.*)$" and path ~ "x(.)z"', '/$1', ['/c/xyz']),
];

function redirected(match: string, location: string, paths: readonly string[]): Omit<Case, 'name'> {
  return {
    route: { match, redirect: { status: 302, location } },
    rules: [],
    requests: paths.map((path) => ({ ...GET, path })),
  };
}

function tellAll(name: string) {
  return { set: { [name]: '$method $path $query $host' } };
}

/** What whole configs, and requests to them, are drawn from. */
import type { Sent } from './wire.ts';

export const ASKED = [
  'path ^= /a',
  'path = /a/b',
  'path ~ "^/([a-z]+)/([0-9]+)$"',
  'path ~i "\\.(PNG|css)$"',
  'not path ^= /a',
  'method = POST',
  'method in (GET, HEAD)',
  'host = api.test',
  'host $= .test',
  'host = b.test',
  'header[x-a] = 1',
  'has header[x-a]',
  'not has header[x-a]',
  'header[x-a] ~ "^(1|2)"',
  'header[user-agent] *= curl',
  'query[q] = 1',
  'has query[q]',
  'query ~ "q=[0-9]"',
  'query[e] = ""',
  'cookie[c] = x',
  'has cookie[c]',
  'clientIp in ("127.0.0.0/8")',
  'scheme = http',
  'port = 80',
  'listener = gateway',
  'header[accept-encoding] *= gzip',
  'header[content-type] ^= text/',
  'url *= "b"',
  'websocket',
  '(path ^= /a or method = PUT) and not has query[q]',
  'header[range] ^= bytes',
  'header[if-none-match] = "\\"e\\""',
] as const;

export const ASKED_LATE = [
  ...ASKED,
  'status = 200',
  'status = 4xx',
  'status >= 500',
  'contentType *= json',
  'responseHeader[x-powered-by] = tests',
  'has responseHeader[set-cookie]',
  'status in (301, 302, 404)',
  'route = r0',
  'pool = next',
  'has responseHeader[etag]',
] as const;

export const VALUES = [
  ...['1', 'v w', 'a"b', 'a;b', '$$x', '%41', "it's", '{a}', '#h', 'x,y'],
  ...['$host', '$path', '$method', '$query', '$client_ip', '$scheme', '$route', '$pool'],
  ...['$header[x-a]', '$cookie[c]', '$header[user-agent]'],
] as const;

/** Names of headers, patterns, paths and parameters for actions, by what they act on. */
export const REQUEST = {
  set: ['x-n', 'x-a', 'user-agent', 'authorization', 'host', 'accept'],
  append: ['x-n', 'x-m'],
  delete: ['x-a', 'cookie', 'user-agent', 'x-*', 'accept-encoding', 'range', 'authorization'],
  replaced: ['x-a', 'user-agent', 'cookie'],
  patterns: ['^1', 'curl', 'c=x', '[a-z]+$', '(.)'],
  texts: ['z', '<y>', ''],
} as const;

export const RESPONSE = {
  set: ['x-n', 'content-type', 'server', 'cache-control', 'x-powered-by'],
  append: ['x-n', 'set-cookie', 'vary'],
  delete: ['x-powered-by', 'server', 'set-cookie', 'x-*', 'etag', 'cache-control'],
  replaced: ['x-powered-by', 'set-cookie', 'content-type', 'location'],
  patterns: ['^t', 'Path=/', 'application/', 'http://[^/]*'],
  texts: ['z', 'Path=/app', ''],
} as const;

export const LINE: readonly object[] = [
  { method: 'PUT' },
  { method: 'GET' },
  { host: 'b.test' },
  { host: 'api.test:81' },
  { path: { set: '/new' } },
  { path: { set: '/a/b%20c' } },
  { path: { replace: '^/a', with: '/z' } },
  { path: { replace: '/[0-9]+', with: '/9' } },
  { path: { replace: 'b$', with: 'c' } },
  { query: { set: { q: '1' }, delete: ['e'] } },
  { query: { set: { n: 'a b' }, delete: ['z'] } },
  { pool: 'api' },
  { pool: 'next' },
];

export const STATUSES = [200, 204, 301, 403, 404, 418, 503] as const;
export const MADE: readonly object[] = [
  {},
  { 'x-made': '$path' },
  { 'content-type': 'text/plain', 'x-made': '1' },
  { 'content-type': 'text/html; charset=utf-8' },
  { location: '/l' },
  { 'x-made': '$host$path', 'retry-after': '3' },
];
export const BODIES = ['ok', '{"a":"$method"}', '', 'two\nlines', '<p>x</p>', '$path'] as const;
export const PLACES = ['/to', 'https://$host$path?$query', '/x/$$1', 'http://b.test$path'] as const;

export const FORWARDED: readonly object[] = [
  {},
  { xForwarded: false },
  { rfc7239: true },
  { via: false },
  { requestId: false },
  { requestId: 'x-corr' },
  { xForwarded: false, rfc7239: true, via: false },
];

export const PATHS = [
  ...['/', '/a', '/a/b', '/a/12', '/b', '/x.png', '/X.PNG', '/a%20b', '/a%2Fb', '/a/../b', '/a//b', '/./a', '/A'],
  ...['/cookies', '/multi', '/page', '/emptyh', '/cc=1', '/st=404', '/st=500', '/st=304&cc=1', '/st=204'],
  ...['/st=301&loc=%2Fq', '/st=302&loc=http%3A%2F%2Fx.test%2Fq', '/caf%C3%A9', '/a;p=1', '/a+b', "/it's", '/~u'],
  ...['/a:b@c', '/(x)', '/a,b', '/a=b', '/a%3Fb', '/a%23b', '/a%', '/$1'],
] as const;
export const QUERIES = [
  ...[
    '',
    '',
    '',
    '?q=1',
    '?q=1&q=2',
    '?e=&z',
    '?x=a%20b+c',
    '?',
    '?a?b',
    '?q=%31',
    '?u=http://x/y',
    '?a[]=1',
    '?a=1;b=2',
  ],
] as const;
export const HOSTS = [
  'api.test',
  'api.test',
  'b.test',
  'API.test',
  'api.test:80',
  'x.y.test:8080',
  '127.0.0.1',
] as const;

/** Headers of a request, with how often each is sent. */
export const SENT: readonly (readonly [share: number, name: string, values: readonly (string | string[])[]])[] = [
  [0.4, 'x-a', ['1', '2', '', 'a b', '1, 2', ['1', 'second']]],
  [0.4, 'cookie', ['c=x', 'c=y; d=1', 'd="q"; c=x', 'c=', 'a=1;c=x']],
  [0.5, 'user-agent', ['curl/8.1', 'Mozilla/5.0 (X11; Linux)']],
  [0.3, 'accept-encoding', ['gzip', 'br, gzip;q=0.5', 'identity']],
  [0.15, 'range', ['bytes=0-3']],
  [0.15, 'if-none-match', ['"e"']],
  [0.1, 'if-modified-since', ['Mon, 01 Jan 2024 00:00:00 GMT']],
  [0.15, 'authorization', ['Basic YTpi']],
  [0.15, 'x-forwarded-for', ['9.9.9.9', '9.9.9.9, 8.8.8.8']],
  [0.05, 'x-forwarded-proto', ['https']],
  [0.05, 'x-forwarded-host', ['evil.test']],
  [0.1, 'forwarded', ['for=9.9.9.9']],
  [0.1, 'via', ['1.1 before']],
  [0.1, 'x-request-id', ['mine']],
  [0.1, 'accept', ['text/html, */*;q=0.1']],
  [0.05, 'x_under', ['u']],
  [0.05, 'x-empty', ['']],
  [0.05, 'x-big', ['y'.repeat(7000)]],
  [0.05, 'referer', ['http://r.test/?a=b c']],
  [0.03, 'x-latin', ['caf\xe9']],
  [0.04, 'accept-language', ['de\tx']],
];

/** What comes beside path, host and the headers above; most are plain. */
export const KINDS: readonly Partial<Sent>[] = [
  ...Array.from({ length: 10 }, () => ({})),
  { method: 'HEAD' },
  { method: 'HEAD' },
  { method: 'POST', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  { method: 'PUT', body: '{"x":1}', headers: { 'content-type': 'application/json' } },
  { method: 'PATCH', body: 'z'.repeat(5000), headers: { 'content-type': 'text/plain' } },
  { method: 'DELETE' },
  { method: 'POST', headers: { 'content-length': '0' } },
  {
    method: 'POST',
    body: '3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n',
    headers: { 'transfer-encoding': 'chunked' },
  },
  { method: 'OPTIONS', headers: { origin: 'http://o.test', 'access-control-request-method': 'PUT' } },
  { method: 'POST', body: 'abc', headers: { expect: '100-continue' } },
  { method: 'PROPFIND' },
  { method: 'M-SEARCH' },
  { version: '1.0' },
  {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  },
];

/** Single cases that exports have had wrong, by what they have in common. */
import { quote } from '../../proxy-engine/contract/expression/strings.ts';
import { MADE } from './crossing-answers.ts';
import { changed, type Found, get, POOL } from './crossing-case.ts';
import type { Sent } from './wire.ts';

function answered(action: object, ...requests: Sent[]): Found {
  return { route: POOL, rules: [{ response: [action] }], requests };
}

function rewritten(replace: string, text: string, ...paths: string[]): Found {
  return changed({ path: { replace, with: text } }, ...paths.map((path) => get(path)));
}

function replaced(name: string, replace: string, text: string, ...requests: Sent[]): Found {
  return changed({ replaceHeader: { name, replace, with: text } }, ...requests);
}

function redirected(match: string, location: string, ...paths: string[]): Found {
  return { route: { match, redirect: { status: 302, location } }, rules: [], requests: paths.map((path) => get(path)) };
}

/** Whether `match` holds. */
function asked(match: string, ...requests: Sent[]): Found {
  return { route: POOL, rules: [{ match, request: [{ set: { 'x-seen': 'it holds' } }] }], requests };
}

const BEHIND_HOSTS = [
  ':',
  ':80',
  ':80:80',
  ':123456',
  '/',
  '?',
  '#',
  ',',
  '@x',
  '\\',
  '"',
  '<',
  '{',
  '|',
  '^',
  '`',
  '%',
  '%2',
  '!',
  "'",
];

const PATTERNS: readonly Found[] = [
  rewritten('^/p/(?P<n>[a-z]+)/([0-9]+)', '/out/$2-$1', '/p/ab/12/x?q', '/p/ab'),
  rewritten('(?P<n>[a-z]+)$', '<$1>', '/s/abc'),
  rewritten('^/u', '', '/u', '/u?q', '/u/x', '/ux'),
  rewritten('^/u/', '', '/u/x'),
  rewritten('/', '', '/a/b'),
  rewritten('^/(a)(b)(c)(d)(e)(f)(g)(h)(i)', '/$9$1', '/abcdefghi/x'),
  rewritten('^/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)', '/$10-$1', '/abcdefghij/x'),
  rewritten("it's", 'a"b', "/x/it's"),
  rewritten('^/d(.)', '/$$1$1', '/d2'),
  replaced('x-h', '(?P<a>.)=(.)', '$2=$1', get('/', { 'x-h': 'a=b' })),
  replaced('x-h', "o'(x),y", "$1'z,w", get('/', { 'x-h': "o'x,y" })),
  replaced('x-h', '"(.*)"', '$1', get('/', { 'x-h': '"q"' })),
  replaced('x-h', 'Bearer ', '', get('/', { 'x-h': 'Bearer abc' }), get('/', { 'x-h': 'Bearer ' }), get('/')),
  replaced('x-h', 'a', '$$2', get('/', { 'x-h': 'banana' })),
  replaced('x-h', 'a', '\\1\\', get('/', { 'x-h': 'banana' })),
  replaced('x-h', '(a)', '$cookie[c]$1', get('/', { 'x-h': 'banana', cookie: 'c=$1' })),
  replaced('x-h', '^', 'n', get('/'), get('/', { 'x-h': 'v' })),
  replaced('x-h', '$', '>', get('/'), get('/', { 'x-h': 'v' })),
  replaced('x-h', 'b*', '-', get('/', { 'x-h': 'abba' })),
  answered({ replaceHeader: { name: 'x-powered-by', replace: '^te', with: '' } }, get('/')),
  answered({ replaceHeader: { name: 'x-powered-by', replace: 't', with: '$$2' } }, get('/')),
  answered({ replaceHeader: { name: 'x-none', replace: '^', with: 'n' } }, get('/')),
  answered({ replaceHeader: { name: 'set-cookie', replace: '; Domain=[^;]*', with: '' } }, get('/cookies'), get('/')),
  redirected('path ~i "^/reg/(.*)"', '/new/$1', '/Reg/a/b', '/reg/c'),
  redirected('path ~ "(?i)^/FL/(.*)$"', '/n/$1', '/fL/a'),
  redirected('path ~ "^/lazy/(.+?)/"', '/z/$1', '/lazy/a/b/'),
  redirected('path ~ "/mid/([0-9]{2,3})"', '/z/$1', '/a/mid/1234/b'),
  redirected('path ~ "^/opt(/x)?(/y)?"', '/z$1-$2', '/opt/y/z'),
  redirected('path ~ "^/it\'s,x/(.*)"', '/q$1', "/it's,x/a"),
  redirected('path ~ "^/(de|fr)/(.*)$"', '/$2?l=$1', '/de/a'),
  redirected('path ~ "^/ng/(?P<y>[0-9]+)/(.*)"', '/z/$2/$1', '/ng/12/a'),
];

const PLACES: readonly Found[] = [
  changed({ path: { set: '/x$path' } }, get('/a%20b'), get('/a/b?q=%20')),
  changed({ path: { set: '/a%20b/%41%c3%a9' } }, get('/?q')),
];

const EMPTY: readonly Found[] = [
  ...['= ""', '!= ""', '^= ""', '~ "^$"', '~ "^a*$"', 'in ("", "1")'].flatMap((test) => [
    asked(`header[x-h] ${test}`, get('/'), get('/', { 'x-h': '' }), get('/', { 'x-h': '1' })),
    asked(`query[q] ${test}`, ...['/', '/?q', '/?q=', '/?q=1', '/?q=&q=1', '/?q=1&q='].map((path) => get(path))),
    asked(
      `cookie[c] ${test}`,
      get('/'),
      ...['c=', 'c=""', 'c=1', 'x=c; c=; d=1'].map((cookie) => get('/', { cookie })),
    ),
  ]),
  asked('not has cookie[c]', get('/', { cookie: 'c=' }), get('/', { cookie: 'xc=1' }), get('/', { cookie: 'c' })),
  asked('has query[q]', get('/?q='), get('/?xq=1'), get('/?q')),
];

/** The first of several is the one that is asked. */
const TWICE: readonly Found[] = [
  ...['= "1"', '= "2"', '!= "1"', '~ "^(1|3)$"', '$= 2', '*= ","', 'in ("2", "3")'].flatMap((test) => [
    asked(
      `query[q] ${test}`,
      get('/?q=1&q=2'),
      get('/?q=2&q=1'),
      get('/?x=q&q=1&b=2'),
      get('/?q=1;b&q=2'),
      get('/?q=%31'),
    ),
    asked(`cookie[c] ${test}`, get('/', { cookie: 'c=1; c=2' }), get('/', { cookie: 'c=2; c=1' })),
  ]),
  asked('query[q] = "a&b=é +"', get('/?q=a%26b%3D%C3%A9%20%2B'), get('/?q=a%26b%3d%c3%a9+%2b'), get('/?q=a')),
];

const PARAMETERS: readonly Found[] = [
  changed(
    { query: { set: { u: '$header[x-h]' } } },
    get('/', { 'x-h': 'a&b=c' }),
    get('/?u=1', { 'x-h': 'a b' }),
    get('/', { 'x-h': '50%+#?/:\u00c3\u00a9' }),
    get('/'),
  ),
  changed({ query: { set: { u: '$path?$query' } } }, get('/q?a=b&c=d'), get('/a%20b')),
  changed({ query: { set: { u: "a b&c=d%+#é'(x)*!~" } } }, get('/')),
];

/** What means something in the language of one target or another. */
const TEXTS = [
  'a"b',
  "it's",
  'a\\',
  '\\\\n',
  'a\\"b',
  '%[src] %{+Q}o 100%%',
  '{path} {http.request.method} {$HOME} {env.HOME}',
  '#c',
  'a #c; b',
  '${HOME} $(x) `y`',
  '~^a',
  'default',
  '}',
  '{',
  'a,b',
  '(a) [b] *',
  'on',
  "\\'",
  'Ã©',
  'x'.repeat(900),
] as const;

function dollarless(text: string): string {
  return text.replaceAll('$', '$$$$');
}

const LANGUAGES: readonly Found[] = TEXTS.flatMap((text) => [
  changed({ set: { 'x-seen': dollarless(text) } }, get('/')),
  answered({ set: { 'x-late': dollarless(text) } }, get('/')),
  asked(`header[x-h] = ${quote(text)}`, get('/', { 'x-h': text }), get('/', { 'x-h': 'other' })),
  asked(`header[x-h] in (${quote(text)}, "b")`, get('/', { 'x-h': text }), get('/', { 'x-h': 'b' }), get('/')),
  asked(`header[x-h] *= ${quote(text)}`, get('/', { 'x-h': `a${text}b` })),
  asked(`query[q] = ${quote(text)}`, get(`/?q=${encodeURIComponent(text)}`)),
  asked(`header[x-h] ~ ${quote(`^${escaped(text)}$`)}`, get('/', { 'x-h': text }), get('/', { 'x-h': 'other' })),
  replaced('x-h', escaped(text), 'y', get('/', { 'x-h': `a${text}b` })),
  replaced('x-h', 'b', dollarless(text), get('/', { 'x-h': 'abc' })),
]);

const ANSWERS: readonly Found[] = TEXTS.slice(0, -1).flatMap((text) => [
  {
    route: {
      respond: {
        status: 200,
        headers: { 'content-type': 'text/plain', 'x-made': dollarless(text) },
        body: dollarless(text),
      },
    },
    rules: [],
    requests: [get('/')],
  },
  redirected('path ^= /', `/to?${dollarless(encodeURI(text))}`, '/'),
  redirected('path ~ "^/(.*)"', `/$1?q=${dollarless(encodeURIComponent(text))}`, '/a%20b'),
  changed({ path: { set: `/${dollarless(text)}` } }, get('/')),
  rewritten('b', dollarless(text), '/abc'),
  rewritten('^/b', `/${dollarless(text)}`, '/bc'),
  changed({ query: { set: { [text]: dollarless(text) } } }, get('/'), get('/?a')),
  changed({ query: { delete: [text] } }, get(`/?${encodeURIComponent(text)}=1&b=2`)),
]);

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

const HOSTS = [
  'one.test',
  'ONE.TEST:80',
  '[::1]',
  '[::1]:8080',
  '127.0.0.1',
  'a.one.test',
  'one.test.',
  'xn--caf-dma.test',
];
const OTHERS: readonly Found[] = [
  ...[
    '= "one.test"',
    '= ONE.TEST',
    '~ "^ONE"',
    '~i "^ONE"',
    '$= .Test',
    '= "[::1]"',
    '*= "::"',
    '!= one.test',
    'in (a.one.test, "127.0.0.1")',
  ].map((test) => asked(`host ${test}`, ...HOSTS.map((host) => get('/', { host })))),
  ...['= 80', '!= 8080', 'in (8080, 81)', '= "080"'].map((test) =>
    asked(`port ${test}`, ...HOSTS.map((host) => get('/', { host }))),
  ),
  changed({ set: { 'x-seen': '$host' } }, ...HOSTS.map((host) => get('/', { host }))),
  ...['= get', '= GET', 'in (get, Put)', '!= Get', '~ "^G"', '~ "^g"', '^= P'].map((test) =>
    asked(`method ${test}`, ...['GET', 'PUT', 'get', 'PROPFIND'].map((method) => ({ ...get('/'), method }))),
  ),
  ...[
    '= 404',
    '!= 404',
    '> 200',
    '>= 404',
    '< 404',
    '<= 404',
    '= 4xx',
    '!= 2xx',
    '> 2xx',
    'in (200, 4xx)',
    'in (201, 5xx)',
  ].map((test) => ({
    route: POOL,
    rules: [{ match: `status ${test}`, response: [{ set: { 'x-late': 'it holds' } }] }],
    requests: [get('/'), get('/missing')],
  })),
  ...[
    'contentType = application/json',
    'contentType = Application/JSON',
    'contentType ^= text/',
    'contentType $= utf-8',
    'contentType *= "; charset"',
    'contentType ~ "^TEXT"',
    'not contentType = text/html',
    'responseHeader[content-type] = "text/html; charset=UTF-8"',
    'has responseHeader[set-cookie]',
    'responseHeader[set-cookie] *= "b=2"',
    'responseHeader[x-none] = ""',
    'responseHeader[x-none] != ""',
    'responseHeader[x-none] ~ "^$"',
  ].map((match) => ({
    route: POOL,
    rules: [{ match, response: [{ set: { 'x-late': 'it holds' } }] }],
    requests: [get('/'), get('/page'), get('/cookies')],
  })),
  asked('not header[x-h] = one and not header[x-h] = two', get('/', { 'x-h': ['one', 'two'] }), get('/')),
  asked('header[x-h] != one', get('/', { 'x-h': ['two', 'one'] }), get('/', { 'x-h': 'ONE' }), get('/')),
  asked('clientIp in ("127.0.0.0/8", "10.0.0.0/8")', get('/')),
  asked('clientIp = "127.0.0.1"', get('/')),
  asked('not (path ^= /a or (method = GET and not has header[x-h]))', get('/a'), get('/b'), get('/b', { 'x-h': '1' })),
  asked('path = "/a b"', get('/a%20b'), get('/a+b')),
  asked('path = /é', get('/%C3%A9'), get('/%c3%a9')),
  asked('path ^= /A', get('/a'), get('/A')),
  asked('path ~ "^/a.b$"', get('/a%2Fb'), get('/axb'), get('/a/b')),
  asked('path *= "%2F"', get('/a%2Fb'), get('/a%2fb')),
  asked('url = "http://api.test/a?b"', get('/a?b')),
  // Hosts that are none: a backend may still find a name in them.
  {
    route: { match: 'host = admin.test', respond: { status: 403 } },
    rules: [],
    requests: ['admin.test', ...BEHIND_HOSTS.map((rest) => `admin.test${rest}`), '[admin.test]', 'x@admin.test'].map(
      (host) => get('/', { host }),
    ),
  },
  asked('path = /a', get('/a#b'), get('/a?q#b')),
  asked('query = "a=%20"', get('/?a=%20'), get('/?a=+')),
];

export const FOUND_LATER: readonly Found[] = [
  ...PATTERNS,
  ...PLACES,
  ...EMPTY,
  ...TWICE,
  ...PARAMETERS,
  ...LANGUAGES,
  ...ANSWERS,
  ...OTHERS,
  ...MADE,
];

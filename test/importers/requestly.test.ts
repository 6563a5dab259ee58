import { expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { importing } from './importing.ts';

it('makes a rule of each pair', () => {
  const { part } = importing('requestly.json');
  expect(part.groups).toEqual({ 'Local dev': { select: 'many' } });
  expect(part.rules).toEqual([
    {
      name: 'Tokens',
      group: 'Local dev',
      match: 'method in (GET, POST) and url *= example.com/api',
      request: [{ set: { Authorization: 'Bearer $$x' } }, { delete: ['Cookie'] }],
      response: [{ set: { 'X-Frame-Options': 'DENY' } }],
    },
    { name: 'Old headers', enabled: false, match: 'host = a.test', response: [{ append: { 'X-Old': '1' } }] },
    {
      name: 'Away',
      match: 'url = https://a.test/x',
      request: [{ respond: { status: 307, headers: { location: 'https://b.test/y' } } }],
    },
    { name: 'Away 2', match: 'url = https://a.test/app.js', request: [{ mapLocal: { file: '/home/me/app.js' } }] },
    { name: 'Block', match: 'url *= ads', request: [{ abort: 'close' }] },
    { name: 'Slow', match: 'url *= slow', request: [{ delay: '300ms' }] },
    { name: 'Agent', match: 'url *= m.', request: [{ set: { 'user-agent': 'Phone/1.0' } }] },
    {
      name: 'Mock',
      match: 'url = https://a.test/me',
      request: [{ respond: { status: 201, headers: { 'content-type': 'application/json' }, body: '{"price":"$$5"}' } }],
    },
    { name: 'Mock 2', match: 'url = https://a.test/you', response: [{ body: { set: 'hi' } }, { status: 404 }] },
    { name: 'To local', match: 'host = api.example.com', request: [{ scheme: 'http' }, { host: 'localhost:3000' }] },
    { name: 'To local 2', match: 'path ~i "^/v[0-9]+"', request: [{ path: { replace: '/v1/', with: '/v2/' } }] },
    { name: 'Parameters', match: 'host $= .a.test', request: [{ query: { set: { debug: '1' }, delete: ['utm'] } }] },
  ]);
});

it('tells what it leaves out, and what is not quite the same', () => {
  const { left, doubtful } = importing('requestly.json');
  expect(left).toEqual([
    'rule 10, pair 3: Mock: its code uses another interface; see docs/scripts.md',
    'rule 11: Script: it puts scripts into pages; a body action can insert text',
    'rule 12: Nothing: it has no pairs of a condition and a change',
  ]);
  expect(doubtful).toEqual([
    'rule 2: rule Tokens: its filter resourceType is left out, so that it acts on more requests',
    'rule 4, pair 1: rule To local: only where it is the whole host, whichever its scheme and port; what a route sends to a pool goes there all the same, with that Host',
    'rule 4, pair 2: rule To local 2: in the path only, not in host or query, at every place',
    'rule 5, pair 1: rule Away: as an answer with 307, which clients follow',
    'rule 5, pair 2: route Away: as an answer with 307, which clients follow',
    'rule 5, pair 2: route Away 2: as an answer with 307, which clients follow',
    'rules: To local, To local 2, Parameters: they come last, and the later of them see what the earlier ones have made of the address',
  ]);
});

it('a filter of the older form is told as well', () => {
  const source = { key: 'Url', operator: 'Contains', value: 'a', filters: { resourceType: ['main_frame'] } };
  const rule = {
    id: '1',
    name: 'Block',
    objectType: 'rule',
    ruleType: 'Cancel',
    status: 'Active',
    pairs: [{ source }],
  };
  expect(importConfig(JSON.stringify([rule])).items).toMatchObject([
    { outcome: 'approximated', why: expect.stringContaining('resourceType') },
  ]);
});

it('a request is not left without Host', () => {
  const pairs = [
    {
      source: { key: 'Url', operator: 'Contains', value: 'a' },
      modifications: { Request: [{ header: 'Host', type: 'Remove' }] },
    },
  ];
  const rule = { id: '1', name: 'R', objectType: 'rule', ruleType: 'Headers', status: 'Active', pairs };
  expect(importConfig(JSON.stringify([rule])).items).toMatchObject([
    { outcome: 'unmapped', why: expect.stringContaining('one Host') },
  ]);
});

function ruleOf(ruleType: string, change: object, source: object = { key: 'Url', operator: 'Contains', value: '' }) {
  const rule = { id: '1', name: 'R', objectType: 'rule', ruleType, status: 'Active', pairs: [{ source, ...change }] };
  return importConfig(JSON.stringify([rule]));
}

function header(value: string): object {
  return { modifications: { Response: [{ header: 'Access-Control-Allow-Origin', type: 'Add', value }] } };
}

it('the origin of the request is a variable', () => {
  const { part, items } = ruleOf('Headers', header('rq_request_initiator_origin()'));
  expect(part.rules).toMatchObject([{ response: [{ set: { 'Access-Control-Allow-Origin': '$header[origin]' } }] }]);
  expect(items).toMatchObject([{ outcome: 'approximated', why: 'a request without Origin has none to tell' }]);
});

it('what is added stands beside what is there', () => {
  const added = (name: string, type = 'Add') => ({ header: name, type, value: 'a=$1' });
  const changes = {
    Request: [added('Cookie'), added('Accept-Language'), added('X-A'), added('Via', 'Modify')],
    Response: [added('Set-Cookie'), added('Set-Cookie', 'Modify')],
  };
  expect(ruleOf('Headers', { modifications: changes }).part.rules).toMatchObject([
    {
      request: [
        { set: { Cookie: '$header[cookie]; a=$$1' } },
        { replaceHeader: { name: 'Cookie', replace: '^; ', with: '' } },
        { append: { 'Accept-Language': 'a=$$1' } },
        { set: { 'X-A': 'a=$$1' } },
        { set: { Via: 'a=$$1' } },
      ],
      response: [{ append: { 'Set-Cookie': 'a=$$1' } }, { set: { 'Set-Cookie': 'a=$$1' } }],
    },
  ]);
});

it('a body is set where requests have one; an answer has the type of its text', () => {
  const made = (type: string, change: object) => ruleOf(type, change).part.rules;
  expect(made('Request', { request: { type: 'static', value: '{}' } })).toMatchObject([
    { match: 'not method in (GET, HEAD)', request: [{ body: { set: '{}' } }] },
  ]);
  expect(made('Response', { response: { type: 'static', value: 'x', serveWithoutRequest: true } })).toMatchObject([
    { request: [{ respond: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'x' } }] },
  ]);
});

it.each<[operator: string, value: string, destination: string, match: string]>([
  [
    'Wildcard_Matches',
    'https://a.test/v1/*',
    'http://localhost:3000/$1',
    'scheme = https and host = a.test and path ~ "^/v1/(.*)$"',
  ],
  [
    'Wildcard_Matches',
    '*://A.test:81/*',
    'http://localhost:3000/$2',
    'host = a.test and port = 81 and path ~ "^/(.*)$"',
  ],
  ['Matches', '/^https?:\\/\\/a\\.test\\/x(.+)/i', 'http://localhost:3000/$1', 'host = a.test and path ~i "^/x(.+)$"'],
])('%s %s: all below is redirected to %s, with its query', (operator, value, destination, match) => {
  const { part, items } = ruleOf('Redirect', { destination }, { key: 'Url', operator, value });
  const location = 'http://localhost:3000/$1';
  expect([part.rules, part.routes]).toEqual([
    [],
    [
      { name: 'R', match: `${match} and query != ""`, redirect: { status: 307, location: `${location}?$query` } },
      { name: 'R 2', match: `${match} and query = ""`, redirect: { status: 307, location } },
    ],
  ]);
  expect(items.map(({ why }) => why)).toEqual(Array(2).fill('as an answer with 307, which clients follow'));
});

it.each([
  ['https://a.test/*/x/*', 'https://b.test/$2'],
  ['https://a.test/*', 'https://b.test/?u=$1'],
  ['https://a.test/*', 'https://b.test/$2'],
  ['*.test/*', 'https://b.test/$2'],
])('told, not mapped: %s to %s', (value, destination) => {
  const { part, items } = ruleOf('Redirect', { destination }, { key: 'Url', operator: 'Wildcard_Matches', value });
  expect([part.rules, part.routes]).toEqual([[], []]);
  expect(items).toMatchObject([{ outcome: 'unmapped', why: expect.stringContaining('parts of the URL') }]);
});

it('a dollar in the destination is a text where the condition is one', () => {
  const source = { key: 'Url', operator: 'Contains', value: 'a' };
  expect(ruleOf('Redirect', { destination: 'https://b.test/$1' }, source).part.rules).toMatchObject([
    { request: [{ respond: { headers: { location: 'https://b.test/$$1' } } }] },
  ]);
});

it.each<[from: string, to: string, rule: object]>([
  ['debug=true', 'debug=false', { match: 'query[debug] = true', request: [{ query: { set: { debug: 'false' } } }] }],
  ['?a=%20b', '?a=c+d', { match: 'query[a] = " b"', request: [{ query: { set: { a: 'c d' } } }] }],
  ['&a=1', '', { match: 'query[a] = 1', request: [{ query: { delete: ['a'] } }] }],
  ['/\\/v[0-9]+/i', '/vX', { request: [{ path: { replace: '(?i)/v[0-9]+', with: '/vX' } }] }],
  ['/rep(\\d)/', 'r$1', { request: [{ path: { replace: 'rep(\\d)', with: 'r$1' } }] }],
  ['/v1/', '/$/', { request: [{ path: { replace: '/v1/', with: '/$$/' } }] }],
  ['a.test:80', 'b.test', { match: 'host = a.test', request: [{ host: 'b.test' }] }],
])('%s is replaced by %s, and told', (from, to, rule) => {
  const { part, items } = ruleOf('Replace', { from, to });
  expect(part.rules).toMatchObject([rule]);
  expect(items).toMatchObject([{ outcome: 'approximated', why: expect.stringContaining('only') }]);
});

it.each<[string, string, object, string, object?]>([
  ['a function of Requestly', 'Headers', header('a rq_rand(4)'), 'rq_rand() is a function of Requestly'],
  ['a function in a replacement', 'Replace', { from: '/\\/a/', to: 'rq_rand(4)' }, 'rq_rand() is a function'],
  ['a part of the query', 'Replace', { from: 'bug=1&', to: 'b=2' }, 'a part of the query'],
  ['a name of a parameter', 'Replace', { from: 'a=', to: 'b=' }, 'a part of the query'],
  ['a part of a host', 'Replace', { from: 'staging.', to: 'www.' }, 'as a whole'],
  ['a host with a path', 'Replace', { from: 'a.test/v1', to: 'b.test/v2' }, 'host and path'],
  ['a pattern of the URL', 'Replace', { from: '/^https:\\/\\/(.*)/', to: 'http://$1' }, 'more than the path'],
  [
    'a part of a host with its port',
    'Cancel',
    {},
    'without its port',
    { key: 'Host', operator: 'Contains', value: 'a:80' },
  ],
])('told, not mapped: %s', (_, type, change, why, source) => {
  const { part, items } = ruleOf(type, change, source);
  expect(part.rules).toEqual([]);
  expect(items).toMatchObject([{ outcome: 'unmapped', why: expect.stringContaining(why) }]);
});

it.each([
  ['Host', 'Equals', 'a.test:80', 'host = a.test and port = 80'],
  ['Url', 'Wildcard_Matches', 'http://a.test/*?x=[1]', 'url ~ "^http://a\\\\.test/.*\\\\?x=\\\\[1\\\\]$"'],
])('%s %s %s', (key, operator, value, match) => {
  expect(ruleOf('Cancel', {}, { key, operator, value }).part.rules).toMatchObject([{ match }]);
});

it('a header that cannot be written leaves the others of its rule', () => {
  const changes = ['Connection', '', 'X-A'].map((name) => ({ header: name, type: 'Add', value: '1' }));
  const { part, items } = ruleOf('Headers', { modifications: { Request: changes } });
  expect(part.rules).toMatchObject([{ request: [{ set: { 'X-A': '1' } }] }]);
  expect(items).toMatchObject([
    { outcome: 'approximated', why: expect.stringMatching(/^without Connection: .*; a change of a header without/) },
  ]);
});

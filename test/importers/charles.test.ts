import { expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { importing } from './importing.ts';

const WHERE = 'scheme = https and host $= .example.com and port = 443 and path ^= /api/ or host = localhost';

it('makes a rule of each rewrite, map and block', () => {
  const { part } = importing('charles.xml');
  const group = 'Local API';
  expect(part.groups).toEqual({ [group]: { select: 'many' } });
  expect(part.rules).toEqual([
    { name: 'Block ads.example.com', match: 'host = ads.example.com', request: [{ respond: { status: 403 } }] },
    {
      name: 'Local assets *',
      match: 'host = cdn.example.com and path ^= /assets/',
      request: [{ mapLocal: { dir: '/home/me/assets', strip: '/assets', missing: 'pass' } }],
    },
    { name: 'Local API: add X-Debug', group, match: WHERE, request: [{ append: { 'X-Debug': 'costs $$5' } }] },
    { name: 'Local API: remove Server', group, match: WHERE, response: [{ delete: ['Server'] }] },
    {
      name: 'Local API: modify User-Agent',
      group,
      enabled: false,
      match: `(${WHERE}) and header[User-Agent] ~ "Chrome/(\\\\d+)"`,
      request: [{ replaceHeader: { name: 'User-Agent', replace: 'Chrome/(\\d+)', with: 'Chrome/$1 (test)' } }],
    },
    {
      name: 'Local API: body',
      group,
      match: WHERE,
      response: [{ body: { replace: '(?i)"beta": false', with: '"beta": true' } }],
    },
    { name: 'Local API: parameter debug', group, match: WHERE, request: [{ query: { set: { debug: '1' } } }] },
    {
      name: 'Local API: remove parameter utm_source',
      group,
      match: WHERE,
      request: [{ query: { delete: ['utm_source'] } }],
    },
    {
      name: 'Local API: path api v1',
      group,
      match: `(${WHERE}) and not (host = api.example.com)`,
      request: [{ path: { replace: '(?i)/api/v1/', with: '/api/v2/' } }],
    },
    {
      name: 'Local API: host api.example.com to localhost:3000',
      group,
      match: `(${WHERE}) and host = api.example.com`,
      request: [{ host: 'localhost:3000' }, { path: { replace: '(?i)/api/v1/', with: '/api/v2/' } }],
    },
    {
      name: 'Local API: status 200 to 503 Service Unavailable',
      group,
      match: `(${WHERE} or rule in ("Local API: path api v1", "Local API: host api.example.com to localhost:3000")) and status = 200`,
      response: [{ status: 503 }],
    },
    {
      name: 'Map shop.example.com to localhost',
      enabled: false,
      match: 'scheme = https and host = shop.example.com and path ^= /v1/',
      request: [
        { path: { replace: '^/v1/', with: '/v2/' } },
        { mapRemote: { url: 'http://localhost:3001', preserveHost: true } },
      ],
    },
  ]);
});

it('tells what it leaves out, and what is not quite the same', () => {
  const { left, doubtful } = importing('charles.xml');
  expect(left).toEqual([
    'No Caching: the tool No Caching: it has no counterpart here',
    'rewrite set Local API, rule 6: URL https://a/b: no action rewrites the whole URL; use mapRemote and a path action',
    'rewrite set Local API, rule 11: rule type 99: this type of rule is not known',
    expect.stringMatching(
      /^rewrite set Local API, rule 12: rule Local API: add bad header name: expected a header name/,
    ),
  ]);
  expect(doubtful).toEqual([
    'rewrite set Local API, rule 3: rule Local API: modify User-Agent: at every place, not at the first only',
    'rewrite set Local API, rule 8: rule Local API: parameter debug: takes the place of one that is there',
    'rewrite set Local API, rule 4: rule Local API: host api.example.com to localhost:3000: only where api.example.com is the whole host; what a route sends to a pool goes there all the same, with that Host',
  ]);
});

function setOf(rule: string, hosts = ''): string {
  return `<rewriteSet-array><rewriteSet><active>true</active><name>S</name>${hosts}<rules><rewriteRule>${rule}</rewriteRule></rules></rewriteSet></rewriteSet-array>`;
}

it.each([
  {
    what: 'the whole value of a header',
    xml: setOf(
      '<ruleType>3</ruleType><matchHeader>A</matchHeader><matchValue>x</matchValue><newValue>y</newValue><matchWholeValue>true</matchWholeValue>',
    ),
    rule: { name: 'S: modify A', group: 'S', match: 'header[A] ~i "^(?:x)$"', request: [{ set: { A: 'y' } }] },
  },
  {
    what: 'a part of one of several lines, whatever its case',
    xml: setOf(
      '<ruleType>3</ruleType><matchHeader>Set-Cookie</matchHeader><matchValue>; Secure</matchValue><matchRequest>false</matchRequest><matchResponse>true</matchResponse>',
    ),
    rule: {
      name: 'S: modify Set-Cookie',
      group: 'S',
      match: 'has responseHeader[Set-Cookie]',
      response: [{ replaceHeader: { name: 'Set-Cookie', replace: '(?i); Secure', with: '' } }],
    },
  },
  {
    what: 'an added Host, of which a request has one',
    xml: setOf('<ruleType>1</ruleType><newHeader>Host</newHeader><newValue>b.test</newValue>'),
    rule: { name: 'S: add Host', group: 'S', request: [{ set: { Host: 'b.test' } }] },
  },
  {
    what: 'a parameter with another name',
    xml: setOf('<ruleType>9</ruleType><matchHeader>a</matchHeader><newHeader>b</newHeader><newValue>2</newValue>'),
    rule: {
      name: 'S: parameter a',
      group: 'S',
      match: 'has query[a]',
      request: [{ query: { set: { b: '2' }, delete: ['a'] } }],
    },
  },
  {
    what: 'a header removed for one value only',
    xml: setOf(
      '<ruleType>2</ruleType><matchHeader>a</matchHeader><matchValue>b.*</matchValue><matchValueRegex>true</matchValueRegex>',
    ),
    rule: { name: 'S: remove a', group: 'S', match: 'header[a] ~i "b.*"', request: [{ delete: ['a'] }] },
  },
  {
    what: 'a file for one path',
    xml: '<mapLocal><mappings><mapLocalMapping><sourceLocation><path>/a?c</path></sourceLocation><dest>x.js</dest></mapLocalMapping></mappings></mapLocal>',
    rule: { name: 'Local a?c', match: 'path ~ "^/a.c$"', request: [{ mapLocal: { file: 'x.js' } }] },
  },
  {
    what: 'dropped connections',
    xml: '<blacklist><action>0</action><locations><locationPatterns><locationMatch><location><host>*</host><path>/x</path></location></locationMatch></locationPatterns></locations></blacklist>',
    rule: { name: 'Block * x', match: 'path = /x', request: [{ abort: 'close' }] },
  },
])('$what', ({ xml, rule }) => {
  expect(importConfig(xml).part.rules).toEqual([rule]);
});

it('a request is not left without Host', () => {
  const { part, items } = importConfig(setOf('<ruleType>2</ruleType><matchHeader>host</matchHeader>'));
  expect(part.rules).toEqual([]);
  expect(items.at(-1)).toMatchObject({ outcome: 'unmapped', why: expect.stringContaining('one Host') });
});

function rewriteOf(rule: string, toolEnabled = true): string {
  return `<charles-export><toolConfiguration><configs><entry><string>Rewrite</string><rewrite><toolEnabled>${toolEnabled}</toolEnabled><sets><rewriteSet>
    <active>true</active><name>Set</name><hosts><locationPatterns/></hosts><rules><rewriteRule><active>true</active>${rule}</rewriteRule></rules>
  </rewriteSet></sets></rewrite></entry></configs></toolConfiguration></charles-export>`;
}

it.each([true, false])('a set is on when its tool is: %s', (isOn) => {
  const rule = '<ruleType>1</ruleType><newHeader>X-A</newHeader><newValue>1</newValue>';
  const [made] = importConfig(rewriteOf(rule, isOn)).part.rules;
  expect(made?.enabled).toBe(isOn ? undefined : false);
});

it('a header that is asked for in both phases makes a rule for each', () => {
  const rule =
    '<ruleType>3</ruleType><matchHeader>X-A</matchHeader><newHeader>X-A</newHeader><newValue>2</newValue><matchRequest>true</matchRequest><matchResponse>true</matchResponse>';
  const rules = importConfig(rewriteOf(rule)).part.rules.map(({ match, request, response }) => ({
    match,
    request,
    response,
  }));
  expect(rules).toEqual([
    { match: 'has header[X-A]', request: [{ set: { 'X-A': '2' } }] },
    { match: 'has responseHeader[X-A]', response: [{ set: { 'X-A': '2' } }] },
  ]);
});

function ruleOf(fields: Record<string, string>): string {
  return setOf(
    Object.entries(fields)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join(''),
  );
}

const REGEX = { matchValueRegex: 'true' };
const WHOLE = { matchWholeValue: 'true' };

it.each<[string, Record<string, string>, object]>([
  [
    'a parameter removed for one value',
    { ruleType: '10', matchHeader: 'debug', matchValue: '1', ...WHOLE, caseSensitive: 'true' },
    { match: 'query[debug] = 1', request: [{ query: { delete: ['debug'] } }] },
  ],
  [
    'a parameter added where another one is there',
    { ruleType: '8', matchHeader: 'a', newHeader: 'b', newValue: '1' },
    { match: 'has query[a]', request: [{ query: { set: { b: '1' } } }] },
  ],
  [
    'a parameter whose whole value is as a pattern',
    { ruleType: '9', matchHeader: 'id', matchValue: '\\d+', newValue: 'x', ...REGEX, ...WHOLE },
    { match: 'query[id] ~i "^(?:\\\\d+)$"', request: [{ query: { set: { id: 'x' } } }] },
  ],
  [
    'a host as a pattern',
    { ruleType: '4', matchValue: '^a.*$', newValue: 'b.test', ...REGEX },
    { match: 'host ~i "^a.*$"', request: [{ host: 'b.test' }] },
  ],
  [
    'statuses as a pattern',
    { ruleType: '11', matchValue: '40[34]|5\\d\\d', newValue: '200', ...REGEX },
    { match: 'status = 5xx or status in (403, 404)', response: [{ status: 200 }] },
  ],
  [
    'a status with its words',
    { ruleType: '11', matchValue: '404 Not Found', newValue: '200' },
    { match: 'status = 404', response: [{ status: 200 }] },
  ],
  [
    'character references, and spaces at the ends',
    { ruleType: '7', matchValue: 'a&#39;&apos;&#x41;', newValue: ' &#xd;&#xA;&amp;#65; ', caseSensitive: 'true' },
    { request: [{ body: { replace: "a''A", with: ' \r\n&#65; ' } }] },
  ],
])('%s', (_, fields, rule) => {
  expect(importConfig(ruleOf(fields)).part.rules).toMatchObject([rule]);
});

it.each<[string, Record<string, string>, string]>([
  ['parameters by a pattern', { ruleType: '10', matchHeader: 'utm_.*', matchHeaderRegex: 'true' }, 'one parameter'],
  ['parameters by their value', { ruleType: '8', matchValue: '1', newHeader: 'a' }, 'one parameter'],
  [
    'parts of a parameter by a group',
    { ruleType: '9', matchHeader: 'id', matchValue: '(\\d+)', newValue: 'x$1', ...REGEX, ...WHOLE },
    'as a whole',
  ],
  ['parts of a parameter', { ruleType: '9', matchHeader: 'env', matchValue: 'stag', newValue: 'prod' }, 'as a whole'],
  ['a part of a host', { ruleType: '4', matchValue: 'site', newValue: 'other' }, 'as a whole'],
  ['the beginning of a host', { ruleType: '4', matchValue: '^si', newValue: 'xx', ...REGEX }, 'as a whole'],
  ['one of the ends of a host', { ruleType: '4', matchValue: '^a|b$', newValue: 'xx', ...REGEX }, 'as a whole'],
  ['the words of a status', { ruleType: '11', matchValue: 'Not Found', newValue: '200' }, 'no status'],
  ['a part of a status', { ruleType: '11', matchValue: '^4', newValue: '200', ...REGEX }, 'no status'],
  [
    'headers by a pattern',
    { ruleType: '1', matchHeader: 'x.*', matchHeaderRegex: 'true', newHeader: 'a' },
    'one header',
  ],
])('told, not mapped: %s', (_, fields, why) => {
  const { part, items } = importConfig(ruleOf(fields));
  expect(part.rules).toEqual([]);
  expect(items).toMatchObject([{ outcome: 'unmapped', why: expect.stringContaining(why) }]);
});

it.each([
  ['<host>[a-s]ite.test</host>', 'host ~i "^[a-s]ite\\\\.test$"'],
  ['<host>*.[!a-z^]x.test</host>', 'host ~i "^.*\\\\.[^a-z\\\\^]x\\\\.test$"'],
  ['<host>[::1]</host><protocol>*</protocol>', 'host = ::1'],
  ['<path>/a[0-9]/*</path>', 'path ~ "^/a[0-9]/.*$"'],
  ['<path>/a[/*</path>', 'path ^= "/a[/"'],
])('the location %s', (location, match) => {
  const hosts = `<hosts><locationPatterns><locationMatch><location>${location}</location></locationMatch></locationPatterns></hosts>`;
  expect(importConfig(setOf('<ruleType>1</ruleType><newHeader>a</newHeader>', hosts)).part.rules).toMatchObject([
    { match },
  ]);
});

it.each([
  ['/foo/*', '/', [{ path: { replace: '^/foo/', with: '/' } }], undefined],
  ['/foo/*', '/*', [{ path: { replace: '^/foo/', with: '/' } }], undefined],
  ['/foo/*', '', [], undefined],
  ['', '/bar/', [{ path: { replace: '^/', with: '/bar/' } }], undefined],
  ['/f?o/*', '/bar', [{ path: { replace: '^/f.o/', with: '/bar/' } }], 'its destination is taken as the folder /bar/'],
  ['/foo', '/', [{ path: { set: '/' } }], undefined],
  ['api/*', 'v2/*', [{ path: { replace: '^/api/', with: '/v2/' } }], undefined],
  ['foo', 'bar', [{ path: { set: '/bar' } }], undefined],
])('%s is mapped to %s', (from, to, actions, why) => {
  const { part, items } = importConfig(
    `<map><mappings><mapMapping><sourceLocation><path>${from}</path></sourceLocation><destLocation><host>b.test</host><path>${to}</path></destLocation></mapMapping></mappings></map>`,
  );
  expect(part.rules.map(({ request }) => request)).toMatchObject([[...actions, { mapRemote: {} }]]);
  expect(items[0]?.why).toBe(why);
});

it.each<[path: string, dest: string, isFile: boolean | undefined, mapLocal: object]>([
  ['/a/*', '/www/x', undefined, { dir: '/www/x', strip: '/a', missing: 'pass' }],
  ['a/*', '/www/x.json', false, { dir: '/www/x.json', strip: '/a', missing: 'pass' }],
  ['/a/*', '/www/x', true, { file: '/www/x' }],
  ['/a*', '/www/x.json', undefined, { file: '/www/x.json' }],
  ['', '/www/index.html', undefined, { file: '/www/index.html' }],
  ['/x', '/www', false, { file: '/www' }],
])('%s is %s, a file: %s', (path, dest, isFile, mapLocal) => {
  const { part, items } = importConfig(
    `<mapLocal><mappings><mapLocalMapping><sourceLocation><path>${path}</path></sourceLocation><dest>${dest}</dest></mapLocalMapping></mappings></mapLocal>`,
    { isFile: () => isFile },
  );
  expect(part.rules[0]?.request).toEqual([{ mapLocal }]);
  const isLost = 'file' in mapLocal && isFile !== true;
  const why = `${dest} is ${isFile === false ? 'a folder: 404 is answered' : 'not there: 404 is answered until it is'}`;
  expect(items[0]?.why).toBe(isLost ? why : undefined);
});

it('tells of other tools by their names, with each thing in them, and of other settings', () => {
  const { items } = importConfig(`<charles-export><toolConfiguration><configs>
    <entry><string>Map Remote</string><map><mappings/></map></entry>
    <entry><string>No Caching</string><selectedHostsTool><toolEnabled>true</toolEnabled></selectedHostsTool></entry>
    <entry><string>Breakpoints</string><breakpoints><toolEnabled>true</toolEnabled><breakpoints>
      <breakpoint><location><host>a.test</host><path>/x</path></location><enabled>true</enabled></breakpoint>
      <breakpoint><location><host>b.test</host></location><enabled>true</enabled></breakpoint>
    </breakpoints></breakpoints></entry>
    <entry><string>DNS Spoofing</string><dnsSpoofing><toolEnabled>true</toolEnabled><spoofs>
      <dnsSpoof><name>x.test</name><enabled>true</enabled></dnsSpoof></spoofs></dnsSpoofing></entry>
  </configs></toolConfiguration>
  <throttlingConfiguration><enabled>true</enabled></throttlingConfiguration>
  <accessControlConfiguration><ipRanges/></accessControlConfiguration></charles-export>`);
  expect(items.map(({ at, what, outcome }) => `${outcome} ${at}: ${what}`)).toEqual([
    'unmapped No Caching: the tool No Caching',
    'unmapped Breakpoints: the tool Breakpoints',
    'unmapped Breakpoints, 1: a.test/x',
    'unmapped Breakpoints, 2: b.test',
    'unmapped DNS Spoofing: the tool DNS Spoofing',
    'unmapped DNS Spoofing, 1: x.test',
    'unmapped throttlingConfiguration: the setting throttlingConfiguration',
    'unmapped accessControlConfiguration: the setting accessControlConfiguration',
  ]);
  expect(items[1]?.why).toContain('breakpoint action');
});

it('says which element a file that is cut off ends in', () => {
  expect(() => importConfig('<charles-export><toolConfiguration><configs>')).toThrow(
    'it ends before </configs>: it is cut off',
  );
});

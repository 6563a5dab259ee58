import { expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { importing } from './importing.ts';

const WHERE = 'scheme = https and host $= .example.com and port = 443 and path ^= /api/ or host = localhost';

it('makes a rule of each rewrite, map and block', () => {
  const { part } = importing('charles.xml');
  const group = 'Local API';
  expect(part.groups).toEqual({ [group]: { select: 'many' } });
  expect(part.rules).toEqual([
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
      name: 'Local API: host api.example.com to localhost:3000',
      group,
      match: `(${WHERE}) and host = api.example.com`,
      request: [{ host: 'localhost:3000' }],
    },
    {
      name: 'Local API: path api v1',
      group,
      match: WHERE,
      request: [{ path: { replace: '(?i)/api/v1/', with: '/api/v2/' } }],
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
      name: 'Local API: status 200 to 503 Service Unavailable',
      group,
      match: `(${WHERE}) and status = 200`,
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
    {
      name: 'Local assets *',
      match: 'host = cdn.example.com and path ^= /assets/',
      request: [{ mapLocal: { dir: '/home/me/assets', strip: '/assets', missing: 'pass' } }],
    },
    { name: 'Block ads.example.com', match: 'host = ads.example.com', request: [{ respond: { status: 403 } }] },
  ]);
});

it('tells what it leaves out, and what is not quite the same', () => {
  const { left, doubtful } = importing('charles.xml');
  expect(left).toEqual([
    'rewrite set Local API, rule 6: URL https://a/b: no action rewrites the whole URL; use mapRemote and a path action',
    'rewrite set Local API, rule 11: rule type 99: this type of rule is not known',
    expect.stringMatching(
      /^rewrite set Local API, rule 12: rule Local API: add bad header name: expected a header name/,
    ),
    'noCaching: the tool noCaching: it has no counterpart here',
  ]);
  expect(doubtful).toEqual([
    'rewrite set Local API, rule 3: rule Local API: modify User-Agent: at every place, not at the first only',
    'rewrite set Local API, rule 8: rule Local API: parameter debug: takes the place of one that is there',
  ]);
});

function setOf(rule: string): string {
  return `<rewriteSet-array><rewriteSet><active>true</active><name>S</name><rules><rewriteRule>${rule}</rewriteRule></rules></rewriteSet></rewriteSet-array>`;
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

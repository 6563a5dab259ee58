/** Charles and Requestly pick an exchange once, by what the client asked for; rules here see what earlier ones did. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { portOf, runConfig } from '../support/engine.ts';

const backends: Backend[] = [];
const directory = mkdtempSync(join(tmpdir(), 'charles-'));
beforeAll(async () => {
  for (const name of ['own', 'a', 'b'])
    backends.push(
      await startBackend(name, ({ url, headers }, response) => {
        response.end([name, url, headers['x-dev'] ?? '-', headers.host?.replace(/:\d+$/, '')].join(' '));
      }),
    );
});
afterAll(async () => {
  for (const backend of backends) await backend.close();
  rmSync(directory, { recursive: true });
});

/** A, B: ports of backends. */
async function answers(xml: string, requests: readonly [host: string, path: string][]): Promise<string[]> {
  const [own, a, b] = backends.map(({ port }) => String(port)) as [string, string, string];
  const { part } = importConfig(xml.replaceAll('PORT_A', a).replaceAll('PORT_B', b));
  const config = {
    ...part,
    listeners: { in: { address: '127.0.0.1:0' } },
    pools: { own: { backends: [{ url: `http://127.0.0.1:${own}` }] } },
    routes: [{ name: 'all', pool: 'own' }],
  };
  const engine = await runConfig(config, directory);
  const seen: string[] = [];
  for (const [host, path] of requests) {
    const { status, text, headers } = await send(`127.0.0.1:${portOf(engine, 'in')}`, path, { headers: { host } });
    seen.push(status === 200 ? `${text}${headers['x-added'] ? ' added' : ''}` : String(status));
  }
  await engine.close(0);
  return seen;
}

function element(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
}

function setOf(location: Record<string, string>, ...rules: Record<string, string>[]): string {
  const all = rules.map((rule) => `<rewriteRule><active>true</active>${element(rule)}</rewriteRule>`).join('');
  return `<rewriteSet><active>true</active><name>S</name><hosts><locationPatterns><locationMatch><location>${element(location)}</location><enabled>true</enabled></locationMatch></locationPatterns></hosts><rules>${all}</rules></rewriteSet>`;
}

function mappingsOf(...all: [from: Record<string, string>, to: Record<string, string>][]): string {
  const each = all.map(
    ([from, to]) =>
      `<mapMapping><sourceLocation>${element(from)}</sourceLocation><destLocation>${element(to)}</destLocation><enabled>true</enabled></mapMapping>`,
  );
  return `<map><toolEnabled>true</toolEnabled><mappings>${each.join('')}</mappings></map>`;
}

function requestly(ruleType: string, change: object): object {
  const source = { key: 'Url', operator: 'Contains', value: 'p.test/v1/' };
  return { objectType: 'rule', name: 'r', ruleType, status: 'Active', pairs: [{ source, ...change }] };
}

const PATH = { ruleType: '5', matchValue: '/v1/', newValue: '/v2/' };
const DEV = { ruleType: '1', newHeader: 'X-Dev', newValue: '1' };
const ADDED = { ruleType: '1', newHeader: 'X-Added', newValue: '1', matchRequest: 'false', matchResponse: 'true' };
const STATUS = { ruleType: '11', matchValue: '200', newValue: '299' };
const HOST = { ruleType: '4', matchValue: 'p.test', newValue: 'q.test', matchWholeValue: 'true' };
const TO_A = { host: '127.0.0.1', port: 'PORT_A' };
const TO_B = { host: '127.0.0.1', port: 'PORT_B' };
const BLOCK =
  '<blacklist><action>1</action><toolEnabled>true</toolEnabled><locations><locationPatterns><locationMatch><location><host>p.test</host><path>/v1/admin/*</path></location><enabled>true</enabled></locationMatch></locationPatterns></locations></blacklist>';

it.each<[what: string, xml: string, requests: [host: string, path: string][], seen: string[]]>([
  [
    'all rules of a set, whatever one of them changes',
    setOf(
      { host: 'p.test', path: '/v1/*' },
      PATH,
      { ...PATH, matchValue: '/v(\\d)/u', matchValueRegex: 'true', newValue: '/x$1/u' },
      { ruleType: '8', newHeader: 'debug', newValue: '1' },
      { ruleType: '10', matchHeader: 'utm' },
      DEV,
      ADDED,
    ),
    [
      ['p.test', '/v1/users?a=1&utm=x'],
      ['p.test', '/v2/users'],
    ],
    ['own /x2/users?a=1&debug=1 1 p.test added', 'own /v2/users - p.test'],
  ],
  [
    'rules with conditions of their own',
    setOf({ host: '*.test', path: '/v1/*' }, HOST, PATH, DEV, { ...ADDED, matchHeader: '' }),
    [
      ['p.test', '/v1/x'],
      ['r.test', '/v1/x'],
    ],
    ['own /v2/x 1 q.test added', 'own /v2/x 1 r.test added'],
  ],
  [
    'rules that ask for the answer',
    setOf({ host: 'p.test', path: '/v1/*' }, PATH, STATUS),
    [
      ['p.test', '/v1/x'],
      ['p.test', '/x'],
    ],
    ['299', 'own /x - p.test'],
  ],
  [
    'the first mapping',
    mappingsOf(
      [{ host: 'a.test', path: '/' }, TO_A],
      [
        { host: 'b.test', path: '/api/*' },
        { ...TO_B, path: '/v2/' },
      ],
      [{ path: '/users/*' }, TO_B],
      [{}, TO_A],
    ),
    [
      ['a.test', '/'],
      ['b.test', '/api/x?y=1'],
      ['d.test', '/users/1'],
      ['d.test', '/p'],
    ],
    ['a / - 127.0.0.1', 'b /v2/x?y=1 - 127.0.0.1', 'b /users/1 - 127.0.0.1', 'a /p - 127.0.0.1'],
  ],
  [
    'what is blocked first, wherever it stands in the file',
    `<charles-export>${mappingsOf([
      { host: 'p.test', path: '/v1/*' },
      { ...TO_A, path: '/v3/' },
    ])}${setOf({ host: 'p.test' }, DEV)}${BLOCK}</charles-export>`,
    [
      ['p.test', '/v1/admin/x'],
      ['p.test', '/v1/x'],
    ],
    ['403', 'a /v3/x 1 127.0.0.1'],
  ],
  [
    'rules of Requestly, whatever one of them changes',
    JSON.stringify([
      requestly('Replace', { from: '/v1/', to: '/v2/' }),
      requestly('Headers', {
        modifications: {
          Request: [{ header: 'X-Dev', type: 'Add', value: '1' }],
          Response: [{ header: 'X-Added', type: 'Add', value: '1' }],
        },
      }),
    ]),
    [['p.test', '/v1/x']],
    ['own /v2/x 1 p.test added'],
  ],
])('takes %s', async (_, xml, requests, seen) => expect(await answers(xml, requests)).toEqual(seen));

it.each<[xml: string, outcome: string, why: RegExp]>([
  [setOf({}, { ruleType: '5', matchValue: '', newValue: '' }), 'unmapped', /nothing to change/],
  [mappingsOf([{ path: '/a/*.js' }, { ...TO_A, path: '/b/*.js' }]), 'unmapped', /wildcard within its path/],
  [mappingsOf([{ path: '/a' }, TO_A], [{}, TO_B], [{ path: '/b' }, TO_A]), 'unmapped', /takes all requests/],
  [setOf({}, HOST), 'approximated', /goes there all the same/],
  [
    '<mapLocal><mappings><mapLocalMapping><sourceLocation><path>/a.js</path></sourceLocation><dest>~/a.js</dest><caseSensitive>false</caseSensitive></mapLocalMapping></mappings></mapLocal>',
    'approximated',
    /home directory.*own case/,
  ],
])('tells what is other: %s', (xml, outcome, why) => {
  const items = importConfig(xml.replaceAll(/PORT_\w/g, '9'), { format: 'charles' }).items.filter(
    (item) => item.outcome === outcome,
  );
  expect(items.map((item) => item.why)).toEqual([expect.stringMatching(why)]);
});

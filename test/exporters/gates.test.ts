/** What a gate refuses is refused by the real programs, too, in whatever spelling it comes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { Comparison, inWords } from './compared.ts';
import { get } from './crossing-case.ts';
import type { PeerName } from './peers.ts';
import type { Sent } from './wire.ts';

let comparison: Comparison;
beforeAll(async () => {
  comparison = await Comparison.start();
});
afterAll(() => comparison.close());

/** A condition that refuses, and what is asked for behind the path of its own. */
type Gate = readonly [match: string, ...asked: (string | Sent['headers'])[]];

const GATES: readonly Gate[] = [
  ['query[debug] = "on" or has query[trace]', '?debug=on', '?%64ebug=on', '?debug=%6fn', '?%74race=1', '?x=debug'],
  ['query[debug] ~ "^(on|[1-9][0-9]*)$"', '?debug=%6fn', '?debug=%31', '?debug=on&debug=x', '?debug=off', '?debug='],
  ['query[p] ~i "^a.[b-d ]$"', '?p=%41%7A%62', '?p=aXC', '?p=ax+', '?p=ax%20', '?p=axx', '?p=a%2'],
  ['not query[key] ~ "^k[0-9]+$"', '?key=k1', '?key=%6b1', '?key=k%312', '?key=x', '', '?key=k1&key=x'],
  ['query[p] ~ "[^a-z/]"', '?p=ab', '?p=%61b', '?p=%3Cb', '?p=a%C3%A9', '?p=A', '?p=%2f'],
  ['query[p] *= "<b&"', '?p=%3Cb%26', '?p=x%3c%62%26y', '?p=<b', '?p=b'],
  ['query[p] $= ".php" or query[p] ^= "a+b%"', '?p=x%2Ephp', '?p=x.ph%70', '?p=a%2Bb%25', '?p=a+b%25'],
  [
    'cookie[admin] = "1"',
    ...['admin=1', 'admin=1 ; b=2', 'admin=1\t;b', 'a; admin=1', 'a=1;\tadmin = "1"', 'admin=2', '"admin=1"'].map(
      (cookie) => ({ cookie }),
    ),
    { cookie: ['a=1', 'admin=1'] },
    { cookie: ['a=1', 'b=1', 'admin=1;c=1'] },
  ],
  [
    'cookie[note] *= "<script"',
    ...['note=a"<script', 'note="a"<script', 'note="<script"', 'note=a;<script', 'note="a;<script"'].map((cookie) => ({
      cookie,
    })),
  ],
  ['cookie[q] = "\\"" or cookie[q] = "a\\"b"', ...['q="', 'q="a"b"', 'q=a"b', 'q="a'].map((cookie) => ({ cookie }))],
  [
    'cookie[role] ~ "^(root|super user)$"',
    { cookie: 'role=root ;a' },
    { cookie: 'role="super user"' },
    { cookie: 'b' },
  ],
  ['has cookie[banned]', { cookie: 'a=1;  banned=' }, { cookie: ['a', 'banned=1'] }, { cookie: 'a=banned' }],
  ['header[x-a] = yes', { 'x-a': 'yes' }, { 'x-a': ['yes', 'no'] }, { 'x-a': 'yes,no' }, { 'x-a': 'no' }],
  ['header[x-a] ~ "^(yes|maybe)$"', { 'x-a': 'yes' }, { 'x-a': ['yes', 'no'] }, { 'x-a': 'yes,no' }, {}],
  ['header[x-a] $= bot', { 'x-a': ['a bot', 'no'] }, { 'x-a': 'a bot, b' }, { 'x-a': 'a bot' }],
  [
    'header[x-a] = yes or header[x-a] $= evil or header[x-a] ~ "^(no|never)$"',
    ...['yes\t', '\tyes', 'an evil\t ', '\tno \t', 'yes yes', '\t'].map((value) => ({ 'x-a': value })),
  ],
  ['not header[x-a] ~ "^[A-Z0-9]{8}$"', { 'x-a': 'ABCDEFG1\t' }, { 'x-a': 'ABCDEFG' }, {}],
  [
    'not header[x-a] ~ "^[A-Z0-9]{8}$"',
    { 'x-a': ['bad', 'ABCDEFG1'] },
    { 'x-a': ['ABCDEFG', 'ABCDEFG1', 'x'] },
    { 'x-a': 'bad,ABCDEFG1' },
  ],
  [
    'not header[x-a] *= "good, "',
    { 'x-a': ['*', 'good, '] },
    { 'x-a': ['', 'a good, one'] },
    { 'x-a': ['*good', ' *'] },
    { 'x-a': '*a good, one' },
    { 'x-a': 'a good, one*' },
  ],
  ['not (header[x-a] $= "x" and not header[x-a] *= y)', { 'x-a': ['a', 'x'] }, { 'x-a': 'a,b,x' }, { 'x-a': 'y,x' }],
  ['header[x-a] != yes', { 'x-a': ['no', 'yes'] }, { 'x-a': 'yes' }, { 'x-a': 'no' }],
  ['not cookie[k] $= ok', { cookie: ['k=bad', 'k=ok'] }, { cookie: 'a=b,c; k=an,ok' }, { cookie: 'k=bad' }],
  ['header[x-a] ~ "\\x{212a}\\xe9$"', { 'x-a': Buffer.from('\u212aé').toString('latin1') }, { 'x-a': 'Ké' }],
  ['header[x-a] ~i "^\\x61d\\155in$"', { 'x-a': 'Admin' }, { 'x-a': 'x61dm' }],
  ['not query[to] ~ "^/[a-z]*$"', '?to=/a%0A', '?to=/a', '?to=%2Fa', '?to=/a%0Ab'],
  ['query[q] ~ "(?m)^drop table"', '?q=x%0Adrop%20table', '?q=drop+table'],
  ['not query[q] ~ "^a.c$"', '?q=a%0Ac', '?q=abc', '?q=a%0ac', '?q=a%0Bc', '?q=a%20c'],
  ['not query[q] ~ "^a(?s:.)c$"', '?q=a%0Ac', '?q=abc'],
  ['not query[q] ~ "^a(?s).c(?-s:.)$"', '?q=a%0Acd', '?q=abc%0A'],
  ['not query[q] ~ "^a[\\s]\\s\\vb$"', '?q=a%20%20%0Bb', '?q=a%0B%20%0Bb', '?q=a%20%0B%0Bb', '?q=a%09%0A%0Ab'],
  ['not grpc', { 'content-type': 'application/grpc' }, { 'content-type': 'Application/GRPC' }, {}],
  ['path = /never', { host: '' }],
  ['url ~i "union(%20|\\\\+)+select" or url $= "/18?x"', '?q=Union%20%20SELECT', '?q=union', '?x'],
  ['not header[x-a] = key', { 'x-a': 'key' }, { 'x-a': ['no', 'other'] }, {}],
];

/** What leads past a gate. */
const PASSES: readonly Gate[] = [
  ['header[x-role] = user', { 'x-role': ['x', 'user'] }, { 'x-role': 'user' }, { 'x-role': 'x' }],
  ['not header[x-role] ~ "^(evil|bad)$"', { 'x-role': ['evil', 'user'] }, { 'x-role': ['bad', 'evil'] }, {}],
];

function requestsOf(asked: Gate[1][], place: string): Sent[] {
  return asked.map((each) => (typeof each === 'string' ? get(place + each) : get(place, each)));
}

test.each<PeerName>(['nginx', 'haproxy', 'caddy'])('%s', async (peer) => {
  const gates = GATES.map(([match], i) => ({
    name: `gate${i}`,
    match: `path = /${i} and (${match})`,
    respond: { status: 403 },
  }));
  const passes = PASSES.flatMap(([match], i) => [
    { name: `pass${i}`, match: `path = /pass${i} and (${match})`, pool: 'api' },
    { name: `else${i}`, match: `path = /pass${i}`, respond: { status: 403 } },
  ]);
  const sides = await comparison.run(peer, ({ gateway, a }) =>
    configSchema.parse({
      version: 1,
      listeners: { gateway: { address: gateway } },
      routes: [...gates, ...passes, { name: 'rest', pool: 'api' }],
      pools: { api: { backends: [{ url: `http://127.0.0.1:${a}` }] } },
    }),
  );
  const found: string[] = [];
  const places = [
    ...GATES.map((gate, i) => [gate, `/${i}`] as const),
    ...PASSES.map((gate, i) => [gate, `/pass${i}`] as const),
  ];
  for (const [[match, ...asked], place] of places)
    for (const sent of requestsOf(asked, place))
      for (const each of await sides.compare(sent))
        if (each.part === 'status') found.push(`${match}: ${JSON.stringify(sent)}: ${inWords(each)}`);
  await sides.stop();
  expect(found).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { findDoubts as findDoubtsIn } from '../../../renderer/rules/doubts.ts';
import { runAtOnce } from '../../../renderer/ui/slices.ts';
import { entriesIn } from '../config-parts.ts';

const findDoubts = (text: string) => runAtOnce(findDoubtsIn(entriesIn(text)));

process.env.SWITCHYARD_DOUBTS = 'me';
const HEAD = 'pools: { api: {} }\nlisteners: { main: {} }\n';

describe('routes', () => {
  test.each([
    ['{ name: a, match: "path ^= /shop" }', '{ name: b, match: "path ^= /shop/cart" }', { kind: 'hidden', by: 'a' }],
    ['{ name: a }', '{ name: b, match: "path = /x" }', { kind: 'hidden', by: 'a' }],
    ['{ name: a, match: "path ^= /shop/cart" }', '{ name: b, match: "path ^= /shop" }', undefined],
    ['{ name: a, listeners: [x] }', '{ name: b }', undefined],
    ['{ name: a, listeners: [x, y] }', '{ name: b, listeners: [x] }', { kind: 'hidden', by: 'a' }],
    [
      '{ name: a, match: "path = /z" }',
      '{ name: b, match: "path = /v1/" }',
      { kind: 'exact', path: '/v1/', prefix: '/v1/' },
    ],
    [
      '{ name: a, match: "path = /z" }',
      '{ name: b, match: "path = /v1/*" }',
      { kind: 'exact', path: '/v1/*', prefix: '/v1/' },
    ],
    [
      '{ name: a, match: "path = /z" }',
      '{ name: b, match: "method = GET and path ^= v1" }',
      { kind: 'never', reason: 'path-slash', text: 'path ^= v1' },
    ],
    [
      '{ name: a, match: "path = /z" }',
      '{ name: b, match: \'not (path != "b" or method = GET)\' }',
      { kind: 'never', reason: 'path-slash', text: 'not (path != "b")' },
    ],
    ['{ name: a, match: "not an expression (" }', '{ name: b, match: "path = /x" }', undefined],
  ])('%s, then %s', (first, second, doubt) => {
    expect(findDoubts(`${HEAD}routes:\n  - ${first}\n  - ${second}\n`).routes.get('b')).toEqual(doubt);
  });
});

describe('rules', () => {
  const answer = 'request: [{ respond: { status: 503 } }]';
  const slow = 'request: [{ delay: 1s }]';
  test.each([
    [`- { name: a, ${answer} }`, `{ name: b, ${slow} }`, { kind: 'hidden', by: 'a' }],
    [`- { name: a, enabled: false, ${answer} }`, `{ name: b, ${slow} }`, undefined],
    [
      `- { name: a, match: "path ^= /x", ${answer} }`,
      `{ name: b, match: "path = /x/y", ${slow} }`,
      { kind: 'hidden', by: 'a' },
    ],
    [`- { name: a, match: "path ^= /x", ${answer} }`, `{ name: b, match: "path = /y", ${slow} }`, undefined],
    [`- { name: a, ${answer} }`, '{ name: b, response: [{ status: 200 }] }', undefined],
    [
      `- { name: a, match: "path ^= /x", ${answer} }\n  - { name: m, request: [{ path: { set: /x/y } }] }`,
      `{ name: b, match: "path = /x/y", ${slow} }`,
      undefined,
    ],
    [
      `- { name: a, ${slow} }`,
      `{ name: b, match: "pool = shop", ${slow} }`,
      { kind: 'unknown', field: 'pool', value: 'shop' },
    ],
    [`- { name: a, ${slow} }`, `{ name: b, match: "pool = api", ${slow} }`, undefined],
    [
      `- { name: a, ${slow} }`,
      `{ name: b, match: "listener in (main, mian)", ${slow} }`,
      { kind: 'unknown', field: 'listener', value: 'mian' },
    ],
    [
      `- { name: 'a \${SWITCHYARD_DOUBTS}', ${slow} }`,
      '{ name: b, match: "rule = \'a me\' or rule in (z)", response: [{ status: 200 }] }',
      { kind: 'unknown', field: 'rule', value: 'z' },
    ],
    [`- { name: a, ${slow} }`, `{ name: b, match: "route = \${ROUTE}", ${slow} }`, undefined],
    [
      `- { name: a, ${slow} }`,
      `{ name: b, match: "route in (r, s)", ${slow} }`,
      { kind: 'unknown', field: 'route', value: 's' },
    ],
  ])('%s, then %s', (first, second, doubt) => {
    expect(findDoubts(`${HEAD}routes: [{ name: r }]\nrules:\n  ${first}\n  - ${second}\n`).rules.get('b')).toEqual(
      doubt,
    );
  });
});

test.each(['', 'rules: 3', '- 1', '[broken'])('%j has no doubts', (text) => {
  const { routes, rules } = findDoubts(text);
  expect([routes.size, rules.size]).toEqual([0, 0]);
});

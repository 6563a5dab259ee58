import { expect, test } from 'vitest';
import { namesAsked, withName } from '../../../proxy-engine/contract/expression/names.ts';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';

test.each([
  ['route = old', 'route = new'],
  ['ROUTE=old and path = old', 'ROUTE=new and path = old'],
  ['not (route != "old")', 'not (route != new)'],
  ["route in (a, 'old', old2)  or  route in (old)", 'route in (a, new, old2)  or  route in (new)'],
  ['path = /x\n  and route = old\n', 'path = /x\n  and route = new\n'],
  ['route ^= old or route ~ old or rule = old or header[route] = old', null],
  ['route = "r ${WHO}"', 'route = new'],
  ['path = "/a?b" and route = old', 'path = "/a?b" and route = new'],
  ['route = old and (', null],
  ['"route = old"', null],
])('%s', (text, renamed) => {
  expect(withName(text, 'route', ['old', 'r ${WHO}'], 'new')).toBe(renamed ?? text);
});

test('a name that needs quotes gets them', () => {
  expect(withName('rule = x', 'rule', ['x'], 'Say "hi", 你好')).toBe('rule = "Say \\"hi\\", 你好"');
});

test('names that have to be there', () => {
  const parsed = parseExpression('route = a and not (pool in (b, c) or listener = d) and rule != e and host = f');
  expect(parsed.ok && [...namesAsked(parsed.expression)].map(({ field, name }) => `${field} ${name}`)).toEqual([
    'route a',
    'pool b',
    'pool c',
    'listener d',
  ]);
});

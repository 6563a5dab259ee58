import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { matchOf, mockRule, ruleNameOf } from '../../../renderer/rules/from-exchange.ts';
import { exampleExchange } from '../examples.ts';

describe('an expression for the like of an exchange', () => {
  test.each([
    ['GET', 'api.test:8080', '/v1/items?page=2', 'method = GET and host = api.test and path = /v1/items'],
    ['POST', '[::1]:8080', '/', 'method = POST and host = ::1 and path = /'],
    ['GET', 'a.test', 'http://a.test/x?y', 'method = GET and host = a.test and path = /x'],
    ['GET', 'a.test', '/a b"c', 'method = GET and host = a.test and path = "/a b\\"c"'],
    ['CONNECT', 'a.test:443', 'a.test:443', 'method = CONNECT and host = a.test'],
  ])('%s %s %s', (method, host, path, expected) => {
    const match = matchOf({ method, host, path });
    expect(match).toBe(expected);
    expect(parseExpression(match, 'request').ok).toBe(true);
  });
});

test('a name that a rule may have', () => {
  expect(ruleNameOf({ method: 'GET', path: '/v1/items, (all)?page=2' })).toBe('GET v1 items all');
});

test('a rule that answers as the exchange was answered', () => {
  const exchange = exampleExchange(3);
  const rule = mockRule(
    {
      ...exchange,
      response: {
        ...(exchange.response as NonNullable<typeof exchange.response>),
        status: 201,
        headers: [
          ['Content-Type', 'text/plain'],
          ['Content-Length', '5'],
          ['Server', 'x'],
          ['x-price', '$5'],
        ],
      },
    },
    'costs $5',
  );
  expect(rule.request).toEqual([
    { respond: { status: 201, headers: { 'content-type': 'text/plain', 'x-price': '$$5' }, body: 'costs $$5' } },
  ]);
});

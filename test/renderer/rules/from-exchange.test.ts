import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import {
  canAnswerLike,
  isTunnel,
  matchOf,
  mockRule,
  ruleNameOf,
  setsCookies,
} from '../../../renderer/rules/from-exchange.ts';
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

test('holds for what rules before it leave of the request, as that is what it sees', () => {
  const head = (line: string, host: string) => ({ line, headers: [['Host', host]] as [string, string][] });
  const came = head('GET /v1/a?q=1', 'api.test');
  const step = { phase: 'request', rule: 'Rewrite', action: 'path' } as const;
  const exchange = { method: 'GET', host: 'api.test', path: '/v1/a?q=1' };
  const path = { ...step, changes: [{ op: 'target' as const, name: '', values: ['/b?q=1'] }], before: came };
  const left = { ...path, after: head('PUT /b?q=1', 'other.test') };
  const script = {
    ...step,
    action: 'ran a.js',
    changes: [{ op: 'head' as const, name: '', values: [] }],
    before: left.after,
    after: head('GET /script', 'api.test'),
  };
  expect(matchOf({ ...exchange, steps: [left, { ...step, changes: [] }, script] })).toBe(
    'method = PUT and host = other.test and path = /b',
  );
  expect(matchOf({ ...exchange, steps: [{ ...left, phase: 'response' }] })).toBe(matchOf(exchange));
  const cafe = { ...left, after: head(`PUT ${Buffer.from('/café').toString('latin1')}`, 'other.test') };
  expect(matchOf({ ...exchange, steps: [cafe] })).toMatch(/ and path = "?\/café"?$/);
});

test('what has no answer that could be given', () => {
  const { response } = exampleExchange(3);
  const whole = response as NonNullable<typeof response>;
  expect([canAnswerLike({ response: whole }), isTunnel({ method: 'GET' })]).toEqual([true, false]);
  expect([canAnswerLike({ response: { ...whole, status: 101 } }), canAnswerLike({ response: undefined })]).toEqual([
    false,
    false,
  ]);
  expect(isTunnel({ method: 'CONNECT' })).toBe(true);
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

test('every line of a header that stands more than once is answered; cookies are told', () => {
  const exchange = exampleExchange(3);
  const response = {
    ...(exchange.response as NonNullable<typeof exchange.response>),
    status: 200,
    headers: [
      ['X-Multi', 'a'],
      ['x-multi', 'b'],
      ['Vary', 'accept'],
      ['x-multi', 'c'],
      ['Set-Cookie', 'a=1'],
    ] as [string, string][],
  };
  const { request, response: appended } = mockRule({ ...exchange, response }, null);
  expect(request).toEqual([{ respond: { status: 200, headers: { 'x-multi': 'a', vary: 'accept' } } }]);
  expect(appended).toEqual([{ append: { 'x-multi': 'b' } }, { append: { 'x-multi': 'c' } }]);
  expect([setsCookies({ response }), setsCookies({ response: { ...response, headers: [] } })]).toEqual([true, false]);
});

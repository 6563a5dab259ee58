import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findImpossible, implies } from '../../../proxy-engine/contract/expression/analysis.ts';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import type { Expression } from '../../../proxy-engine/contract/expression/syntax.ts';
import { compileExpression } from '../../../proxy-engine/match/compile.ts';
import { subject } from '../../match/subjects.ts';

function read(text: string): Expression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issues[0]?.message}`);
  return parsed.expression;
}

test.each([
  ['path = /a and path = /b', 'contradiction'],
  ['path = /a and not path ^= /', 'contradiction'],
  ['path ^= /v1/ and path ^= /v2/', 'contradiction'],
  ['path = /a and path != /a', 'contradiction'],
  ['method in (GET, POST) and method = PUT', 'contradiction'],
  ['method = get and method = GET', null],
  ['failed and not failed', 'contradiction'],
  ['not has header[a] and header[a] = b', 'contradiction'],
  ['status = 5xx and status < 500', 'contradiction'],
  ['status >= 500 and status = 5xx', null],
  ['duration > 1s and duration < 200ms', 'contradiction'],
  ['attempts < 0', 'range'],
  ['path ^= v1', 'path-slash'],
  ['path = *', null],
  ['host = a or path = v1', 'path-slash'],
  ['host = http://a.test', 'host-port'],
  ['host = "::1"', null],
  ['query ^= ?a', 'query-mark'],
  ['status > 700', 'status'],
  ['status = 42', 'status'],
  ['status in (99, 5xx)', null],
  ['status >= 599', null],
  ['scheme = ftp', 'scheme'],
  ['scheme in (HTTPS, ws)', null],
  ['scheme ^= http', null],
  ['not scheme = ftp', null],
  ['url ^= /x', 'url-start'],
  ['url = http://a.test/', null],
  ['url ^= ht', null],
  ['url *= /x', null],
  ['clientIp = 10.0.0.0/8', 'network'],
  ['clientIp ^= 10.', null],
  ['path = /a#b', 'path-fragment'],
  ['path = "/a b"', 'encoded'],
  ['path in ("/a b", /a)', null],
  ['path = /中文', 'encoded'],
  ['path *= é', 'encoded'],
  ['path = /%E4%B8%AD', null],
  ['"a b"', 'encoded'],
  ['query *= "a b"', 'encoded'],
  ['query[q] = "a b"', null],
  ['header[x] = "a b"', null],
  ['(path = /a or path = /b) and path = /c', 'contradiction'],
  ['(path = /a or path = /b) and path = /b', null],
  ['rule = a and rule = b', null],
  ['header[x] = a and header[x] = b', null],
  ['path ~ "^/a" and path ~ "^/b"', 'contradiction'],
  ['path ~ "^/a$" and path ^= /b', 'contradiction'],
  ['path ~ "^/a$" and path ^= /a', null],
  ['path ~ "^/a/.*[.]js$" and path = /b', 'contradiction'],
  ['path ~ "^/a/.*[.]js$" and path = /a/b.css', 'contradiction'],
  ['path ~ "^/a/.*[.]js$" and path $= .js', null],
  ['path ~ "^/a?" and path = /b', null],
  ['path ~ "^/a|^/b" and path = /b', null],
  ['path ~ "^(/a)?/b" and path = /b', null],
  ['path ~ "a$" and path $= b', 'contradiction'],
  ['path ~ "^/a[$]" and path = /a', 'contradiction'],
  ['path ~ "(?i)^/A$" and path = /a', null],
  ['path ~i "^/A$" and path = /a', null],
  ['host ~ "^A[.]test$" and host = a.test', null],
  ['host ~ "^A[.]test$" and host = b.test', 'contradiction'],
  ['path ~ "^/a$" and not path = /a', 'contradiction'],
  ['header[x] ~ "^a$" and header[x] = b', null],
  ['path ~ "^v1/"', 'path-slash'],
  ['path ~ "v1/"', null],
  ['path ~ "[?]page="', 'path-query'],
  ['path ~ "a?page="', null],
  ['host ~ ":8080$"', null],
  ['host ~ "^a[.]test:80$"', 'host-port'],
  ['scheme ~ "^https?$"', null],
  ['scheme ~ "^ftp"', 'scheme'],
  ['port = 70000', 'port'],
  ['port = 65535', null],
  ['port in (70000, 80)', null],
  ['port in (70000, 080)', 'port'],
  ['port = http', 'port'],
  ['port = 0', null],
  ['port ^= 8', null],
  ['port $= 080', null],
  ['port *= 080', null],
  ['port *= 99999', 'port'],
  ['port ~ "^80"', null],
  ['port ~ "^(80|443)$"', null],
  ['port != 70000', null],
  ['method = "GET,POST"', 'method'],
  ['method = "GET POST"', 'method'],
  ['method = M-SEARCH', null],
  ['method = get', null],
  ['protocol = h2', 'protocol'],
  ['protocol = HTTP/2.0', 'protocol'],
  ['protocol in (h2, HTTP/2)', null],
  ['protocol = http/1.1', null],
  ['protocol ^= HTTP/', null],
  ['clientIp = localhost', 'address'],
  ['clientIp = 10.0.0.300', 'address'],
  ['clientIp = 10.0', 'address'],
  ['clientIp = "*"', 'address'],
  ['clientIp ^= 10.0', null],
  ['clientIp ^= 10.300', 'address'],
  ['clientIp = "::1"', null],
  ['clientIp = "FE80::1%lo"', null],
  ['clientIp = "::ffff:10.0.0.1"', null],
  ['clientIp in (localhost, 127.0.0.1)', null],
  ['host = *.example.test', 'wildcard'],
  ['host $= .example.test', null],
  ['not host = *.example.test', null],
  ['path = /api/*', null],
  ['header["x-user:"] = a', 'header-name'],
  ['has header["x user"]', 'header-name'],
  ['not has header["x user"]', null],
  ['responseHeader[x_y.z] = a', null],
  ['cookie[a] = "1; b=2"', 'cookie-value'],
  ['cookie[a] = "x y"', null],
  ['query[a] = "1; b#2"', null],
  ['url *= "#top"', 'path-fragment'],
  ['query *= "#top"', 'path-fragment'],
])('%s: %s', (text, reason) => {
  expect(findImpossible(read(text))?.reason ?? null).toBe(reason);
});

test.each([
  ['host = localhost:8080', 'host-port'],
  ['path *= ?page', 'path-query'],
])('%s never holds; where rules stand, that is only told', (text, reason) => {
  const parsed = parseExpression(text, 'request');
  expect(parsed.ok && findImpossible(parsed.expression)?.reason).toBe(reason);
});

test('the place is that of the condition', () => {
  const text = 'method = GET and path ^= v1';
  const found = findImpossible(read(text));
  expect(text.slice(found?.from, found?.to)).toBe('path ^= v1');
});

describe('implies', () => {
  test.each<[a: string | null, b: string | null, holds: boolean]>([
    ['path ^= /shop/cart', 'path ^= /shop', true],
    ['path ^= /shop', 'path ^= /shop/cart', false],
    ['path ^= /shop/cart and method = POST', 'path ^= /shop', true],
    ['path = /a', 'path in (/a, /b)', true],
    ['path in (/a, /b)', 'path = /a', false],
    ['path = /a or path = /a/b', 'path ^= /a', true],
    ['host = a', null, true],
    [null, 'host = a', false],
    [null, 'path ^= /', true],
    ['not path ^= /a', 'not path ^= /a/b', true],
    ['path = /a', 'path != /b', true],
    ['status = 503', 'status = 5xx', true],
    ['status = 5xx', 'status >= 500', true],
    ['status >= 500', 'status = 5xx', false],
    ['header[x] = a', 'has header[x]', true],
    ['header[x] = a', 'has header[y]', false],
    ['path $= .js', 'path *= js', true],
    ['path ~ a', 'path ~ a', true],
    ['path ~ a', 'path ~i a', false],
    ['path ~ "^/a/b$"', 'path ^= /a/', true],
    ['path = /a/b', 'path ~ "^/a/"', true],
    ['path ~ "^/a/.*c"', 'path ^= /a', true],
    ['path ^= /a', 'path ~ "^/a/.*c"', false],
    ['host = a', 'path ~ "^/"', true],
  ])('%s ⇒ %s: %s', (a, b, holds) => {
    expect(implies(a === null ? null : read(a), b === null ? null : read(b))).toBe(holds);
  });
});

const leaf = fc.constantFrom(
  'path = /a',
  'path = /a/b',
  'path ^= /a',
  'path ^= /a/',
  'path $= b',
  'path *= /b',
  'path != /a',
  'path in (/a, /c)',
  'status = 5xx',
  'status = 503',
  'status < 500',
  'status >= 404',
  'status != 404',
  'status in (404, 5xx)',
  'attempts > 1',
  'has header[x]',
  'header[x] = a',
  'header[x] ^= a',
  'host = a',
  'host != A',
  'failed',
  'path ^= b',
  'attempts < 0',
  'path ~ "^/a$"',
  'path ~ "^/a"',
  'path ~ "b$"',
  'path ~ "/b"',
  'path ~ "^/a.b$"',
  'path ~ "^/ab?"',
  'path ~ "(/a)?/b$"',
  'path ~ "^/a|/b$"',
  'path ~ "^/[a]/"',
  'path ~i "^/A$"',
  'host ~ "^A$"',
  'header[x] ~ "^a"',
);
const expression = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('any').map((a) => `not (${a})`),
    fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map(([a, word, b]) => `(${a}) ${word} (${b})`),
  ),
})).any;
const HEADERS: readonly Record<string, string>[] = [{}, { x: 'a' }, { x: 'ab' }];
const subjects = ['/a', '/a/b', '/a/', '/c', '/b'].flatMap((path) =>
  [undefined, 404, 500, 503].flatMap((status) =>
    HEADERS.map((requestHeaders, i) =>
      subject({ path, status, requestHeaders, host: i === 0 ? 'a' : 'b', attempts: i, failed: i === 2 }),
    ),
  ),
);

test('what is said of expressions is true of exchanges', () => {
  const holds = (text: string) => {
    const compiled = compileExpression(text, 'exchange');
    if (!compiled.ok) throw new Error(text);
    return subjects.map((subject) => compiled.holds(subject));
  };
  fc.assert(
    fc.property(expression, expression, (a, b) => {
      const [inA, inB] = [holds(a), holds(b)];
      if (findImpossible(read(a))?.reason === 'contradiction') expect(inA).not.toContain(true);
      if (implies(read(a), read(b))) expect(inA.filter((held, i) => held && !inB[i])).toEqual([]);
    }),
    { numRuns: 2000, seed: 31 },
  );
});

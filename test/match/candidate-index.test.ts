import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CandidateIndex } from '../../proxy-engine/match/candidate-index.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { GramIndex } from '../../proxy-engine/match/gram-index.ts';
import { guardOf } from '../../proxy-engine/match/guard.ts';
import { subject } from './subjects.ts';

function entryOf(match: string, order: number) {
  const compiled = compileExpression(match, 'request');
  if (!compiled.ok) throw new Error(`${match}: ${compiled.issues[0]?.message}`);
  return { order, guard: guardOf(compiled.expression), holds: compiled.holds };
}

const word = fc.constantFrom('/ab', 'abc', 'abcd', 'bcd', 'ab', 'xyz', 'cdx', 'ä/b', 'abcabc', '.js', 'a.js');
const leaf = fc.oneof(
  word.map((text) => `path *= "${text}"`),
  word.map((text) => `path $= "${text}"`),
  word.map((text) => `path ^= "/${text}"`),
  word.map((text) => `path = "/${text}"`),
  fc
    .constantFrom(
      'abc',
      'abc+',
      '(abc|xyz)',
      'ab?cd',
      '[.]js$',
      'abc.*xyz',
      '(?i)ABC',
      'xyz|abc',
      'ä/',
      '\\\\.js$',
      'bcd\\\\d*',
    )
    .map((pattern) => `path ~ "${pattern}"`),
  word.map((text) => `path ~i "${text}"`),
  fc.constantFrom(
    'host = a.test',
    'host ^= a',
    'host ~ "^A[.]"',
    'method = POST',
    'method in (get, put)',
    'method ~ "^P"',
  ),
  fc
    .tuple(
      fc.constantFrom(
        'header[x]',
        'requestHeader[x]',
        'header[y]',
        'cookie[c]',
        'query[q]',
        'query',
        'clientIp',
        'port',
      ),
      fc.constantFrom(
        '= a',
        '^= a',
        '= ab',
        '^= ab',
        'in (a, abc)',
        'in ("", b)',
        '= ""',
        '!= a',
        '~ "^ab?"',
        '~i "^A"',
        '*= b',
      ),
    )
    .map((parts) => parts.join(' ')),
  fc.constantFrom(
    'has header[x]',
    'has query[q]',
    'has cookie[c]',
    'clientIp ^= 10.0.',
    'clientIp = 10.0.0.1',
    'port = 80',
  ),
  fc.constantFrom('query[ü] = a', 'query["a b"] ^= ä', 'header[x] ^= ä', 'grpc', 'listener = gateway'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression')).map((parts) => `(${parts.join(' ')})`),
    tie('expression').map((inner) => `not (${inner})`),
  ),
}));
const request = fc.record({
  host: fc.constantFrom('a.test', 'b.test'),
  path: fc
    .array(fc.constantFrom('abc', 'ab', 'xyz', 'cd', 'x', '/', '.js', 'ABC', 'Ã¤', 'ä', '1'), { maxLength: 6 })
    .map((parts) => `/${parts.join('')}`),
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  query: fc.constantFrom('', 'q=a', 'q=ab&q=b', 'q=%61bc', 'a', 'ab=1', 'Ã¼=a', 'a+b=%C3%A4', 'q'),
  clientIp: fc.constantFrom('10.0.0.1', '10.0.0.2', '127.0.0.1'),
  requestHeaders: fc.constantFrom<Record<string, string>>(
    {},
    { x: 'a' },
    { x: 'abc', y: 'a' },
    { x: 'Ã¤', y: '' },
    { x: 'ä' },
    { cookie: 'd=1; c=a' },
    { cookie: 'c="ab"', x: '' },
  ),
});

it('of many entries it leaves out none that holds, and keeps their order', () => {
  let leftOut = 0;
  fc.assert(
    fc.property(
      // Enough of them that texts in paths are looked up.
      fc.array(expression, { minLength: 90, maxLength: 140 }),
      fc.array(request, { minLength: 1, maxLength: 12 }),
      (matches, requests) => {
        const entries = matches.map(entryOf);
        const index = new CandidateIndex(entries);
        for (const parts of [...requests, ...requests]) {
          const asked = subject(parts);
          const found = index.find(asked);
          leftOut += entries.length - found.length;
          expect(found.filter(({ holds }) => holds(asked))).toEqual(entries.filter(({ holds }) => holds(asked)));
        }
      },
    ),
    { numRuns: 60, seed: 20_261_129 },
  );
  expect(leftOut).toBeGreaterThan(5000);
});

it('asks as many among 1,000 that look for a text in the path as among 100', () => {
  const found = (count: number, condition: (i: number) => string): number =>
    new CandidateIndex(Array.from({ length: count }, (_, i) => entryOf(condition(i), i))).find(
      subject({ path: '/static/service-7/app.js' }),
    ).length;
  for (const condition of [
    (i: number) => `path ~ "/service-${i}/.*[.](js|css)$"`,
    (i: number) => `path *= /service-${i}/`,
    (i: number) => `path $= /file-${i}.css`,
  ])
    expect([found(100, condition), found(1000, condition)].every((count) => count <= 20)).toBe(true);
});

it.each<[condition: string, of: (i: number) => string]>([
  ['values of a header', (i) => `header[x-tenant] = tenant-${i}`],
  ['beginnings of a header', (i) => `header[x-tenant] ^= tenant-${i}-`],
  ['parameters', (i) => `query[tenant] = tenant-${i}`],
  ['cookies', (i) => `cookie[tenant] in (tenant-${i}, other-${i})`],
  ['clients', (i) => `clientIp = 10.0.0.${i}`],
  ['what the fewest share', (i) => `method = GET and path ^= /static/ and header[x-tenant] = tenant-${i}`],
  ['methods', (i) => (i < 3 ? 'method in (GET, HEAD)' : 'method = PUT')],
  ['several fields', (i) => (i % 2 === 0 ? `header[x-tenant] = tenant-${i}` : `query[tenant] = tenant-${i}`)],
])('of 1,000 it asks few by %s', (_, of) => {
  const index = new CandidateIndex(Array.from({ length: 1000 }, (__, i) => entryOf(of(i), i)));
  const asked = subject({
    path: '/static/app.js',
    query: 'page=1&tenant=tenant-7',
    clientIp: '10.0.0.7',
    requestHeaders: { 'x-tenant': 'tenant-7-a', cookie: 'a=b; tenant=tenant-7' },
  });
  const found = index.find(asked);
  expect(found.length).toBeLessThanOrEqual(3);
  expect(index.find(asked)).toBe(found);
});

it('more combinations than are kept are found all the same', () => {
  const entries = Array.from({ length: 200 }, (_, i) =>
    entryOf(i % 2 === 0 ? `header[x] = v${i}` : `query[q] = v${i}`, i),
  );
  const index = new CandidateIndex(entries);
  for (let x = 0; x < 100; x++)
    for (let q = 0; q < 100; q += 3) {
      const asked = subject({ query: `q=v${q * 2 + 1}`, requestHeaders: { x: `v${x * 2}` } });
      expect(index.find(asked).map(({ order }) => order)).toEqual([x * 2, q * 2 + 1].sort((a, b) => a - b));
    }
});

it('a text is told by characters that few others have', () => {
  const index = new GramIndex(['/service-1/', '/service-2/', '/service-22/']);
  const key = index.find('/x/service-2/y');
  expect(['/service-1/', '/service-2/'].map((needle) => index.mayHave(key, needle))).toEqual([false, true]);
  expect(index.find('/nothing')).toBe('');
  expect(index.mayHave('', '/service-1/')).toBe(false);
});

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
  fc.constantFrom('host = a.test', 'header[x] = a', 'header[x] in (a, b)', 'has header[x]', 'method = POST'),
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
    .array(fc.constantFrom('abc', 'ab', 'xyz', 'cd', 'x', '/', '.js', 'ABC', 'Ã¤', '1'), { maxLength: 6 })
    .map((parts) => `/${parts.join('')}`),
  method: fc.constantFrom('GET', 'POST'),
  requestHeaders: fc.constantFrom<Record<string, string>>({}, { x: 'a' }, { x: 'c' }),
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

it('a text is told by characters that few others have', () => {
  const index = new GramIndex(['/service-1/', '/service-2/', '/service-22/']);
  const key = index.find('/x/service-2/y');
  expect(['/service-1/', '/service-2/'].map((needle) => index.mayHave(key, needle))).toEqual([false, true]);
  expect(index.find('/nothing')).toBe('');
  expect(index.mayHave('', '/service-1/')).toBe(false);
});

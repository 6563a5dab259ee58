import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compilePattern, isMistake, type Pattern, requiredLiteral } from '../../proxy-engine/match/pattern.ts';

function pattern(source: string): Pattern {
  const compiled = compilePattern(source);
  if (isMistake(compiled)) throw new Error(compiled.message);
  return compiled;
}

describe('the literal that a pattern needs', () => {
  it.each([
    ['^/old/(.*)', '/old/', true],
    ['/old/', '/old/', false],
    ['^/ab?', '/a', true],
    ['^/ab*', '/a', true],
    ['^/ab+', '/ab', true],
    ['^/ab{0}', '/a', true],
    ['^/a\\.b', '/a.b', true],
    ['^/a\\.?', '/a', true],
    ['^/a\\d', '/a', true],
    ['^a|b', '', false],
    ['(?i)abc', '', false],
    ['^/a/(b|c)$', '/a/', true],
    ['^/a/(?:b|c)?d', '/a/', true],
    ['^(/a|/b)', '', true],
    ['^/a(b|c)|d', '', false],
    ['^/a[)|(]|d', '', false],
    ['^/a[|]', '/a', true],
    ['^/a\\|b', '/a|b', true],
    ['^/a(?i:b)', '', false],
    ['^/a(?i)b', '', false],
    ['^\\Q(\\E|b', '', false],
    ['^', '', true],
    ['.*', '', false],
    ['^^a', '', true],
  ])('%s: %j', (source, text, anchored) => expect(requiredLiteral(source)).toEqual({ text, anchored }));
});

describe('replaceAll', () => {
  it.each([
    ['a', 'banana', 'b<a>n<a>n<a>'],
    ['^', 'x', '<>x'],
    ['$', 'x', 'x<>'],
    ['', 'ab', '<>a<>b<>'],
    ['x*', 'axb', '<>a<x><>b<>'],
    ['none', 'abc', 'abc'],
  ])('%s in %s', (source, text, replaced) =>
    expect(pattern(source).replaceAll(text, ([all]) => `<${all}>`)).toBe(replaced),
  );

  it('an absent group is empty', () => {
    expect(pattern('(a)|(b)').replaceAll('ab', ([, a, b]) => `[${a},${b}]`)).toBe('[a,][,b]');
  });
});

it('a text is found as the automaton finds it', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '.', '*', 'é', '字', '😀', ' ', '\n'), { maxLength: 4 });
  const texts = fc.array(fc.constantFrom('a', 'b', '.', '*', 'é', '字', '😀', ' ', '\n'), { maxLength: 40 });
  fc.assert(
    fc.property(letters, texts, (of, within) => {
      const source = of.join('').replace(/[.*]/g, '\\$&');
      const [plain, automaton] = [pattern(source), pattern(`(?:${source})`)];
      const text = within.join('');
      const render = ([all]: readonly string[]) => `<${all}>`;
      const inSteps = (one: Pattern): string => {
        const steps = one.replaceInSteps(text, render);
        let step = steps.next();
        while (!step.done) step = steps.next();
        return step.value;
      };
      const answers = (one: Pattern) => [
        one.test(text),
        one.match(text),
        one.replaceAll(text, render),
        inSteps(one),
        one.find(text, Math.min(1, text.length)),
      ];
      expect(answers(plain)).toEqual(answers(automaton));
    }),
    { numRuns: 2000, seed: 20_261_129 },
  );
});

it('without case, what is looked for first does not change what matches', () => {
  const piece = fc.constantFrom('a', 'K', 's', '.', '[ab]', '(a|K)', 'a?', 's+', '(?:Ks)', '|', '^', '$', '\\.');
  const letter = fc.constantFrom('a', 'A', 'k', 'K', 's', 'S', '.', 'b', '\u212a', '\u017f');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(letter, { maxLength: 8 }), (pieces, letters) => {
      const [source, text] = [pieces.join(''), letters.join('')];
      const expected = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).matcher(text).find();
      const compiled = compilePattern(source, true);
      if (isMistake(compiled)) throw new Error(compiled.message);
      expect([compiled.test(text), compiled.match(text) !== null]).toEqual([expected, expected]);
    }),
    { numRuns: 3000, seed: 20_261_129 },
  );
});

it.each([
  ['\\pL{1,128}', false],
  ['(?i)\\pL'.repeat(100), false],
  ['(?i)\\pL'.repeat(101), true],
  ['a|'.repeat(990), false],
  ['a|'.repeat(1990), true],
])('what would take long to compile is refused: %s', (source, isRefused) => {
  expect(isMistake(compilePattern(source))).toBe(isRefused);
});

it('no pattern throws or hangs, whatever the text', () => {
  const piece = fc.constantFrom(
    '(a+)+',
    '(a|a)*',
    '(.*)*',
    '[a-z]*',
    'a{1000}',
    '(',
    ')',
    '[',
    '\\',
    '{',
    '^',
    '$',
    '|',
    '(?:',
    '(?P<n>',
    '.',
    '\\pL',
    '\\b',
    'x',
  );
  const texts = ['', 'a'.repeat(2000), `${'a'.repeat(2000)}!`, 'ab'.repeat(1000)];
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
        fc.string({ maxLength: 20 }),
      ),
      (source) => {
        const compiled = compilePattern(source);
        if (isMistake(compiled)) expect(compiled.message).not.toBe('');
        else for (const text of texts) compiled.test(text);
      },
    ),
    { numRuns: 1000, seed: 7 },
  );
});

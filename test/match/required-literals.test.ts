import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { requiredLiterals } from '../../proxy-engine/match/required-literals.ts';

it.each<[source: string, literals: string[]]>([
  ['/orders/[0-9]*777$', ['/orders/', '777']],
  ['^/v1/(users|orders)/(\\d+)$', ['/v1/', '/']],
  ['ab?c', ['a', 'c']],
  ['ab*', ['a']],
  ['ab+c', ['ab', 'c']],
  ['ab{0,2}c', ['a', 'c']],
  ['a\\.css', ['a.css']],
  ['\\d+x', ['x']],
  ['a|b', []],
  ['(a|b)c', ['c']],
  ['(?i)abc', []],
  ['\\Qa.b\\E', []],
  ['[[:alpha:]]x', ['x']],
  ['[]a]x', ['x']],
  ['\\x61dmin', ['dmin']],
  ['\\x{61}b{2}c', ['c']],
  ['\\101b', ['b']],
  ['\\pLx\\p{Lu}y', ['x', 'y']],
  ['', []],
])('%s needs %j', (source, literals) => {
  expect(requiredLiterals(source)).toEqual(literals);
});

it('never names what a matching text can do without', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '\\.',
    '[ab]',
    '[^a]',
    '(a|b)',
    '(ab)',
    '(?:b)',
    'a?',
    'b*',
    'a+',
    '(ab)?',
    '\\d',
    '\\x61',
    '\\x{62}',
    '\\141',
    '\\pL',
    '\\P{Lu}',
    '^',
    '$',
    '|',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 7 }),
      fc.array(fc.constantFrom('a', 'b', '.', '1'), { maxLength: 8 }),
      (pieces, chars) => {
        const [source, text] = [pieces.join(''), chars.join('')];
        if (RE2JS.compile(source).test(text))
          for (const literal of requiredLiterals(source)) expect(text).toContain(literal);
      },
    ),
    { numRuns: 5000, seed: 20_261_129 },
  );
});

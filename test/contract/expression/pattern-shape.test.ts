import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { patternShape } from '../../../proxy-engine/contract/expression/pattern-shape.ts';

test.each([
  ['^/a$', { anchors: 'both', whole: '/a', starts: '/a', ends: '/a' }],
  ['^/a', { anchors: 'start', whole: '/a', starts: '/a', ends: null }],
  ['[.]js$', { anchors: 'end', whole: '.js', starts: null, ends: '.js' }],
  ['a\\.b', { anchors: 'neither', whole: 'a.b', starts: null, ends: null }],
  ['^/a/.*\\.js$', { anchors: 'both', whole: null, starts: '/a/', ends: '.js' }],
  ['^/ab?c$', { anchors: 'both', whole: null, starts: '/a', ends: 'c' }],
  ['^(/a)b$', { anchors: 'both', whole: null, starts: null, ends: 'b' }],
  ['^/a|b$', null],
  ['(?i)^/a', null],
  ['^/é', null],
])('%s', (pattern, shape) => expect(patternShape(pattern)).toEqual(shape));

test('what it says of a pattern is true of every text that matches', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '/',
    '.',
    '\\.',
    '[.]',
    '[ab]',
    '?',
    '*',
    '{2}',
    '(',
    ')',
    '^',
    '$',
    '\\d',
    '\\x61',
    '(?:',
  );
  const letters = fc.array(fc.constantFrom('a', 'b', '/', '.', '1'), { maxLength: 5 });
  let told = 0;
  fc.assert(
    fc.property(fc.boolean(), fc.array(piece, { maxLength: 5 }), letters, (anchored, pieces, of) => {
      const [source, text] = [(anchored ? '^' : '') + pieces.join(''), of.join('')];
      const matches = compiled(source)?.matcher(text).find();
      const shape = matches === undefined ? null : patternShape(source);
      if (shape === null) return;
      const { anchors, whole, starts, ends } = shape;
      if (whole !== null) expect([source, text, passes(anchors, whole, text)]).toEqual([source, text, matches]);
      if (!matches) return;
      told += Number(starts !== null || ends !== null);
      expect([text.startsWith(starts ?? ''), text.endsWith(ends ?? '')]).toEqual([true, true]);
    }),
    { numRuns: 20_000, seed: 11 },
  );
  expect(told).toBeGreaterThan(100);
});

function compiled(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source);
  } catch {
    return null;
  }
}

function passes(anchors: string, whole: string, text: string): boolean {
  if (anchors === 'both') return text === whole;
  if (anchors === 'neither') return text.includes(whole);
  return anchors === 'start' ? text.startsWith(whole) : text.endsWith(whole);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staysInLine } from '../../proxy-engine/match/match-length.ts';
import { compilePattern, isMistake } from '../../proxy-engine/match/pattern.ts';
import { StreamReplacement } from '../../proxy-engine/match/stream-replacement.ts';

function compiled(source: string) {
  const pattern = compilePattern(source);
  if (isMistake(pattern)) throw new Error(pattern.message);
  return pattern;
}

function streamed(source: string, pieces: readonly string[]): string {
  const pattern = compiled(source);
  if (pattern.longest === null) throw new Error(`${source} is not streamed`);
  const replacement = new StreamReplacement(
    pattern,
    { longest: pattern.longest, inLine: staysInLine(source) },
    ([all]) => `<${all}>`,
  );
  return pieces.map((piece) => replacement.push(piece)).join('') + replacement.end();
}

describe('a match across a border', () => {
  it.each([
    ['world', ['hello wo', 'rld'], 'hello <world>'],
    ['world', ['w', 'o', 'r', 'l', 'd', 'world'], '<world><world>'],
    ['aa', ['a', 'a', 'a', 'a', 'a'], '<aa><aa>a'],
    ['a[bc]{1,2}', ['xa', 'b', 'c', 'd'], 'x<abc>d'],
    ['\\bno\\b', ['no', 't no', ' no'], 'not <no> <no>'],
    ['ab|abc', ['ab', 'c'], '<ab>c'],
    ['abc|ab', ['ab', 'c'], '<abc>'],
    ['(?i)KEY', ['k', 'Ey'], '<kEy>'],
    ['.b', ['😀', 'b'], '<😀b>'],
  ])('%s in %j', (source, pieces, replaced) => expect(streamed(source, pieces)).toBe(replaced));
});

it('gives what is decided, and keeps no more than a match could need', () => {
  const replacement = new StreamReplacement(compiled('abcd'), { longest: 4, inLine: true }, () => '!');
  expect(replacement.push('x'.repeat(100))).toBe('x'.repeat(96));
  expect(replacement.push('yabcdz')).toBe('xxxxy!');
  expect(replacement.rest()).toBe('z');
  expect(replacement.end()).toBe('');
});

it.each([
  ['a line that has ended', 'tick|lorem', 'data: tick 0\n\nti', 'data: ! 0\n\n'],
  ['what a match may reach over', 'a[^b]', 'xa\n', ''],
])('gives %s whole', (_what, source, piece, decided) => {
  const pattern = compiled(source);
  const bounds = { longest: pattern.longest ?? 0, inLine: staysInLine(source) };
  expect(new StreamReplacement(pattern, bounds, () => '!').push(piece)).toBe(decided);
});

it.each<[source: string, inLine: boolean]>([
  ['needle', true],
  ['(?i)a{1,3}.(?:b|\\d)?', true],
  ['[a-z \\w.-]\\S\\t\\.', true],
  ['id-[0-9]{4}\\b', true],
  ['a\\nb', false],
  ['a\nb', false],
  ['(?s)a.b', false],
  ['(?is)a.b', false],
  ['[^a]', false],
  ['[\\x00-z]', false],
  ['[\t-z]', false],
  ['[[:space:]]', false],
  ['\\s', false],
  ['\\W', false],
  ['\\D', false],
  ['\\x0a', false],
  ['\\012', false],
  ['\\C', false],
  ['\\pZ', false],
])('whether %j stays in its line: %s', (source, inLine) => expect(staysInLine(source)).toBe(inLine));

it.each(['a*', '^a', 'a$', '', 'a?', '(a|b+)', '(?s).*x'])('%j is not streamed', (source) => {
  expect(compiled(source).longest).toBeNull();
});

it('gives what replaceAll gives, wherever the pieces end', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '(a|bb)',
    '(?:ab|a)',
    'b?',
    '\\b',
    '(ab){1,2}',
    '😀',
    '\\n',
    '|',
  );
  const letters = fc.array(fc.constantFrom('a', 'b', '-', '\n', '😀'), { maxLength: 6 });
  let checked = 0;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.array(letters, { maxLength: 8 }), (parts, texts) => {
      const pattern = compiled(parts.join(''));
      if (pattern.longest === null) return;
      checked++;
      const pieces = texts.map((text) => text.join(''));
      const whole = pattern.replaceAll(pieces.join(''), ([all]) => `<${all}>`);
      expect(streamed(parts.join(''), pieces)).toBe(whole);
    }),
    { numRuns: 3000, seed: 20_261_129 },
  );
  expect(checked).toBeGreaterThan(1000);
});

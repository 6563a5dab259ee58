import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { findPatternMistake } from '../../../proxy-engine/contract/expression/pattern-syntax.ts';

/** Under each pattern what the mistake is about, and what is said of it. */
test.each([
  ['^/a(b', '   ^', 'this `(` is not closed; write `\\(` for the character itself'],
  ['^/(a(b)', '  ^', 'this `(` is not closed; write `\\(` for the character itself'],
  ['^/a)b', '   ^', 'no `(` is open that this `)` could close; write `\\)` for the character itself'],
  ['^/[a-c', '  ^', 'this `[` is not closed; write `\\[` for the character itself'],
  ['[]', '^', 'this `[` is not closed; write `\\[` for the character itself'],
  ['*.js', '^', 'there is nothing before `*` to repeat; `.*` is any text, `\\*` the character itself'],
  ['a|+b', '  ^', 'there is nothing before `+` to repeat; write `\\+` for the character itself'],
  ['(?i){2}', '    ^^^', 'there is nothing before `{2}` to repeat; write `\\{` for the character itself'],
  ['a**', '  ^', 'this repeats what `*` repeats already; take one of the two out'],
  ['ba++c', '   ^', 'this repeats what `+` repeats already; take one of the two out'],
  ['a{2,3}*?', '      ^^', 'this repeats what `{2,3}` repeats already; take one of the two out'],
  ['ab{1001}', '  ^^^^^^', 'a repetition counts from 0 to 1000, the smaller number first'],
  ['a{3,2}', ' ^^^^^', 'a repetition counts from 0 to 1000, the smaller number first'],
  ['(?:a{40}){40}', '         ^^^^', 'repetitions inside each other come to 1000 at most'],
  ['ab\\', '  ^', 'a backslash takes the character behind it, and there is none; write `\\\\` for a backslash'],
  ['(a)\\1', '   ^^', 'RE2 has no `\\1`: a pattern cannot ask again for what a group has matched'],
  ['a\\y', ' ^^', '`\\y` means nothing; write `y` for the character itself'],
  ['a\\Z', ' ^^', 'the end of the text is `\\z` or `$`'],
  ['\\u0041', '^^', 'a character is told by its number as in `\\x{1F600}`'],
  ['\\x4', '^^', 'expected two hexadecimal digits, as in `\\x41`, or a number in braces, as in `\\x{1F600}`'],
  ['\\pX', '^^', 'expected a class of Unicode such as `\\pL`, `\\p{Lu}` or `\\p{Greek}`'],
  ['[a\\b]', '  ^^', '`\\b` is a place in the text and means nothing in `[…]`'],
  ['[a-\\d]', '   ^^', '`\\d` is many characters and ends no range; write `\\-` for the character -'],
  ['[z-a]', ' ^^^', 'this range runs backwards; write `a-z`'],
  ['[[:foo:]]', ' ^^^^^^^', 'expected a class such as `[:alpha:]`, `[:digit:]` or `[:space:]`'],
  [
    '/a(?=b)',
    '  ^^^',
    'RE2 looks neither ahead nor behind; ask for it in a condition of its own, joined by `and` or `and not`',
  ],
  [
    '(?<!a)b',
    '^^^^',
    'RE2 looks neither ahead nor behind; ask for it in a condition of its own, joined by `and` or `and not`',
  ],
  ['(?>a)', '^^^', 'a group is `(…)`, `(?:…)`, `(?<name>…)` or `(?i:…)`; write `\\?` for the character itself'],
  ['(?<a-b>c)', '    ^', 'the name of a group is letters, digits and _, then `>`, as in `(?<id>…)`'],
  ['(?<a>b)(?P<a>c)', '           ^', 'there is a group `a` already; take another name'],
])('%s', (pattern, place, message) => {
  const from = place.indexOf('^');
  expect(findPatternMistake(pattern)).toEqual({ from, to: place.length, message });
});

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    '(',
    ')',
    '[',
    ']',
    '*',
    '+',
    '?',
    '{',
    '}',
    '{2}',
    '{2,1}',
    '{1001}',
    '{0}',
    '{03}',
    '{3,}',
    '{60}',
    ',',
  ],
  ...[
    '|',
    '^',
    '$',
    '.',
    '\\',
    '\\d',
    '\\b',
    '\\Q',
    '\\E',
    '\\p',
    '\\pL',
    '\\p{Lu}',
    '\\x',
    '\\x4',
    '\\x41',
    '\\x{',
    '\\1',
  ],
  ...[
    '\\12',
    '\\0',
    '\\8',
    '(?',
    '(?:',
    '(?i)',
    '(?<',
    '(?<n>',
    '(?P<n>',
    '(?=',
    '(?<!',
    '>',
    '-',
    '[:',
    '[:alpha:]',
    ':]',
  ],
  ...['[^', 'é', '😀', '\\é', '0', '9', 'i', '\n', '\\-', '\\]'],
);

test('a pattern has a mistake where the engine refuses it, and the mistake is inside of it', () => {
  const accepted = (source: string): boolean => {
    try {
      return RE2JS.compile(source) !== null;
    } catch {
      return false;
    }
  };
  let mistakes = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const source = pieces.join('');
      const mistake = findPatternMistake(source);
      expect([source, mistake === null]).toEqual([source, accepted(source)]);
      if (mistake === null) return;
      mistakes++;
      expect(0 <= mistake.from && mistake.from < mistake.to && mistake.to <= source.length).toBe(true);
    }),
    { numRuns: 10_000, seed: 7 },
  );
  expect(mistakes).toBeGreaterThan(1000);
});

test('one that is too long is not looked into', () => {
  const source = '[[:'.repeat(10_000);
  expect(findPatternMistake(source)).toEqual({
    from: 0,
    to: 30_000,
    message: 'a pattern has at most 4096 characters, found 30000',
  });
});

test.each([
  ['host = a and path ~ "^/a(b"', '                        ^'],
  [String.raw`path ~ "a\"\\d\\" and failed`, '              ^^'],
  [String.raw`path ~i '\d+**'`, '            ^'],
  ['path ~ a[b', '        ^'],
])('in the expression %s it is told where it stands', (text, place) => {
  const parsed = parseExpression(text);
  expect(parsed.ok ? null : parsed.issues[0]).toMatchObject({ from: place.indexOf('^'), to: place.length });
});

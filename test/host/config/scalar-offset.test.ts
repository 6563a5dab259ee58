import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { offsetInScalar } from '../../../proxy-engine/host/config/scalar-offset.ts';

/** The character that is looked for is the only `X`. */
test.each([
  ['plain', 'path ~ X'],
  ['in single quotes', `'it''s ''X'''`],
  ['in double quotes', String.raw`"path ~ \"\\\x41é\n\tX\""`],
  ['a folded plain text', 'one\n  two\n  X'],
  ['a folded text in quotes', '"one\n  two \\\n  X"'],
  ['a block', '|\n  one\n    two\n  three X\n'],
  ['a folded block', '>-\n  one\n  two\n\n  three X'],
])('%s', (_, raw) => {
  const value = String(parse(raw));
  expect(offsetInScalar(raw, value, value.indexOf('X'))).toBe(raw.indexOf('X'));
});

test.each([
  ['path ~ ab', 'path ~ ab', 9, 9],
  ["'ab'", 'ab', 2, 3],
  ['${NAME} X', 'value X', 6, null],
])('%s of %s, character %i: %s', (raw, value, at, offset) => expect(offsetInScalar(raw, value, at)).toBe(offset));

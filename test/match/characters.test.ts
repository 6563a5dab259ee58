import { expect, test } from 'vitest';
import { patternOnWire, withCharacters } from '../../proxy-engine/match/characters.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { subject } from './subjects.ts';

test.each([
  ['\\x{212a}[\\x{4e00}-\\x{9fff}]', '\u212a[一-鿿]'],
  ['\\xe9\\351', 'éé'],
  ['\\x{1f600}?', '😀?'],
  ['\\x41\\x{2f}\\101\\0', '\\x41\\x{2f}\\101\\0'],
  ['\\\\xe9\\Q\\xe9\\E\\x{d800}', '\\\\xe9\\Q\\xe9\\E\\x{d800}'],
])('%s in characters', (pattern, written) => expect(withCharacters(pattern)).toBe(written));

test.each([
  ['\\xe9', '\\xe9'],
  ['[\\x80-\\xff]', '[\\x80-\\xff]'],
  ['\\xe9\\x{4e00}', 'é一'],
  ['é\\xe9', 'éé'],
])('%s is asked of the wire as %s', (pattern, written) => expect(patternOnWire(pattern)).toBe(written));

test.each([
  ['\\x{212a}', '\u212a', true],
  ['^[\\x{4e00}-\\x{9fff}]$', '中', true],
  ['[\\x80-\\xff]', '中', true],
  ['^.$', '中', false],
])('a header ~ %j holds for %s: %j', (pattern, text, holds) => {
  const compiled = compileExpression(`header[x-a] ~ ${JSON.stringify(pattern)}`, 'request');
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
  const requestHeaders = { 'x-a': Buffer.from(text).toString('latin1') };
  expect(compiled.holds(subject({ host: 'a.test', path: '/', query: '', requestHeaders }))).toBe(holds);
});

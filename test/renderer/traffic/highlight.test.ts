import { expect, test } from 'vitest';
import { paintLines } from '../../../renderer/traffic/detail/viewers/highlight.ts';
import { languageOf, type TextLanguage } from '../../../renderer/traffic/detail/viewers/text-language.ts';
import { runAtOnce } from '../../../renderer/ui/slices.ts';

test.each<[type: string | undefined, language: TextLanguage | null]>([
  ['application/json; charset=utf-8', 'json'],
  ['application/problem+json', 'json'],
  ['Text/HTML', 'html'],
  ['image/svg+xml', 'xml'],
  ['application/soap+xml', 'xml'],
  ['text/css', 'css'],
  ['application/javascript', 'javascript'],
  ['text/x-typescript', 'javascript'],
  ['text/plain', null],
  [undefined, null],
])('%s is %s', (type, language) => {
  expect(languageOf(type)).toBe(language);
});

test.each<[language: TextLanguage, text: string, painted: string]>([
  ['json', '{"a": 1,\n "b": null}', '1'],
  ['html', '<p class="x">\n<!-- c -->', 'p'],
  ['xml', '<a b="c"/>\r\n', 'a'],
  ['css', 'p { color: red; }', 'color'],
  ['javascript', 'const a = `b`; // c\n', 'const'],
])('%s: every line is whole, and words have kinds', (language, text, word) => {
  const lines = runAtOnce(paintLines(text, language));
  expect(lines.map((line) => line.map((part) => part.text).join('')).join('\n')).toBe(text);
  expect(lines.flat().find((part) => part.text === word)?.classes).toMatch(/^tok-/);
});

test('what does not parse is whole, too', () => {
  const text = '{"a": [1, }\n<<<';
  expect(
    runAtOnce(paintLines(text, 'json'))
      .map((line) => line.map((part) => part.text).join(''))
      .join('\n'),
  ).toBe(text);
});

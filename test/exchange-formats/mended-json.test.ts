import { expect, test } from 'vitest';
import { mendedJson } from '../../proxy-engine/exchange-formats/mended-json.ts';

test.each<[text: string, value: unknown]>([
  ['[NaN,Infinity,-Infinity]', [null, null, null]],
  ['{"a":[1, 2,\n ],\n}', { a: [1, 2] }],
  ['["NaN, ]", "-Infinity", NaN]', ['NaN, ]', '-Infinity', null]],
  ['["\\"", NaN, "\\\\", NaN]', ['"', null, '\\', null]],
  ['["a\r\n\tb\0"]', ['a\r\n\tb\0']],
  ['["a\\\nb"]', ['a\\nb']],
  ['["a\u0085b"]', ['a\u0085b']],
])('%j is read as %j', (text, value) => {
  expect(JSON.parse(mendedJson(text))).toEqual(value);
});

test.each<[what: string, text: string]>([
  ['many characters', 'x'.repeat(12_000_000)],
  ['many quotes', '\\"'.repeat(1_000_000)],
])('a text of %s is left as it is', (_, text) => {
  expect(mendedJson(`{"a":"${text}","b":NaN}`) === `{"a":"${text}","b":null}`).toBe(true);
});

test('a text that begins again and again and never ends is looked at once', () => {
  const text = '"\\'.repeat(500_000);
  expect(mendedJson(text) === text).toBe(true);
});

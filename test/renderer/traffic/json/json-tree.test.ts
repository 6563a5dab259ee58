import { describe, expect, test } from 'vitest';
import { jsonLines } from '../../../../renderer/traffic/json/json-lines.ts';
import { jsonRow, visibleNodes } from '../../../../renderer/traffic/json/json-rows.ts';
import { type JsonTree, scanJson } from '../../../../renderer/traffic/json/scan-json.ts';
import { runAtOnce } from '../../../../renderer/ui/slices.ts';

const scan = (text: string, mayBeCut = false) => runAtOnce(scanJson(text, mayBeCut));

function rows(tree: JsonTree | null, toggled: ReadonlySet<number> = new Set()): string[] {
  if (!tree) throw new Error('expected a tree');
  return Array.from(visibleNodes(tree, toggled), (node) => {
    const { depth, key = '', text, kind, children } = jsonRow(tree, node, toggled);
    return `${depth} ${key} ${text || `${kind} of ${children}`}`;
  });
}

const text = '{"id": 90071992547409931, "list": [1, {"deep": [true]}], "n\\u006fne": null, "": [], "x": {}}';

test('big integers keep their digits, deep nodes start closed', () => {
  expect(rows(scan(text))).toEqual([
    '0  object of 5',
    '1 id 90071992547409931',
    '1 list array of 2',
    '2 0 1',
    '2 1 object of 1',
    '1 none null',
    '1  array of 0',
    '1 x object of 0',
  ]);
});

test('a node that is toggled opens or closes', () => {
  expect(rows(scan(text), new Set([4]))).toContain('3 deep array of 1');
  expect(rows(scan(text), new Set([0]))).toEqual(['0  object of 5']);
});

test.each(['1', ' "a" ', 'null', '-1.5e+3', '[]', '[[],{}]', '{"a":{"b":[0,1]}}', '"\\"\\\\"', '[true,false]'])(
  '%s is JSON',
  (valid) => {
    expect(scan(valid)).toMatchObject({ cut: false });
    expect(JSON.parse(runAtOnce(jsonLines(scan(valid) as JsonTree)).join('\n'))).toEqual(JSON.parse(valid));
  },
);

const BROKEN = [
  '',
  '{',
  '[',
  '"',
  '{"a":1} trailing',
  '{a:1}',
  '// c\n1',
  '[1,]',
  '{"a":1,}',
  '{"a"}',
  '[1 2]',
  '01',
  '+1',
  '.5',
  '1.',
  'tru',
  '[}',
  '{]',
  ']',
  '"a\nb"',
  '{"a" 1}',
  'nulls',
  "'a'",
];

test.each(BROKEN)('%j is none, as JSON.parse says', (broken) => {
  expect(scan(broken)).toBeNull();
  expect(() => JSON.parse(broken)).toThrow();
});

describe('a text that may be cut', () => {
  const whole = '{"id": -12.5, "list": [true, {"deep": ["a\\"b", null]}], "end": 1}';

  test.each(Array.from({ length: whole.length - 1 }, (_, index) => index + 1))('after %i characters', (length) => {
    const tree = scan(whole.slice(0, length), true);
    expect(tree).toMatchObject({ cut: true });
    expect(rows(tree)[0]).toMatch(/^0 {2}object of [0-3]$/);
  });

  test('what is no JSON is none', () => {
    expect(scan('{"a": 1} x', true)).toBeNull();
    expect(scan('[1, x', true)).toBeNull();
  });

  test('a whole one is whole', () => {
    expect(scan(whole, true)).toMatchObject({ cut: false });
  });
});

test('laid out as JSON.stringify does, values as they are written', () => {
  const value = { a: [1, { b: 'x' }, []], c: {}, d: null };
  expect(runAtOnce(jsonLines(scan(JSON.stringify(value)) as JsonTree)).join('\n')).toBe(JSON.stringify(value, null, 2));
  expect(runAtOnce(jsonLines(scan('{"n": 1.0, "u": "\\u0041", "e": [ ]}') as JsonTree))).toEqual([
    '{',
    '  "n": 1.0,',
    '  "u": "\\u0041",',
    '  "e": []',
    '}',
  ]);
});

test('100,000 levels and 200,000 elements are a tree', () => {
  expect(scan(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)?.nodes.count).toBe(100_000);
  expect(scan(`[${'1,'.repeat(199_999)}1]`)?.nodes.children[0]).toBe(200_000);
});

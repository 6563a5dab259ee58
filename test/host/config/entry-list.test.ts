import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { insertEntry, moveEntry } from '../../../proxy-engine/host/config/entry-list.ts';
import { parseSource } from '../../../proxy-engine/host/config/source.ts';

const head = "# ours\nversion:   1   # aligned\npools: { p: { backends: [{ url: 'http://a' }] } }\n";
const one = '  # the first\n  - name: one   # here\n    request: [{ delete: [a, b] }]\n\n';
const two = '  - { name: two,   match: "path = /a" }\n';
const three = '  # last\n  - name: three\n';
const text = `${head}rules:\n${one}${two}${three}\n# end\n`;

it.each<[from: number, to: number, entries: string]>([
  [0, 2, two + three + one],
  [2, 0, three + one + two],
  [1, 0, two + one + three],
])('moves the lines of entry %i to %i and touches no other', (from, to, entries) => {
  const moved = moveEntry(parseSource(text), 'rules', from, to).text;
  // The blank line below an entry stays where it was.
  expect(moved.replaceAll(/\n+/g, '\n')).toBe(`${head}rules:\n${entries}\n# end\n`.replaceAll(/\n+/g, '\n'));
});

it.each<[at: number, entries: string]>([
  [0, `  - name: new\n    match: path = /\n${one}${two}${three}`],
  [3, `${one}${two}${three}  - name: new\n    match: path = /\n`],
])('adds lines at %i and touches no other', (at, entries) => {
  expect(insertEntry(parseSource(text), 'rules', at, { name: 'new', match: 'path = /' }).text).toBe(
    `${head}rules:\n${entries}\n# end\n`,
  );
});

it('does without lines where there are none', () => {
  const brackets = 'rules: [{ name: a }, { name: b }]\n';
  expect(parse(moveEntry(parseSource(brackets), 'rules', 0, 1).text)).toEqual({
    rules: [{ name: 'b' }, { name: 'a' }],
  });
  expect(parse(insertEntry(parseSource('rules: []\n'), 'rules', 0, { name: 'a' }).text)).toEqual({
    rules: [{ name: 'a' }],
  });
  expect(moveEntry(parseSource('rules:\n- name: a\n- name: b'), 'rules', 1, 0).text).toBe(
    'rules:\n- name: b\n- name: a\n',
  );
});

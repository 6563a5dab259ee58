import { expect, it } from 'vitest';
import { type Edit, editText } from '../../../proxy-engine/host/config/edit.ts';
import { parseSource } from '../../../proxy-engine/host/config/source.ts';

const text = `# top
version:   1   # aligned
routes:
  - { name: a,   match: 'path = /a', pool: p }   # the first


pools: { p: { backends: [{ url: 'http://127.0.0.1:1' }] } }
rules:
  # keep
  - name: one
    match: 'path ^= /api/'
    request:
      - set: { x: y }    # tail
      - delete: [a, b]
  - { name: two, request: [{ delay: 300ms }, { delete: [a] }] }
  # three
  - name: three
    response: [{ set: { x: '1' } }]
# end
`;

const DELAY = { delay: '1s' };

it.each<[name: string, edit: Edit, before: string, after: string]>([
  ['a value', { path: ['rules', 0, 'match'], value: 'path = /' }, "'path ^= /api/'", 'path = /'],
  [
    'a map',
    { path: ['rules', 0, 'request', 0, 'set'], value: { x: 'y', z: true } },
    '{ x: y }    # tail',
    '{ x: y, z: true }    # tail',
  ],
  [
    'one more in a list of lines',
    { path: ['rules', 0, 'request', 2], value: { append: { q: 'r' } } },
    '      - delete: [a, b]\n',
    '      - delete: [a, b]\n      - append:\n          q: r\n',
  ],
  [
    'one more in brackets',
    { path: ['rules', 1, 'request', 2], value: { set: { a: 'b' } } },
    '{ delete: [a] }]',
    '{ delete: [a] }, { set: { a: b } }]',
  ],
  [
    'a list in brackets',
    { path: ['rules', 1, 'request'], value: [{ delay: '1s' }] },
    '[{ delay: 300ms }, { delete: [a] }]',
    '[{ delay: 1s }]',
  ],
  [
    'a key taken out of an entry with a comment above it',
    { path: ['rules', 2, 'response'], value: null },
    "    response: [{ set: { x: '1' } }]\n",
    '',
  ],
  [
    'several lines in place of one',
    { path: ['rules', 0, 'match'], value: 'path = /a\nor path = /b' },
    "match: 'path ^= /api/'\n",
    'match: |-\n      path = /a\n      or path = /b\n',
  ],
  [
    'several lines that are new',
    { path: ['rules', 2, 'match'], value: 'path = /a\nor path = /b\n' },
    'name: three\n',
    'name: three\n    match: |\n      path = /a\n      or path = /b\n',
  ],
  [
    'several lines in braces',
    { path: ['rules', 2, 'response', 0, 'set', 'x'], value: 'a\nb' },
    "x: '1' }",
    'x: "a\\nb" }',
  ],
  [
    'the same twice is written twice',
    { path: ['rules', 1, 'request'], value: [DELAY, DELAY] },
    '[{ delay: 300ms }, { delete: [a] }]',
    '[{ delay: 1s }, { delay: 1s }]',
  ],
  [
    'a list in another order, with its comments',
    { path: ['rules', 0, 'request'], value: [{ delete: ['a', 'b'] }, { set: { x: 'y' } }] },
    '      - set: { x: y }    # tail\n      - delete: [a, b]\n',
    '      - delete: [a, b]\n      - set: { x: y } # tail\n',
  ],
  [
    'an entry taken out, with its comment',
    { path: ['rules', 2], value: null },
    "  # three\n  - name: three\n    response: [{ set: { x: '1' } }]\n",
    '',
  ],
  [
    'an entry put at the end',
    { path: ['rules', 3], value: { name: 'four' } },
    "{ x: '1' } }]\n",
    "{ x: '1' } }]\n  - name: four\n",
  ],
  [
    'a key at the top',
    { path: ['groups', 'G'], value: { select: 'one' } },
    '# end\n',
    '# end\ngroups:\n  G:\n    select: one\n',
  ],
])('%s: nothing else changes', (_name, edit, before, after) => {
  expect(text).toContain(before);
  expect(editText(text, [edit])).toBe(text.replace(before, () => after));
});

const shared = `pools:
  8080: { backends: [{ url: 'http://127.0.0.1:1' }] }
  a: &a
    policy: random
    backends: &l
      - { url: 'http://127.0.0.1:1', weight: &w 3 }
  b: *a
  c: { <<: *a, slowStart: 1s }
  d:
    backends: *l
    panicThreshold: *w
`;

it.each<[name: string, edit: Edit, before: string, after: string]>([
  ['a name that is a number', { path: ['pools', '8080', 'policy'], value: 'first' }, '] }\n', '], policy: first }\n'],
  ['all of a name that is a number', { path: ['pools', '8080'], value: null }, `${shared.split('\n')[1]}\n`, ''],
  [
    'a value in an alias',
    { path: ['pools', 'b', 'policy'], value: 'first' },
    'b: *a\n',
    'b:\n    policy: first\n    backends:\n      - url: http://127.0.0.1:1\n        weight: 3\n',
  ],
  [
    'a value in a list that is an alias',
    { path: ['pools', 'd', 'backends', 0, 'state'], value: 'maint' },
    'd:\n    backends: *l\n',
    'd:\n    backends:\n      - url: http://127.0.0.1:1\n        weight: 3\n        state: maint\n',
  ],
  [
    'a value in what a merge key brings',
    { path: ['pools', 'c', 'backends', 0, 'weight'], value: null },
    'slowStart: 1s }',
    'slowStart: 1s, backends: [{ url: http://127.0.0.1:1 }] }',
  ],
  ['a value with an anchor', { path: ['pools', 'a', 'backends', 0, 'weight'], value: 5 }, '&w 3', '&w 5'],
  [
    'a list with an anchor',
    { path: ['pools', 'a', 'backends'], value: [{ url: 'http://127.0.0.1:2', weight: 1 }] },
    "      - { url: 'http://127.0.0.1:1', weight: &w 3 }",
    '      - url: http://127.0.0.1:2\n        weight: 1',
  ],
])('%s: nothing else changes, what stands elsewhere is written out', (name, edit, before, after) => {
  const text = name === 'a list with an anchor' ? shared.replace(/    panic.*\n/, '') : shared;
  expect(text).toContain(before);
  expect(editText(text, [edit])).toBe(text.replace(before, () => after));
});

it.each<[before: string, edit: Edit, after: string]>([
  ['rules: []\n', { path: ['rules'], value: [{ name: 'a' }] }, 'rules:\n  - name: a\n'],
  ['rules: [] # none\n', { path: ['rules'], value: [{ name: 'a' }] }, 'rules: # none\n  - name: a\n'],
  ['routes:\n- name: r\nrules: []\n', { path: ['rules', 0], value: 'a' }, 'routes:\n- name: r\nrules:\n- a\n'],
  ['pools: {}\n', { path: ['pools', 'p'], value: {} }, 'pools:\n  p: {}\n'],
  ['pools: {}\n', { path: ['pools', 'p', 'url'], value: 'u' }, 'pools:\n  p:\n    url: u\n'],
  ['pools: { p: { b: [] } }\n', { path: ['pools', 'p', 'b', 0], value: 1 }, 'pools: { p: { b: [1] } }\n'],
  ['rules:\n  - name: a\npools: {}\n', { path: ['rules', 0], value: null }, 'rules: []\npools: {}\n'],
])('empty brackets say nothing of what comes into them: %j', (before, edit, after) => {
  const odd = 'version:   1   # aligned\n';
  expect(editText(odd + before, [edit])).toBe(odd + after);
});

it('several lines stay below each other, and keep what is said of them', () => {
  const block = 'a:\n  - b: | # said\n      one\n        two\n\n    c: x # here\nd: e\n';
  const edits = [
    { path: ['a', 0, 'b'], value: 'three\n  four\n' },
    { path: ['a', 0, 'c'], value: 'y\nz' },
  ];
  expect(editText(block, edits)).toBe(
    'a:\n  - b: | # said\n      three\n        four\n\n    c: |- # here\n      y\n      z\nd: e\n',
  );
});

it('takes nothing away that others have by its anchor', () => {
  expect(() => editText(shared, [{ path: ['pools', 'a'], value: null }])).toThrow(
    'pools.a has an anchor (&) that others take; write out there (*) what they take from it first',
  );
});

it('reads a document that takes one anchor many times', () => {
  const many = `rules:\n${'  - request: &r [{ delay: 1ms }]\n'}${'  - request: *r\n'.repeat(500)}`;
  expect(parseSource(many).issues).toEqual([]);
});

it('loses no comment where a line has to go', () => {
  const edited = editText(text, [{ path: ['rules', 0, 'match'], value: null }]);
  expect(edited.match(/#.*/g)).toEqual(text.match(/#.*/g));
});

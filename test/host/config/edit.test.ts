import { expect, it } from 'vitest';
import { type Edit, editText } from '../../../proxy-engine/host/config/edit.ts';

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

it.each<[name: string, edit: Edit, before: string, after: string]>([
  ['a value', { path: ['rules', 0, 'match'], value: 'path = /' }, "'path ^= /api/'", 'path = /'],
  [
    'a map',
    { path: ['rules', 0, 'request', 0, 'set'], value: { x: 'y', z: true } },
    '{ x: y }    # tail',
    '{ x: y, z: true } # tail',
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

it('loses no comment where a line has to go', () => {
  const edited = editText(text, [{ path: ['rules', 0, 'match'], value: null }]);
  expect(edited.match(/#.*/g)).toEqual(text.match(/#.*/g));
});

/** Edits of a config that is made of several documents: each lands in the document that has what it is about. */
import { expect, test } from 'vitest';
import type { ConfigEdit, Expectation, ParsedEdit } from '../../../proxy-engine/contract/config-edit.ts';
import { configEdit } from '../../../proxy-engine/contract/config-edit.ts';
import { checkExpectations, editSources } from '../../../proxy-engine/host/config/edit-sources.ts';
import { parseSource } from '../../../proxy-engine/host/config/source.ts';

const OWN = `# own
rules:
  - name: One
    match: path = /one
  - name: Two
pools: { own: { policy: random } }
`;
const TEAM = `# the team's
rules:
  - { name: Team, response: [{ set: { x: '1' } }] }
  - name: Last
groups: { Shared: {} }
pools: { team: { policy: first } }
`;
const sources = [parseSource(OWN, 'own.yaml'), parseSource(TEAM, 'redis://h/team')];
const edited = (...edits: ConfigEdit[]) =>
  Object.fromEntries(
    editSources(
      sources,
      edits.map((edit): ParsedEdit => configEdit.parse(edit)),
    ).map(({ file, text }) => [file, text]),
  );

test.each<[what: string, edit: ConfigEdit, source: string, before: string, after: string]>([
  ['an own rule', { path: ['rules', 'One', 'match'], value: 'path = /1' }, 'own.yaml', '/one', '/1'],
  [
    'an included rule',
    { path: ['rules', 'Last', 'match'], value: 'path = /' },
    'redis://h/team',
    '  - name: Last\n',
    '  - name: Last\n    match: path = /\n',
  ],
  ['an included rule that goes', { path: ['rules', 'Last'], value: null }, 'redis://h/team', '  - name: Last\n', ''],
  ['an included pool', { path: ['pools', 'team', 'policy'], value: 'random' }, 'redis://h/team', 'first', 'random'],
  [
    'an included group',
    { path: ['groups', 'Shared', 'select'], value: 'one' },
    'redis://h/team',
    'Shared: {}',
    'Shared: { select: one }',
  ],
  [
    'a new rule, with as many own rules as there are',
    { insert: 'rules', value: { name: 'New' } },
    'own.yaml',
    '  - name: Two\n',
    '  - name: Two\n  - name: New\n',
  ],
  [
    'a new rule before another',
    { insert: 'rules', value: { name: 'New' }, before: 'Two' },
    'own.yaml',
    '  - name: Two\n',
    '  - name: New\n  - name: Two\n',
  ],
  [
    'a new rule of the team',
    { insert: 'rules', value: { name: 'New' }, source: 'redis://h/team' },
    'redis://h/team',
    '  - name: Last\n',
    '  - name: Last\n  - name: New\n',
  ],
  [
    'an own rule that moves',
    { move: 'rules', name: 'One' },
    'own.yaml',
    '  - name: One\n    match: path = /one\n  - name: Two\n',
    '  - name: Two\n  - name: One\n    match: path = /one\n',
  ],
  [
    'an included rule that moves',
    { move: 'rules', name: 'Last', before: 'Team' },
    'redis://h/team',
    TEAM.slice(TEAM.indexOf('  - {'), TEAM.indexOf('groups')),
    `  - name: Last\n  - { name: Team, response: [{ set: { x: '1' } }] }\n`,
  ],
])('%s', (_what, edit, source, before, after) => {
  const text = source === 'own.yaml' ? OWN : TEAM;
  const wanted = text.replace(before, () => after);
  const found = edited(edit);
  expect(Object.keys(found)).toEqual([source]);
  expect(found[source]).toBe(wanted);
});

test('the first route or rule of a document, in YAML and in JSON', () => {
  const insert = (text: string) =>
    editSources([parseSource(text)], [configEdit.parse({ insert: 'rules', value: { name: 'a' } })])[0]?.text;
  expect(insert('version: 1\n')).toBe('version: 1\nrules:\n  - name: a\n');
  expect(insert('# a\n---\n# b\n')).toBe('# a\n---\nrules:\n  - name: a\n\n# b\n');
  expect(insert('rules: []\n')).toBe('rules:\n  - name: a\n');
  expect(insert('{\n  "version": 1\n}\n')).toBe(
    '{\n  "version": 1,\n  "rules": [\n    {\n      "name": "a"\n    }\n  ]\n}\n',
  );
});

test('the order of a JSON document', () => {
  const text = JSON.stringify({ rules: [{ name: 'a' }, { name: 'b' }] });
  const moved = editSources([parseSource(text)], [configEdit.parse({ move: 'rules', name: 'a' })])[0]?.text ?? '';
  expect(JSON.parse(moved)).toEqual({ rules: [{ name: 'b' }, { name: 'a' }] });
});

test('several edits know an entry by the name that it had', () => {
  const found = edited(
    { path: ['rules', 'One', 'name'], value: 'Uno' },
    { path: ['rules', 'One', 'match'], value: 'path = /uno' },
    { move: 'rules', name: 'One' },
    { insert: 'rules', value: { name: 'Zero' }, before: 'Two' },
  );
  expect(found['own.yaml']).toBe(
    OWN.replace(/ {2}- name: One[^]*Two\n/, '  - name: Zero\n  - name: Two\n  - name: Uno\n    match: path = /uno\n'),
  );
});

test('conditions that ask for a route or rule follow it to its new name, in every document and form', () => {
  process.env.SWITCHYARD_TEST_NAME = 'old';
  const documents = [
    `routes:\n  - name: \${SWITCHYARD_TEST_NAME} # one\nrules:\n  - { name: R, match: &m 'route = old and path ^= "/a"' } # kept\n  - name: Alias\n    match: *m\n`,
    'rules:\n  - &base\n    name: A\n    match: |\n      path = /a\n      or route in (x, old)\n    group: G\n  - { <<: *base, name: B, match: "not route = old" }\n  - { <<: *base, name: C }\n',
    '{\n  "rules": [{ "name": "J", "match": "route = old" }]\n}\n',
    'rules: [{ name: other, match: route ^= old }]\n',
  ].map((text, index) => parseSource(text, `${index}`));
  const rename = (name: string, value: string) =>
    editSources(documents, [configEdit.parse({ path: ['routes', name, 'name'], value })]);
  expect(rename('old', 'new one').map(({ text }) => text)).toEqual([
    documents[0]?.text
      .replace('${SWITCHYARD_TEST_NAME}', 'new one')
      .replace(`'route = old and path ^= "/a"'`, 'route = "new one" and path ^= "/a"'),
    documents[1]?.text.replace('x, old', 'x, "new one"').replace('"not route = old"', `not route = "new one"`),
    '{\n  "rules": [\n    {\n      "name": "J",\n      "match": "route = \\"new one\\""\n    }\n  ]\n}\n',
  ]);
});

test.each<[what: string, edit: ConfigEdit, message: RegExp]>([
  [
    'a rule that nobody has',
    { path: ['rules', 'Gone', 'match'], value: 'x' },
    /no rule is called "Gone"; it may have been renamed or deleted/,
  ],
  [
    'before one of another document',
    { move: 'rules', name: 'One', before: 'Team' },
    /Team stands in another document than own\.yaml/,
  ],
  ['a document that there is not', { insert: 'rules', value: {}, source: 'b.yaml' }, /not made of b\.yaml/],
])('refused: %s', (_what, edit, message) => {
  expect(() => edited(edit)).toThrow(message);
});

test('a place in a list is no address of a rule', () => {
  const parsed = configEdit.safeParse({ path: ['rules', 2], value: { name: 'New' } });
  expect(parsed.success).toBe(false);
  expect(configEdit.safeParse({ path: ['rules'], value: [] }).success).toBe(false);
});

test('what a name with a variable stands for is the name', () => {
  process.env.SWITCHYARD_TEST_NAME = 'Mine';
  const source = parseSource('rules:\n  - name: ${SWITCHYARD_TEST_NAME}\n    enabled: true\n');
  const edit = configEdit.parse({ path: ['rules', 'Mine', 'enabled'], value: false });
  expect(editSources([source], [edit])[0]?.text).toBe(
    'rules:\n  - name: ${SWITCHYARD_TEST_NAME}\n    enabled: false\n',
  );
});

test('what comes from an anchor is overridden in its place, and not taken out of it', () => {
  const source = parseSource('rules:\n  - &base { name: A, match: path = /a, group: G }\n  - { <<: *base, name: B }\n');
  const set = configEdit.parse({ path: ['rules', 'B', 'match'], value: 'path = /b' });
  expect(editSources([source], [set])[0]?.text).toContain('{ <<: *base, name: B, match: path = /b }');
  const removed = configEdit.parse({ path: ['rules', 'B', 'group'], value: null });
  expect(() => editSources([source], [removed])).toThrow('rules.B.group comes from an anchor; take it out there');
});

test.each<[what: string, expected: Expectation, message: RegExp | null]>([
  ['as it is', { path: ['rules', 'One', 'match'], value: 'path = /one' }, null],
  ['nothing where nothing is', { path: ['rules', 'Two', 'match'], value: null }, null],
  ['a free name', { path: ['rules', 'New'], value: null }, null],
  [
    'another value',
    { path: ['rules', 'One', 'match'], value: 'path = /old' },
    /rules\.One\.match was changed by somebody else: it was "path = \/old" when you began, and is "path = \/one" now/,
  ],
  [
    'a rule that is gone',
    { path: ['rules', 'Gone'], value: { name: 'Gone' } },
    /it was a map with name when you began, and is nothing now/,
  ],
])('expected: %s', (_what, expected, message) => {
  const check = (): void => checkExpectations(sources, [expected]);
  if (message === null) expect(check).not.toThrow();
  else expect(check).toThrow(message);
});

const windows = parseSource(
  `rules:\r\n  # the first\r\n  - name: A\r\n    match: |\r\n      path = /a\r\n\r\n  # the second\r\n  - name: B # here\r\n`,
);

test.each<[what: string, edit: ConfigEdit, before: string, after: string]>([
  ['a new key', { path: ['rules', 'B', 'enabled'], value: false }, 'here\r\n', 'here\r\n    enabled: false\r\n'],
  ['a line taken out', { path: ['rules', 'A', 'match'], value: null }, '    match: |\r\n      path = /a\r\n', ''],
  ['an entry taken out', { path: ['rules', 'B'], value: null }, '  # the second\r\n  - name: B # here\r\n', ''],
  ['a new entry', { insert: 'rules', value: { name: 'C' } }, 'here\r\n', 'here\r\n  - name: C\r\n'],
  ['a new part', { path: ['groups', 'G'], value: {} }, 'here\r\n', 'here\r\ngroups:\r\n  G: {}\r\n'],
  [
    'an entry moved, with its comment',
    { move: 'rules', name: 'B', before: 'A' },
    windows.text.slice(8),
    '\r\n  # the second\r\n  - name: B # here\r\n  # the first\r\n  - name: A\r\n    match: |\r\n      path = /a\r\n',
  ],
])('lines that end in CR LF stay so: %s', (_what, edit, before, after) => {
  expect(windows.text).toContain(before);
  const [changed] = editSources([windows], [configEdit.parse(edit)]);
  expect(changed?.text).toBe(windows.text.replace(before, () => after));
});

test('JSON stays as it is indented', () => {
  const json = parseSource('{\r\n\t"rules": [\r\n\t\t{ "name": "A" },\r\n\t\t{ "name": "B" }\r\n\t]\r\n}\r\n');
  const [moved] = editSources([json], [configEdit.parse({ move: 'rules', name: 'B', before: 'A' })]);
  expect(moved?.text).toBe(
    '{\r\n\t"rules": [\r\n\t\t{\r\n\t\t\t"name": "B"\r\n\t\t},\r\n\t\t{\r\n\t\t\t"name": "A"\r\n\t\t}\r\n\t]\r\n}\r\n',
  );
});

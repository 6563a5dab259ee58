/** What a change of one entry costs does not go by how many others there are: those are not read, checked or compiled again. */
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { editSource } from '../../../proxy-engine/host/config/edit.ts';
import { insertEntry, moveEntry } from '../../../proxy-engine/host/config/entry-list.ts';
import { type LoadedConfig, loadConfig } from '../../../proxy-engine/host/config/load.ts';
import { readEntries } from '../../../proxy-engine/host/config/read-entries.ts';
import { type ConfigSource, parseSource } from '../../../proxy-engine/host/config/source.ts';
import { compileRules } from '../../../proxy-engine/rules/rule-set.ts';

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

it.each([
  [
    'lists and maps',
    'version: 1\npools:\n  a: { x: 1 }\n  "b c":\n    x: 2\n\n# rules\nrules:\n  # one\n  - name: a\n  - name: b\n',
  ],
  ['hyphens below the key', 'rules: # all\n- name: a\n  x:\n  - 1\n- name: b\nversion: 1'],
  [
    'what only looks like a comment',
    'rules:\n  - body: |\n      # a\n      b\n      # c\n  # two\n  - body: >+\n      d\n\n\n  - x',
  ],
  ['a number for a name', 'pools:\n  80: { x: 1 }\n  a: {}\n'],
  ['nothing below a key', 'rules:\npools: {}\nroutes: []\n'],
  ['a list in a list', 'rules:\n  - - a\n  - - b\n    - c\n'],
])('reads %s entry by entry as it would whole', (_what, text) => {
  expect(readEntries(text)?.value).toEqual(parseDocument(text).toJS());
});

it.each([
  ['an anchor', 'pools:\n  a: &x { b: 1 }\n  c: *x\n'],
  ['an alias', 'pools:\n  c: *x\n'],
  ['quotes that go on', 'rules:\n  - name: "a\n  - name: b"\n  - name: c\n'],
  ['brackets that go on', 'rules:\n  - [a,\n  b]\n'],
  ['a key of its own line', 'pools:\n  ? a\n  : b\n'],
  ['a key given twice', 'pools:\n  a: 1\n  a: 2\n'],
  ['a key at the top given twice', 'rules: []\nrules: []\n'],
  ['two documents', 'version: 1\n---\nversion: 1\n'],
  ['braces', '{ "version": 1 }\n'],
  ['a text over two lines', 'name:\n  a\n  b\n'],
  ['a prototype', '__proto__:\n  a: 1\n'],
  ['lines that end as those of Windows', 'version: 1\r\nrules:\r\n  - a\r\n'],
])('reads a document with %s whole', (_what, text) => {
  expect(readEntries(text)).toBeNull();
});

// ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const text = `# ours
pools:
  api: { backends: [{ url: 'http://127.0.0.1:1' }] }
  web: { backends: [{ url: 'http://127.0.0.1:2' }] }

routes:
  - { name: r1, match: path ^= /a, pool: api }
  - { name: r2, pool: web }
rules:
  # the first
  - name: a   # here
    request: [ { delay: 1ms } ]

  - name: b
    match: host = b
    limit: { requests: 1/s }
  # the last
  - name: c
    request:
      - set: { X-C: '\${C:-c}' }

capture: { bodies: 1KiB }
`;

function load(source: ConfigSource, before: readonly ConfigSource[] = []): LoadedConfig {
  const options = { baseDir: '/', environment: {}, readFile: () => '', parsed: [source, ...before] };
  const loaded = loadConfig(source.text, options);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded;
}

function changed(change: (source: ConfigSource) => ConfigSource) {
  const source = parseSource(text);
  const before = load(source).config;
  const edited = change(source);
  const after = load(edited).config;
  return { before, after, text: edited.text, rules: compileRules(after, { previous: compileRules(before) }) };
}

it('an edit of one entry leaves all others the objects that they were, from the text to what is compiled', () => {
  const {
    before,
    after,
    text: edited,
  } = changed((source) => editSource(source, { path: ['rules', 1, 'match'], value: 'host = c' }));
  expect(edited).toBe(text.replace('host = b', 'host = c'));
  expect(after.rules[1]).not.toBe(before.rules[1]);
  expect(after.rules[0]).toBe(before.rules[0]);
  expect(after.routes).toEqual(before.routes);
  expect(after.routes.every((route, i) => route === before.routes[i])).toBe(true);
  expect(after.pools['api']).toBe(before.pools['api']);
  const [old, now] = [compileRules(before), compileRules(after, { previous: compileRules(before) })];
  expect(now.rule('a')).not.toBe(old.rule('a'));
  expect(compileRules(after, { previous: now }).rule('a')).toBe(now.rule('a'));
  expect(compileRules(after, { previous: now, baseDir: '/other' }).rule('a')).not.toBe(now.rule('a'));
});

it('entries that an anchor makes the same object each have their own place', () => {
  const same = `pools:\n  a: &p { backends: [{ url: 'http://127.0.0.1:1' }] }\n  __proto__: *p\n  b: *p\n  c: { policy: random, backends: [{ url: 'http://127.0.0.1:2' }] }\n`;
  const { pools } = load(parseSource(same)).config;
  expect(Object.entries(pools).map(([name, { policy }]) => [name, policy])).toEqual([
    ['a', 'round_robin'],
    ['b', 'round_robin'],
    ['c', 'random'],
  ]);
});

it('what takes a variable is put together anew', () => {
  const { before, after } = changed((source) => editSource(source, { path: ['rules', 0, 'enabled'], value: false }));
  expect(after.rules[2]).not.toBe(before.rules[2]);
  expect(after.rules[2]).toEqual(before.rules[2]);
});

it.each<[string, (source: ConfigSource) => ConfigSource, string]>([
  [
    'taken out',
    (source) => editSource(source, { path: ['rules', 1], value: null }),
    text.replace(/ {2}- name: b\n.*\n.*\n/, ''),
  ],
  [
    'added',
    (source) => editSource(source, { path: ['routes', 2], value: { name: 'r3' } }),
    text.replace('rules:', '  - name: r3\nrules:'),
  ],
  [
    'put before another',
    (source) => insertEntry(source, 'rules', 1, { name: 'n' }),
    text.replace('  - name: b', '  - name: n\n  - name: b'),
  ],
  ['moved', (source) => moveEntry(source, 'routes', 1, 0), text.replace(/(.*r1.*\n)(.*r2.*\n)/, '$2$1')],
  [
    'of a map',
    (source) => editSource(source, { path: ['pools', 'web', 'policy'], value: 'random' }),
    text.replace(":2' }] }", ":2' }], policy: random }"),
  ],
  [
    'given a list, in the form of all lists',
    (source) => editSource(source, { path: ['rules', 1, 'response'], value: [{ delete: ['x'] }] }),
    text.replace('limit: { requests: 1/s }', 'limit: { requests: 1/s }\n    response:\n      - delete:\n          - x'),
  ],
])('an entry that is %s changes its own lines, and the document is not read whole', (_what, change, expected) => {
  const source = parseSource(text);
  const edited = change(source);
  expect(edited.text).toBe(expected);
  expect(edited.value).toEqual(parseDocument(expected).toJS());
  for (const one of [source, edited]) expect(one.sections).not.toBeNull();
});

it('rules that did not change go on counting where they have got another place', () => {
  const before = compileRules(load(parseSource(text)).config);
  const moved = moveEntry(parseSource(text), 'rules', 1, 0);
  expect(before.rule('b')?.order).toBe(1);
  const config = load(moved).config;
  const first = compileRules(config, { previous: before });
  const again = compileRules({ ...config, rules: config.rules.toReversed() }, { previous: first });
  expect(again.rule('b')).toEqual({ ...first.rule('b'), order: 2 });
  expect(again.rule('b')?.limiter).toBe(first.rule('b')?.limiter);
});

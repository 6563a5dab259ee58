import { describe, expect, test } from 'vitest';
import { createEngineApi } from '../../../renderer/api/engine-api.ts';
import { createConfigStore } from '../../../renderer/rules/config-store.ts';
import { entryRange } from '../../../renderer/rules/document.ts';
import { editsBetween, issuesByField } from '../../../renderer/rules/edits.ts';
import { headerLinesOf } from '../../../renderer/rules/header-lines.ts';
import { addRule, freeName } from '../../../renderer/rules/new-rule.ts';
import {
  addHeaderLine,
  applyDraft,
  changeOperation,
  draftOf,
  draftProblems,
} from '../../../renderer/rules/rule-draft.ts';
import { entriesIn } from '../config-parts.ts';
import { exampleConfigText } from '../examples.ts';
import { fakeEngine } from '../fake-engine.ts';

const rulesOf = (text: string) => entriesIn(text).rules.map(({ raw }) => raw);
const rules = rulesOf(exampleConfigText);
const [rewrite] = rules;
if (!rewrite) throw new Error('the example has rules');

describe('the document', () => {
  test('rules as they are written', () => {
    expect(rules.map((rule) => rule.name)).toEqual(['Header rewrite', 'Strip server', 'Slow search']);
    expect(rules[2]?.request).toEqual([{ delay: '300ms' }]);
  });

  test.each(['', 'rules: 3', 'rules:\n  - [broken', '- 1'])('%j has none', (text) => {
    expect(rulesOf(text)).toEqual([]);
  });

  test('knows where a rule stands', () => {
    const range = entryRange(exampleConfigText, 'rules', 'Strip server');
    expect(exampleConfigText.slice(range?.from, range?.to)).toMatch(/^name: Strip server/);
    expect(entryRange(exampleConfigText, 'rules', 'Gone')).toBeNull();
  });
});

describe('the draft of a rule', () => {
  test('nothing edited is nothing changed', () => {
    for (const [index, rule] of rules.entries())
      expect(editsBetween(['rules', index], rule, applyDraft(rule, draftOf(rule)))).toEqual([]);
  });

  test('a condition over several lines is kept as it is', () => {
    const rule = { name: 'A', match: 'path = /a\nor path = /b\n', request: [{ delay: '1s' }] };
    expect(draftOf(rule).match).toBe('path = /a or path = /b');
    expect(applyDraft(rule, { ...draftOf(rule), request: [] })).toEqual({ name: 'A', match: rule.match });
    expect(applyDraft(rule, { ...draftOf(rule), match: ' path = /c ' }).match).toBe('path = /c');
  });

  test('a changed value is one edit at its place', () => {
    const draft = draftOf(rewrite);
    const request = draft.request.map((line) =>
      line.kind === 'header' && line.name === 'user-agent' ? { ...line, value: 'Mine/2' } : line,
    );
    expect(editsBetween(['rules', 0], rewrite, applyDraft(rewrite, { ...draft, request }))).toEqual([
      { path: ['rules', 0, 'request', 0, 'set', 'user-agent'], value: 'Mine/2' },
    ]);
  });

  test.each<[what: string, before: unknown[], after: unknown[], edits: [at: (string | number)[], value: unknown][]]>([
    ['the last', ['a', 'b', 'c'], ['a', 'b'], [[[2], null]]],
    ['the first', ['a', 'b', 'c'], ['b', 'c'], [[[0], null]]],
    [
      'two apart',
      ['a', 'b', 'c', 'd'],
      ['b', 'd'],
      [
        [[2], null],
        [[0], null],
      ],
    ],
    [
      'one, and another is changed',
      [{ a: 1 }, { b: 1 }, { c: 1 }],
      [{ b: 1 }, { c: 2 }],
      [
        [[2, 'c'], 2],
        [[0], null],
      ],
    ],
    ['all', ['a', 'b'], [], [[[], []]]],
    ['none, in another order', ['a', 'b'], ['b', 'a'], [[[], ['b', 'a']]]],
    ['none, one more', ['a'], ['a', 'b'], [[[1], 'b']]],
  ])('taken out of a list: %s', (_what, before, after, edits) => {
    expect(editsBetween(['l'], before, after)).toEqual(edits.map(([at, value]) => ({ path: ['l', ...at], value })));
  });

  test('a new header joins the action before it when it is of that kind', () => {
    const draft = draftOf(rewrite);
    const response = addHeaderLine(draft.response).map((line) =>
      line.kind === 'header' && line.name === '' ? { ...line, name: 'x-more', value: '1' } : line,
    );
    expect(applyDraft(rewrite, { ...draft, response }).response).toEqual([
      { set: { 'x-proxy': 'switchyard', 'x-more': '1' } },
    ]);
  });

  test('another operation is an action of its own; other actions keep their place', () => {
    const draft = draftOf(rewrite);
    const request = changeOperation(draft.request, 0, 'delete');
    expect(applyDraft(rewrite, { ...draft, request }).request).toEqual([
      { delete: ['x-proxy-added'] },
      { set: { 'user-agent': 'Switchyard/1.0' } },
      { delete: ['x-secret-internal'] },
      { path: { replace: '^/v1/', with: '/anything/' } },
    ]);
  });

  test('what is emptied is removed from the document', () => {
    const draft = { ...draftOf(rewrite), group: '', response: [] };
    expect(editsBetween(['rules', 0], rewrite, applyDraft(rewrite, draft))).toEqual([
      { path: ['rules', 0, 'group'], value: null },
      { path: ['rules', 0, 'response'], value: null },
    ]);
  });

  test('mistakes by field', () => {
    const draft = { ...draftOf(rewrite), name: 'Strip server', request: addHeaderLine([]) };
    expect(draftProblems(draft, ['Strip server'])).toEqual({ name: 'nameTaken', 'request.0.name': 'badHeaderName' });
    expect(draftProblems({ ...draft, name: ' ', request: [] }, [])).toEqual({ name: 'noName' });
  });
});

test('issues of the engine find their field', () => {
  const issues = [
    { path: 'rules[1].match', message: 'unknown field "pth"' },
    { path: 'rules[1].request[0].set', message: 'bad value' },
    { path: 'pools.api', message: 'elsewhere' },
  ];
  expect(issuesByField(issues, { place: 1, source: 'demo.yaml' })).toEqual({
    match: 'unknown field "pth"',
    request: 'bad value',
    '': 'pools.api: elsewhere',
  });
});

test('header lines typed by hand', () => {
  expect(headerLinesOf('Accept: a:b\n\nnonsense\n x-y :z')).toEqual([
    ['Accept', 'a:b'],
    ['x-y', 'z'],
  ]);
});

describe('the config store', () => {
  const storeOver = async () => {
    const engine = fakeEngine();
    const config = createConfigStore(createEngineApi(engine.connection, () => {}));
    await config.load();
    return { engine, config };
  };

  const texts = (config: Awaited<ReturnType<typeof storeOver>>['config']): string => config.store.getState().text;

  test('keeps what a change did, and takes it back', async () => {
    const { config } = await storeOver();
    const before = texts(config);
    expect(await config.apply('version: 1\n')).toEqual({ ok: true });
    expect(config.store.getState()).toMatchObject({ text: 'version: 1\n', past: [[{ before }]] });
    expect(await config.undo()).toEqual({ ok: true });
    expect(config.store.getState()).toMatchObject({ text: before, past: [] });
    expect(await config.undo()).toEqual({ ok: false, reason: 'nothing' });
    expect(await config.redo()).toEqual({ ok: true });
    expect(texts(config)).toBe('version: 1\n');
    expect(await config.redo()).toEqual({ ok: false, reason: 'nothing' });
  });

  test('undo that is asked for while the first change is under way takes it back', async () => {
    const { config } = await storeOver();
    const before = texts(config);
    const both = Promise.all([config.apply('version: 1\n'), config.undo()]);
    expect(config.store.getState()).toMatchObject({ past: [], underWay: 2 });
    expect(await both).toEqual([{ ok: true }, { ok: true }]);
    expect(config.store.getState()).toMatchObject({ text: before, past: [], underWay: 0 });
  });

  test('undo and redo leave what others changed elsewhere', async () => {
    const { engine, config } = await storeOver();
    const before = texts(config);
    await config.edit([{ path: ['rules', 'Slow search', 'group'], value: 'Mine' }]);
    engine.changeText(`# theirs\n${texts(config)}`);
    // What others did may not have come yet.
    expect(await config.undo()).toEqual({ ok: true });
    expect(texts(config)).toBe(`# theirs\n${before}`);
    engine.changeText(`${texts(config)}# more\n`);
    expect(await config.redo()).toEqual({ ok: true });
    expect(texts(config)).toMatch(/^# theirs\n[^]*group: Mine[^]*# more\n$/);
  });

  test('undo is refused where others changed the same lines', async () => {
    const { engine, config } = await storeOver();
    await config.edit([{ path: ['rules', 'Slow search', 'match'], value: 'path = /mine' }]);
    engine.changeText(texts(config).replace('path = /mine', 'path = /theirs'));
    await config.load();
    expect(await config.undo()).toEqual({ ok: false, reason: 'conflict', source: 'demo.yaml' });
    expect(texts(config)).toContain('path = /theirs');
  });

  test('a text is applied together with what others changed meanwhile, and never over it', async () => {
    const { engine, config } = await storeOver();
    const base = texts(config);
    engine.changeText(`# theirs\n${base}`);
    await config.load();
    expect(await config.apply(`${base}# mine\n`, base)).toEqual({ ok: true });
    expect(texts(config)).toBe(`# theirs\n${base}# mine\n`);
    expect(await config.apply(`# mine\n${base}`, base)).toMatchObject({ ok: false, conflict: true });
    expect(texts(config)).toBe(`# theirs\n${base}# mine\n`);
  });

  test('an edit of what somebody else has changed is refused', async () => {
    const { engine, config } = await storeOver();
    const path = ['rules', 'Slow search', 'match'];
    const value = rules[2]?.match;
    engine.changeText(texts(config).replace(String(value), 'path = /theirs'));
    expect(await config.edit([{ path, value: 'path = /mine' }], [{ path, value }])).toMatchObject({
      ok: false,
      conflict: true,
      message: expect.stringContaining('"path = /theirs" now'),
    });
    expect(texts(config)).toContain('path = /theirs');
  });

  test('a refused text changes nothing and says what is wrong', async () => {
    const { config } = await storeOver();
    const outcome = await config.apply('bogus: 1');
    expect(outcome).toMatchObject({ ok: false, issues: [{ line: 12 }] });
    expect(config.store.getState().past).toEqual([]);
  });

  test('a new rule goes to the end under a free name', async () => {
    const { engine, config } = await storeOver();
    expect(await addRule(config, 'Strip server')).toMatchObject({ name: 'Strip server 2', outcome: { ok: true } });
    expect(engine.calls).toContainEqual({
      command: 'config.edit',
      input: { edits: [{ insert: 'rules', value: { name: 'Strip server 2' } }], expect: [] },
    });
    expect(freeName('A', ['A', 'A 2'])).toBe('A 3');
  });
});

import { describe, expect, test } from 'vitest';
import { createEngineApi } from '../../../renderer/api/engine-api.ts';
import { createConfigStore } from '../../../renderer/rules/config-store.ts';
import { entryRange, insertEntry, moveEntry, rulesOf } from '../../../renderer/rules/document.ts';
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
import { exampleConfigText } from '../examples.ts';
import { fakeEngine } from '../fake-engine.ts';

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

  test('moving keeps comments and everything else', () => {
    const moved = moveEntry(exampleConfigText, 'rules', 0, 2);
    expect(rulesOf(moved).map((rule) => rule.name)).toEqual(['Strip server', 'Slow search', 'Header rewrite']);
    expect(moved).toContain('# who we are');
    expect(moved).toContain("# the shop's API");
    expect(moveEntry(moved, 'rules', 2, 0)).toBe(moveEntry(exampleConfigText, 'rules', 0, 0));
    expect(moveEntry(exampleConfigText, 'rules', 0, 7)).toBe(exampleConfigText);
  });

  test('an entry more, wherever', () => {
    const more = insertEntry(exampleConfigText, 'routes', 1, { name: 'new', pool: 'api' });
    expect(more).toMatch(/name: api[^]*name: new[^]*name: canary/);
    expect(more).toContain("# the shop's API");
    expect(insertEntry('version: 1\n', 'rules', 0, { name: 'a' })).toBe('version: 1\nrules:\n  - name: a\n');
  });

  test('knows where a rule stands', () => {
    const range = entryRange(exampleConfigText, 'rules', 1);
    expect(exampleConfigText.slice(range?.from, range?.to)).toMatch(/^name: Strip server/);
    expect(entryRange(exampleConfigText, 'rules', 9)).toBeNull();
  });
});

describe('the draft of a rule', () => {
  test('nothing edited is nothing changed', () => {
    for (const [index, rule] of rules.entries())
      expect(editsBetween(['rules', index], rule, applyDraft(rule, draftOf(rule)))).toEqual([]);
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
  expect(issuesByField(issues, 1)).toEqual({
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

  test('keeps the text before a change, and puts it back', async () => {
    const { config } = await storeOver();
    const before = config.store.getState().text;
    expect(await config.apply('version: 1\n')).toEqual({ ok: true });
    expect(config.store.getState()).toMatchObject({ text: 'version: 1\n', past: [before] });
    expect(await config.undo()).toBe(true);
    expect(config.store.getState()).toMatchObject({ text: before, past: [] });
    expect(await config.undo()).toBe(false);
    expect(await config.redo()).toBe(true);
    expect(config.store.getState().text).not.toBe(exampleConfigText);
    expect(await config.redo()).toBe(false);
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
      input: { edits: [{ path: ['rules', '-'], value: { name: 'Strip server 2' } }] },
    });
    expect(freeName('A', ['A', 'A 2'])).toBe('A 3');
  });
});

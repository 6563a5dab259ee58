import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { actionKind, flagText, isOn, kindsOf, readAction, writeAction } from '../../../renderer/rules/action-kinds.ts';
import { addAction, applyDraft, draftOf, draftProblems, moveLine } from '../../../renderer/rules/rule-draft.ts';
import { presetOf, THROTTLE_PRESETS } from '../../../renderer/rules/throttle-presets.ts';

const REQUEST: readonly [id: string, action: unknown][] = [
  ['path', { path: { replace: '^/v1/', with: '/anything/' } }],
  ['pathSet', { path: { set: '/x' } }],
  ['query', { query: { set: { debug: '1' }, delete: ['utm_source', 'utm_medium'] } }],
  ['query', { query: { delete: ['a'] } }],
  ['method', { method: 'POST' }],
  ['scheme', { scheme: 'https' }],
  ['host', { host: 'a.test:8080' }],
  ['pool', { pool: 'api' }],
  ['backend', { backend: 'api/a' }],
  ['respond', { respond: { status: 404, headers: { 'retry-after': '30' }, body: 'gone\nfor good' } }],
  ['respond', { respond: { bodyFile: './a.json' } }],
  ['mapLocal', { mapLocal: { dir: './overrides', strip: '/assets', missing: 404 } }],
  ['mapLocal', { mapLocal: { dir: './overrides', missing: 'pass' } }],
  ['mapLocal', { mapLocal: { missing: 404, index: false, strip: '/a', dir: '.' } }],
  ['mapLocal', { mapLocal: { dir: './overrides', index: false } }],
  ['mapLocalFile', { mapLocal: { file: './a.js' } }],
  ['mapRemote', { mapRemote: { url: 'https://a.test', preserveHost: true } }],
];
const BOTH: readonly [id: string, action: unknown][] = [
  ['replaceHeader', { replaceHeader: { name: 'location', replace: '^http:', with: 'https:' } }],
  ['bodySet', { body: { set: 'a\nb' } }],
  ['bodyReplace', { body: { replace: 'a', with: '' } }],
  ['bodyPatch', { body: { jsonPatch: [{ op: 'replace', path: '/a', value: [1, null] }] } }],
  ['bodyFile', { body: { file: './a' } }],
  ['delay', { delay: '300ms' }],
  ['throttle', { throttle: { down: '1.5Mbps', latency: '150ms' } }],
  ['abort', { abort: 'hang' }],
  ['breakpoint', { breakpoint: true }],
  ['script', { script: './a.js' }],
  ['mark', { mark: { color: 'red', note: 'look' } }],
];
const RESPONSE: readonly [id: string, action: unknown][] = [['status', { status: 503 }]];
const all = [...REQUEST, ...BOTH, ...RESPONSE];

test.each(all)('%s is read and written back: %j', (id, action) => {
  const read = readAction(action);
  expect(read?.id).toBe(id);
  expect(read && writeAction(read.id, read.fields)).toEqual(action);
});

test('every kind is shown, and the engine takes what is written', () => {
  expect(new Set(all.map(([id]) => id))).toEqual(new Set([...kindsOf('request'), ...kindsOf('response')]));
  const request = [...REQUEST, ...BOTH].map(([, action]) => action);
  const response = [...BOTH, ...RESPONSE].map(([, action]) => action);
  expect(configSchema.safeParse({ version: 1, rules: [{ name: 'a', request, response }] }).error).toBeUndefined();
});

test.each([{ nonsense: 1 }, { path: 3 }, { delay: { a: 1 } }, 'text', null, { respond: { status: 200, more: 1 } }])(
  '%j stays as it is',
  (action) => {
    expect(readAction(action)).toBeNull();
    expect(applyDraft({ name: 'a' }, draftOf({ name: 'a', request: [action] })).request).toEqual([action]);
  },
);

describe('the draft of a rule', () => {
  const rule = { name: 'a', limit: { requests: '50/s', burst: 20 }, request: [{ delay: '1s' }, { abort: 'reset' }] };

  test('actions are added and moved', () => {
    const draft = draftOf(rule);
    expect(applyDraft(rule, { ...draft, request: moveLine(draft.request, 0, 1) }).request).toEqual([
      { abort: 'reset' },
      { delay: '1s' },
    ]);
    expect(moveLine(draft.request, 0, -1)).toEqual(draft.request);
    expect(applyDraft(rule, { ...draft, request: addAction([], 'scheme') }).request).toEqual([{ scheme: 'http' }]);
  });

  test('the limit', () => {
    const draft = draftOf(rule);
    expect(applyDraft(rule, draft)).toEqual(rule);
    const limit = { ...draft.limit, key: 'header x-user', burst: '' };
    expect(applyDraft(rule, { ...draft, limit }).limit).toEqual({ requests: '50/s', key: 'header x-user' });
    expect(applyDraft(rule, { ...draft, limit: { ...limit, requests: ' ' } })).not.toHaveProperty('limit');
  });
});

test('a preset is known by its values, and the engine takes them', () => {
  expect(presetOf(THROTTLE_PRESETS.slow3g)).toBe('slow3g');
  expect(presetOf({ down: '1Mbps', up: '', latency: '' })).toBeUndefined();
  const request = Object.values(THROTTLE_PRESETS).map((throttle) => ({ throttle }));
  expect(configSchema.safeParse({ version: 1, rules: [{ name: 'a', request }] }).error).toBeUndefined();
});

describe('what cannot stand in the document as it was typed', () => {
  const problems = (headers: string) =>
    draftProblems(
      { ...draftOf({ name: 'a' }), request: [{ kind: 'fields', id: 'respond', fields: { headers }, group: 0 }] },
      [],
    );

  test.each([
    ['x-a: b\nx-token abc', { 'request.0.headers': { kind: 'header', line: 'x-token abc' } }],
    ['Set-Cookie: a=1\nset-cookie: b=2', { 'request.0.headers': { kind: 'repeated', name: 'set-cookie' } }],
    ['link: <a>\nLink: <b>', {}],
  ])('headers %j', (headers, found) => {
    expect(problems(headers)).toEqual(found);
  });

  test('lines of one header that is a list are joined', () => {
    const fields = { headers: 'Link: <a>; rel=x\nlink: <b>; rel=y\nx: 1' };
    expect(writeAction('respond', fields)).toEqual({
      respond: { headers: { Link: '<a>; rel=x, <b>; rel=y', x: '1' } },
    });
  });

  test('a parameter of a query is set once', () => {
    const line = { kind: 'fields', id: 'query', fields: { set: 'a=1\nb\na=2' }, group: 0 } as const;
    expect(draftProblems({ ...draftOf({ name: 'a' }), request: [line] }, [])).toEqual({
      'request.0.set': { kind: 'repeated', name: 'a' },
    });
  });

  test('a limit without a rate is told', () => {
    const draft = draftOf({ name: 'a' });
    expect(draftProblems({ ...draft, limit: { ...draft.limit, burst: '5' } }, [])).toEqual({ limit: 'noRate' });
    expect(draftProblems(draft, [])).toEqual({});
  });
});

describe('a flag', () => {
  test.each([
    ['mapLocal', 'index', { dir: '.' }],
    ['mapRemote', 'preserveHost', { url: 'http://a' }],
  ] as const)('of %s: %s is shown as it is without a word, and can be turned', (id, name, value) => {
    const config = configSchema.parse({ version: 1, rules: [{ name: 'a', request: [{ [id]: value }] }] });
    const [action] = config.rules[0]?.request ?? [];
    const usual = (action as Record<string, Record<string, unknown>>)[id]?.[name];
    const flag = actionKind(id).fields.find((field) => field.name === name) ?? {};
    expect(isOn(flag, '')).toBe(usual);
    for (const on of [true, false]) expect(isOn(flag, flagText(flag, on))).toBe(on);
    expect(isOn(flag, String(!usual))).toBe(!usual);
  });
});

import { describe, expect, test } from 'vitest';
import { draftOf, matchIssueOf } from '../../../renderer/rules/rule-draft.ts';
import { paintExpression, paintPattern } from '../../../renderer/ui/expression-paint.ts';

describe('paintExpression', () => {
  test.each([
    'pool = api and (attempts > 1 or status = 5xx)',
    'header[x-user] ~ "^a b"',
    'half typed and (',
    '',
    '漢字 = 1',
    '"never closed',
  ])('%j is painted whole', (text) => {
    expect(
      paintExpression(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });

  test('fields, operators, values and words', () => {
    expect(paintExpression('pool = api and failed').filter((part) => part.kind !== 'plain')).toEqual([
      { text: 'pool', kind: 'field' },
      { text: '=', kind: 'operator' },
      { text: 'api', kind: 'value' },
      { text: 'and', kind: 'word' },
      { text: 'failed', kind: 'field' },
    ]);
  });

  test('a mistake is marked where it is', () => {
    expect(paintExpression('pth = 1', { from: 0, to: 3 })[0]).toEqual({ text: 'pth', kind: 'mistake' });
    expect(paintPattern('a(b', { from: 1, to: 2 }).map(({ kind }) => kind)).toEqual(['plain', 'mistake', 'plain']);
  });

  test('what is missing at the end is marked behind it', () => {
    expect(paintExpression('host =', { from: 6, to: 6 }).at(-1)).toEqual({ text: '\u00a0', kind: 'mistake' });
  });
});

test.each([
  { match: '', request: true, wrong: false },
  { match: 'path ^= /v1/', request: true, wrong: false },
  { match: 'pth ^= /v1/', request: true, wrong: true },
  { match: 'status = 500', request: true, wrong: true },
  { match: 'status = 500', request: false, wrong: false },
])('the condition $match of a rule (request actions: $request) is wrong: $wrong', ({ match, request, wrong }) => {
  const line = { kind: 'header' as const, operation: 'set' as const, name: 'a', value: 'b', group: 0 };
  const draft = { ...draftOf({ name: 'x', match }), request: request ? [line] : [], response: request ? [] : [line] };
  expect(matchIssueOf(draft) !== undefined).toBe(wrong);
});

import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { enSentence } from '../../../renderer/i18n/en/sentence.ts';
import { zhTwSentence } from '../../../renderer/i18n/zh-tw/sentence.ts';
import { matchIssueOf } from '../../../renderer/rules/rule-draft.ts';
import { sentenceOf } from '../../../renderer/traffic/expression-sentence.ts';
import { paintExpression } from '../../../renderer/ui/expression-paint.ts';

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
  });
});

describe('sentenceOf', () => {
  const sentence = (text: string, words = enSentence): string => {
    const parsed = parseExpression(text);
    return parsed.ok ? sentenceOf(parsed.expression, words) : `refused: ${parsed.issues[0]?.message}`;
  };

  test.each([
    ['pool = api and (attempts > 1 or status = 5xx)', 'pool is api and (attempts is more than 1 or status is 5xx)'],
    ['not failed', 'not failed'],
    ['method in (GET, POST)', 'method is one of GET, POST'],
    ['has header[x-user]', 'header x-user is there'],
    ['rule = "Header rewrite"', 'rule is “Header rewrite”'],
    ['duration >= 200ms', 'duration is at least 200ms'],
    ['"login"', 'the URL contains “login”'],
  ])('%s', (text, expected) => {
    expect(sentence(text)).toBe(expected);
  });

  test('in 繁體中文', () => {
    expect(sentence('pool = api and attempts > 1', zhTwSentence)).toBe('pool 是 api，且 attempts 大於 1');
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
  const draft = { name: 'x', group: '', match, request: request ? [line] : [], response: request ? [] : [line] };
  expect(matchIssueOf(draft) !== undefined).toBe(wrong);
});

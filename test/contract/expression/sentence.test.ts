import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS, FLAGS } from '../../../proxy-engine/contract/expression/fields.ts';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { type SentenceLanguage, sentence } from '../../../proxy-engine/contract/expression/sentence.ts';

function tell(text: string, language: SentenceLanguage): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issues[0]?.message}`);
  return sentence(parsed.expression, language);
}

describe('sentences', () => {
  it.each([
    [
      'pool = api and (retried or status = 5xx)',
      'exchanges of pool api that needed more than one attempt, or were answered with a server error',
      '集區為 api，嘗試超過一次，或以伺服器錯誤回應的交換',
    ],
    ['attempts > 1', 'exchanges that needed more than one attempt', '嘗試超過 1 次的交換'],
    ['pool = api', 'exchanges of pool api', '集區為 api 的交換'],
    [
      'method in (GET, POST) and host = a.test',
      'exchanges with method GET or POST to host a.test',
      '方法為 GET 或 POST，主機為 a.test 的交換',
    ],
    ['error = connect', 'exchanges that have an error that is connect', '錯誤為 connect 的交換'],
    ['path ^= /v1/', 'exchanges that have a path that starts with /v1/', '路徑開頭為 /v1/ 的交換'],
    [
      'not (failed or status in (404, 5xx))',
      'exchanges that did not fail and were not answered with 404 or a server error',
      '沒有失敗，且不以 404 或伺服器錯誤回應的交換',
    ],
    [
      'not (failed and sse)',
      'exchanges that did not fail, or are not event streams',
      '沒有失敗，或不屬於事件串流的交換',
    ],
    ['"out of stock"', 'exchanges that have “out of stock” in the URL', '網址中有「out of stock」的交換'],
    [
      'duration > 200ms and backend = a',
      'exchanges of backend a that took more than 200 ms',
      '後端為 a，耗時超過 200 ms 的交換',
    ],
    [
      'rule = "Header rewrite"',
      'exchanges that were touched by rule “Header rewrite”',
      '經規則「Header rewrite」處理的交換',
    ],
    ['rule != x', 'exchanges that were not touched by rule x', '未經規則 x 處理的交換'],
    ['not header[x] = a', 'exchanges that have no header x that is a', '標頭 x 不為 a（或沒有）的交換'],
    ['header[x] != a', 'exchanges that have no header x that is a', '標頭 x 不為 a（或沒有）的交換'],
    ['not header[x] != a', 'exchanges that have a header x that is a', '標頭 x 為 a 的交換'],
    [
      'not cookie[x] in (a, b) and path != /c',
      'exchanges that have no cookie x that is a or b and have a path that is not /c',
      'Cookie x 不為 a 或 b（或沒有），且路徑不為 /c 的交換',
    ],
    // What failed before any backend answered is not mocked either.
    ['not mocked', 'exchanges that were not answered in place of a backend', '並非代替後端直接回應的交換'],
    ['websocket', 'exchanges that are WebSockets', '屬於 WebSocket 的交換'],
    ['error != ""', 'exchanges that have no error that is empty', '錯誤不為空（或沒有）的交換'],
    ['query = ""', 'exchanges that have a query that is empty', '查詢字串為空的交換'],
    ['not has header[x-a]', 'exchanges that have no header x-a', '沒有標頭 x-a 的交換'],
    [
      'not responseSize < 10KiB',
      'exchanges that have a response size of at least 10 KiB',
      '回應大小不小於 10 KiB 的交換',
    ],
    [
      'grpc and (failed or sse)',
      'exchanges that are gRPC calls and either failed or are event streams',
      '屬於 gRPC，且（失敗或屬於事件串流）的交換',
    ],
    [
      'failed or sse and grpc',
      'exchanges that failed, or both are event streams and are gRPC calls',
      '失敗，或（屬於事件串流且屬於 gRPC）的交換',
    ],
  ])('%s', (text, english, chinese) => {
    expect(tell(text, 'en')).toBe(english);
    expect(tell(text, 'zh-TW')).toBe(chinese);
  });

  it.each(Object.values(FIELDS).map(({ example }) => example))('%s has one', (example) => {
    expect(tell(example, 'en')).toMatch(/^exchanges \S/);
    expect(tell(`not ${example}`, 'en')).toMatch(/^exchanges that \S/);
    expect(tell(example, 'zh-TW')).toMatch(/的交換$/);
    expect(tell(example, 'zh-TW')).not.toBe(tell(`not ${example}`, 'zh-TW'));
  });

  it('every condition says something else when it is negated', () => {
    const conditions = [
      ...Object.keys(FLAGS),
      ...['=', '<', '<=', '>', '>=', '!='].map((op) => `status ${op} 200`),
      ...['=', '!=', '^=', '$=', '*=', '~', '~i'].map((op) => `path ${op} /a`),
    ];
    for (const language of ['en', 'zh-TW'] as const)
      for (const text of conditions) expect(tell(`not ${text}`, language)).not.toBe(tell(text, language));
  });

  it('any text can be told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (value) => {
        const quoted = `"${value.replace(/["\\]/g, '\\$&')}"`;
        for (const language of ['en', 'zh-TW'] as const)
          expect(tell(`note = ${quoted} or ${quoted}`, language)).toContain(value);
      }),
      { seed: 6 },
    );
  });
});

import { expect, test } from 'vitest';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { errorAnswer } from '../../proxy-engine/http/own-answer.ts';

test('a name in a header is its bytes in UTF-8: a character alone may be a line feed', () => {
  const { headers } = errorAnswer(new ProxyError('NO_BACKEND', ''), '上游');
  expect(headers.get('x-switchyard-pool')).toBe('\xe4\xb8\x8a\xe6\xb8\xb8');
});

import { expect, test } from 'vitest';
import { charsetOf } from '../../proxy-engine/contract/charset.ts';

test.each<[contentType: string | undefined, text: string, charset: string | undefined]>([
  ['text/html; charset=big5', '', 'big5'],
  ['text/html', '<meta charset=big5>', 'big5'],
  ['text/html; charset=utf-8', '<meta charset=big5>', 'utf-8'],
  ['text/plain', '<meta charset=big5>', undefined],
  [undefined, '', undefined],
  // A browser reads them as UTF-8, whatever they name (WHATWG HTML §9.2.5).
  ['text/event-stream;charset=ISO-8859-1', 'data: 1', 'utf-8'],
])('the charset of %j %j is %s', (contentType, text, charset) => {
  expect(charsetOf(Buffer.from(text), contentType)).toBe(charset);
});

import { expect, test } from 'vitest';
import { isForm, unescapedForm } from '../../../proxy-engine/store/record/form-text.ts';

test.each<[body: string, plain: string | null]>([
  ['', null],
  ['a=b&c=d', null],
  ['a=b+c', 'a=b c'],
  ['a=%41%7e&b=%2B', 'a=A~&b=+'],
  ['a=%E6%B8%AC', 'a=測'],
  ['a=100%', null],
  ['a=%zz%4g%g4%4', null],
  ['a=%+%41', 'a=% A'],
  ['%', null],
  ['%4', null],
  ['%41', 'A'],
  ['%%4141', '%A41'],
])('%j holds %j', (body, plain) => expect(unescapedForm(Buffer.from(body))?.toString() ?? null).toBe(plain));

test.each<[contentType: string, is: boolean]>([
  ['application/x-www-form-urlencoded', true],
  [' Application/X-WWW-Form-URLEncoded ; charset=big5', true],
  ['application/x-www-form-urlencoded-not', false],
  ['multipart/form-data', false],
  ['', false],
])('%j is a form: %s', (contentType, is) => expect(isForm(contentType)).toBe(is));

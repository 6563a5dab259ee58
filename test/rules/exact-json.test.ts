import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseExactly } from '../../proxy-engine/rules/exact-json.ts';

it.each([
  '12345678901234567890',
  '[1.10,1e3,-0,0.1234567890123456789,1E400,-1.0]',
  '{"id":9007199254740993,"a":{"b":[1.00]}}',
  '{"text":"1e3 and -0"}',
])('%s is printed as it was', (text) => {
  expect(JSON.stringify(parseExactly(text))).toBe(text);
});

it('reads what JSON.parse reads, and throws where it does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(JSON.stringify(parseExactly(text)))).toEqual(JSON.parse(text));
    }),
    { numRuns: 300, seed: 31 },
  );
  expect(() => parseExactly('{"a":1e3')).toThrow(SyntaxError);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { containing, containingAll, testOf } from '../../../proxy-engine/store/index/bytes-test.ts';

const LIKE_STRINGS = {
  '=': (text: string, wanted: string) => text === wanted,
  '^=': (text: string, wanted: string) => text.startsWith(wanted),
  '$=': (text: string, wanted: string) => text.endsWith(wanted),
  '*=': (text: string, wanted: string) => text.includes(wanted),
};

const few = fc.string({ unit: fc.constantFrom('a', 'b', '中'), maxLength: 6 });
const operator = fc.constantFrom<keyof typeof LIKE_STRINGS>('=', '^=', '$=', '*=');

it('says of a text between others what the operators say of strings', () => {
  fc.assert(
    fc.property(operator, few, few, few, few, (asked, before, text, after, wanted) => {
      const all = Buffer.from(before + text + after);
      const from = Buffer.byteLength(before);
      const to = from + Buffer.byteLength(text);
      expect(testOf(asked, Buffer.from(wanted))(all, from, to)).toBe(LIKE_STRINGS[asked](text, wanted));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

it('wants every text, in whatever order they are asked for', () => {
  const hasAll = containingAll(['/orders/', '777', '.json'].map((each) => containing(Buffer.from(each))));
  const texts = ['/orders/777.json', '/orders/777', '/orders/.json', '/777.json', '/orders/1777.json'];
  const answers = texts.map((text) => hasAll(Buffer.from(text), 0, text.length));
  expect(answers).toEqual([true, false, false, false, true]);
});

import { expect, test } from 'vitest';
import { howManyFit } from '../../../renderer/frame/listener-widths.ts';

const address = '127.0.0.1:8080';
const named = (...names: string[]) => names.map((name) => ({ name, address }));

test.each([
  { name: 'none', listeners: named(), width: 0, expected: 0 },
  {
    name: 'before the first measurement',
    listeners: named('a', 'b', 'c'),
    width: Number.POSITIVE_INFINITY,
    expected: 3,
  },
  { name: 'all', listeners: named('gateway', 'proxy'), width: 450, expected: 2 },
  { name: 'one, and the rest in a button', listeners: named('gateway', 'proxy'), width: 300, expected: 1 },
  { name: 'not even the first', listeners: named('gateway', 'proxy'), width: 150, expected: 0 },
  { name: 'a long name is cut', listeners: named('a'.repeat(200)), width: 320, expected: 1 },
])('listeners that find room: $name', ({ listeners, width, expected }) => {
  expect(howManyFit(listeners, width)).toBe(expected);
});

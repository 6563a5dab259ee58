import { expect, it } from 'vitest';
import { gathered } from '../../proxy-engine/contract/transfer.ts';

const note = (path: string, what = 'retry', why = 'none there') => ({ path, what, why });

it.each([
  ['nothing', [], []],
  ['one stays as it is', [note('pools.a.retry')], [{ ...note('pools.a.retry'), places: 1 }]],
  [
    'the same of several things is one, where the first stood',
    [note('pools.a.retry'), note('routes[0]', 'path'), note('pools.b.retry'), note('pools.c.retry')],
    [
      { ...note('pools.{a, b, c}.retry'), places: 3 },
      { ...note('routes[0]', 'path'), places: 1 },
    ],
  ],
  [
    'another reason is another entry',
    [note('pools.a.retry'), note('pools.b.retry', 'retry', 'once')],
    [
      { ...note('pools.a.retry'), places: 1 },
      { ...note('pools.b.retry', 'retry', 'once'), places: 1 },
    ],
  ],
  [
    'names of several parts and of none in common',
    [note('pools.a.b.retry'), note('pools.c.retry')],
    [{ ...note('pools.{a.b, c}.retry'), places: 2 }],
  ],
  ['nothing in common', [note('routes[0]'), note('rules[1]')], [{ ...note('routes[0], rules[1]'), places: 2 }]],
  ['one within the other', [note('pools.a'), note('pools.a.a')], [{ ...note('pools.a, pools.a.a'), places: 2 }]],
])('%s', (_, notes, expected) => {
  expect(gathered(notes)).toEqual(expected);
});

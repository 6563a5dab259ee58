import { expect, test } from 'vitest';
import { MessageLog } from '../../../proxy-engine/store/record/message-log.ts';
import { messageWindow } from '../../../proxy-engine/store/record/message-window.ts';

function logOf(count: number): MessageLog {
  const log = new MessageLog();
  const add = (text: string, type: 'text' | 'binary') => {
    const data = Buffer.from(text);
    log.add('client', { type, data, wireBytes: data.length, fragments: 1, compressed: false }, 0, 100);
  };
  for (let n = 0; n < count; n++) add(`Order ${n}`, 'text');
  add('raw ORDER', 'binary');
  add('nothing', 'text');
  return log;
}

test('without a text, the part that was asked for', () => {
  expect(messageWindow(logOf(3), { from: -2, limit: 1 })).toMatchObject({ total: 5, messages: [{ index: 3 }] });
  expect(messageWindow(null, { from: 0, limit: 1 })).toEqual({ total: 0, firstKept: 0, messages: [] });
});

test.each<[contains: string, from: number, indexes: number[], found: number, foundFrom: number]>([
  ['order', -2, [3, 4], 5, 3],
  ['ORDER', 0, [0, 1], 6, 0],
  ['order 1', -2, [1], 1, 0],
  ['raw', 0, [5], 1, 0],
  ['never', -2, [], 0, 0],
])('those with %s from %i on', (contains, from, indexes, found, foundFrom) => {
  const window = messageWindow(logOf(5), { from, limit: 2, contains });
  expect(window.messages.map(({ index }) => index)).toEqual(indexes);
  expect(window).toMatchObject({ total: 7, found, foundFrom });
});

import { describe, expect, it } from 'vitest';
import { MessageLog } from '../../../proxy-engine/store/record/message-log.ts';
import { MessageLogs } from '../../../proxy-engine/store/record/message-logs.ts';
import { gapPiece, messagePiece } from '../../../proxy-engine/store/record/record-pieces.ts';
import { recordedMessages } from '../../../proxy-engine/store/record/recorded-messages.ts';
import type { TappedMessage } from '../../../proxy-engine/websocket/frame-tap.ts';

const PARTS: [from: number, limit: number][] = [
  [0, 100],
  [-1, 5],
  [15, 2],
  [30, 1],
];

function message(data: Buffer | string, type: TappedMessage['type'] = 'text'): TappedMessage {
  const bytes = Buffer.from(data as string);
  return { type, data: bytes, wireBytes: bytes.length, fragments: 1, compressed: false };
}

describe('the messages of a WebSocket', () => {
  it('are told in their order, from the start or from the end', () => {
    const log = new MessageLog();
    for (const text of ['a', 'b', 'c', 'd']) log.add('client', message(text), 5, 100);
    const texts = (from: number, limit: number) => log.window(from, limit).map(({ data }) => data);
    expect(texts(0, 2)).toEqual(['a', 'b']);
    expect(texts(2, 9)).toEqual(['c', 'd']);
    expect(texts(-1, 9)).toEqual(['d']);
    expect(texts(-9, 2)).toEqual(['a', 'b']);
    expect(texts(4, 2)).toEqual([]);
  });

  it('are cut, a text never in the middle of a character', () => {
    const log = new MessageLog();
    log.add('server', message('aé漢'), 0, 4);
    log.add('server', message(Buffer.from([1, 2, 3, 4, 5]), 'binary'), 0, 4);
    expect(log.window(0, 2)).toMatchObject([
      { data: 'aé', sizeBytes: 6, truncated: true },
      { data: Buffer.from([1, 2, 3, 4]).toString('base64'), sizeBytes: 5, truncated: true },
    ]);
  });

  it('leave from the front when there is too much of them', () => {
    const log = new MessageLog();
    for (let i = 0; i < 100; i++) log.add('client', message('x'.repeat(10)), 0, 10);
    expect(log.total).toBe(100);
    expect(log.bytes).toBeLessThanOrEqual(80);
    expect(log.firstKept).toBeGreaterThan(90);
    expect(log.window(0, 1000).map(({ index }) => index)).toEqual(
      Array.from({ length: 100 - log.firstKept }, (_, i) => log.firstKept + i),
    );
  });
});

it('has no gaps: what was not recorded takes what came before along', () => {
  const logs = new MessageLogs();
  const add = (text: string) => logs.add(messagePiece(1, 'client', message(text), 0, 100), 100);
  add('a');
  logs.add(gapPiece(1, 5), 100);
  add('b');
  const log = logs.get(1);
  expect([log?.total, log?.firstKept, log?.window(0, 9).map(({ index, data }) => [index, data])]).toEqual([
    7,
    6,
    [[6, 'b']],
  ]);
});

describe('the messages of all WebSockets', () => {
  it('are bounded together, however many sockets there are; those that hold most lose the oldest', () => {
    const logs = new MessageLogs();
    const add = (id: number, size: number) => {
      const piece = messagePiece(id, 'client', message(Buffer.alloc(size, 1), 'binary'), 0, 1024 ** 2);
      logs.add(piece, 1024 ** 2);
    };
    for (let id = 1; id <= 40; id++) for (let n = 0; n < 50; n++) add(id, 64 * 1024);
    add(99, 10);
    const all = [...Array.from({ length: 40 }, (_, n) => n + 1), 99].map((id) => logs.get(id));
    expect(all.reduce((sum, log) => sum + (log?.heldBytes ?? 0), 0)).toBeLessThanOrEqual(96 * 1024 ** 2);
    expect([logs.get(1)?.total, logs.get(40)?.total, logs.get(99)?.firstKept]).toEqual([50, 50, 0]);
    for (let id = 1; id <= 40; id++) logs.take(id);
    for (let n = 0; n < 20; n++) add(7, 1024 ** 2);
    expect(logs.get(7)?.bytes).toBeLessThanOrEqual(8 * 1024 ** 2);
  });

  it('of which 100,000 passed on one: all are there, in windows', () => {
    const logs = new MessageLogs();
    for (let n = 0; n < 100_000; n++)
      logs.add(messagePiece(1, n % 2 ? 'server' : 'client', message(`message ${n}`), n, 1024 ** 2), 1024 ** 2);
    const log = logs.get(1);
    expect(log?.total).toBe(100_000);
    expect(log?.heldBytes).toBeLessThan(8 * 1024 ** 2);
    expect(log?.window(-2, 10).map(({ index, data }) => [index, data])).toEqual([
      [99_998, 'message 99998'],
      [99_999, 'message 99999'],
    ]);
    expect(log?.firstKept).toBe(0);
    expect(log?.window(54_321, 1)).toMatchObject([
      { index: 54_321, from: 'server', atMs: 54_321, data: 'message 54321' },
    ]);
  });

  it('of which next to nothing is in each: there is a bound on their number, too', () => {
    const log = new MessageLog();
    for (let n = 0; n < 500_010; n++) log.add('client', message(''), n, 1024 ** 2);
    expect([log.total, log.firstKept, log.window(0, 1)[0]?.atMs]).toEqual([500_010, 10, 10]);
  });

  it('take little memory: that of a socket with few messages, and that which was given back', () => {
    const log = new MessageLog();
    log.add('client', message('a'), 0, 100);
    expect(log.heldBytes).toBeLessThanOrEqual(1024);
    for (let n = 0; n < 9; n++) log.add('client', message('b'), 0, 100);
    log.dropHalf();
    expect([log.heldBytes, log.firstKept]).toEqual([5 * 37, 5]);
    log.add('client', message('c'), 0, 100);
    expect(log.window(-2, 9).map(({ index, data }) => [index, data])).toEqual([
      [9, 'b'],
      [10, 'c'],
    ]);
  });
});

describe('the messages that lie in a record', () => {
  it('are those that were kept, with all that is told of each', () => {
    const log = new MessageLog();
    for (let n = 0; n < 20; n++) log.add(n % 2 ? 'server' : 'client', message(`漢 ${n}`), n / 3, 6);
    log.add('server', { ...message('bye', 'close'), closeCode: 1001, compressed: true, fragments: 3 }, 9, 6);
    log.notes.push('it was no frame');
    const recorded = recordedMessages(log.text());
    expect(recorded).toMatchObject({ total: 21, firstKept: log.firstKept, notes: ['it was no frame'] });
    expect(log.firstKept).toBeGreaterThan(0);
    for (const [from, limit] of PARTS) expect(recorded.window(from, limit)).toEqual(log.window(from, limit));
    expect(recorded.window(-1, 1)).toMatchObject([{ closeCode: 1001, compressed: true, fragments: 3, data: 'bye' }]);
  });

  it('are read as older recordings have them', () => {
    const messages = new MessageLog();
    messages.add('client', message('a'), 1, 100);
    messages.add('client', message('b'), 2, 100);
    const told = messages.window(0, 9);
    const recorded = recordedMessages(JSON.stringify({ total: 2, firstKept: 0, notes: [], messages: told }));
    expect(recorded.window(-1, 1)).toEqual([told[1]]);
    expect([recorded.sent('client'), recorded.sent('server')]).toEqual(['a\nb', '']);
  });

  it('are read for a search a side at a time, a message a line', () => {
    const log = new MessageLog();
    log.add('client', message('ask'), 1, 100);
    log.add('server', message('answer 漢', 'binary'), 2, 100);
    log.add('server', message('beat', 'ping'), 3, 100);
    log.add('server', message('more'), 4, 100);
    log.add('server', message('bye', 'close'), 5, 100);
    for (const messages of [log, recordedMessages(log.text())])
      expect([messages.sent('client'), messages.sent('server')]).toEqual(['ask', 'answer 漢\nmore']);
  });
});

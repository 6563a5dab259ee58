import { describe, expect, it } from 'vitest';
import { MessageLog } from '../../proxy-engine/store/message-log.ts';
import type { TappedMessage } from '../../proxy-engine/websocket/frame-tap.ts';

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

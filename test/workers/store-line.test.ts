import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { BatchAnswer, RecordedBatch } from '../../proxy-engine/store/thread/thread-protocol.ts';
import { StoreLine } from '../../proxy-engine/workers/store-line.ts';

function setUp() {
  const { port1: own, port2: store } = new MessageChannel();
  onTestFinished(() => own.close());
  const taken: number[] = [];
  const line = new StoreLine(own, { onTaken: (bytes) => taken.push(bytes), onBack: () => {} });
  let settled = 0;
  return {
    taken,
    store,
    send: () => line.send({ type: 'batch', buffer: new ArrayBuffer(8), length: 8 } satisfies RecordedBatch),
    take: async (bytes: number) => {
      store.postMessage({ type: 'taken', bytes, state: {} } as BatchAnswer);
      await once(own, 'message');
    },
    settle: () => void line.settled().then(() => settled++),
    settled: () => settled,
    closed: () => once(own, 'close'),
  };
}

test('who asks waits for what was sent before, and for no more', async () => {
  const { taken, send, take, settle, settled } = setUp();
  settle();
  send();
  send();
  settle();
  send();
  await take(1);
  expect(settled()).toBe(1);
  await take(2);
  expect(settled()).toBe(2);
  expect(taken).toEqual([1, 2]);
});

test('nobody waits for a store thread that has ended', async () => {
  const { store, send, settle, settled, closed } = setUp();
  send();
  settle();
  store.close();
  await closed();
  settle();
  await new Promise(setImmediate);
  expect(settled()).toBe(2);
});

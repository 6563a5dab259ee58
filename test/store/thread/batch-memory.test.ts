import { expect, test } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { BATCH_BYTES, BatchMemory } from '../../../proxy-engine/store/thread/batch-memory.ts';
import { BatchRecorder } from '../../../proxy-engine/store/thread/batch-recorder.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sampleExchange } from '../sample-exchanges.ts';

test('memory that comes back is used again, each kind by itself', () => {
  const memory = new BatchMemory();
  const [own, shared] = [memory.own(), memory.shared()];
  memory.back(shared);
  memory.back(own);
  expect(memory.own()).toBe(own);
  expect(memory.shared()).toBe(shared);
  expect(memory.own()).not.toBe(own);
});

test('memory of another size, and more than is ever needed, is let go', () => {
  const memory = new BatchMemory();
  memory.back(new ArrayBuffer(BATCH_BYTES * 2));
  for (let n = 0; n < 20; n++) memory.back(new ArrayBuffer(BATCH_BYTES));
  const kept = new Set(Array.from({ length: 8 }, () => memory.own()));
  expect([...kept].every(({ byteLength }) => byteLength === BATCH_BYTES)).toBe(true);
});

test('short pieces and records go in memory of their own, large bodies in shared memory until that is full or handed over', () => {
  const sent: [isShared: boolean, length: number][] = [];
  const recorder = new BatchRecorder({
    clock: new FakeClock(),
    capture: configSchema.parse({ version: 1 }).capture,
    recording: true,
    newestId: 0,
    worker: 0,
    send: ({ buffer, length }) => sent.push([buffer instanceof SharedArrayBuffer, length]),
    onChange: () => {},
  });
  record(recorder, 1, 700);
  record(recorder, 2, 64 * 1024); // goes on in shared memory ...
  record(recorder, 3, 700); // ... as long as that has room
  recorder.flush();
  record(recorder, 4, 700);
  recorder.flush();
  recorder.stop();
  expect(sent.map(([isShared]) => isShared)).toEqual([false, true, false]);
  expect(sent[1]?.[1]).toBeGreaterThan(64 * 1024);
});

function record(recorder: BatchRecorder, id: number, bytes: number): void {
  const live = sampleExchange({ id });
  live.responseSizeBytes = bytes;
  recorder.body(live, 'response', Buffer.alloc(bytes));
  recorder.record(live);
}

/** Memory of batches that goes back is used again: nothing that is kept, shown or written may still lie in it. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { DiskStore } from '../../../proxy-engine/store/disk-store.ts';
import { ownTail } from '../../../proxy-engine/store/record/own-tail.ts';
import { RecordBatch } from '../../../proxy-engine/store/record/record-batch.ts';
import { CommonTexts } from '../../../proxy-engine/store/record/record-text.ts';
import { sampleExchange } from '../sample-exchanges.ts';

const { capture: limits } = configSchema.parse({ version: 1 });
const BATCH_BYTES = 64 * 1024;
const texts = new CommonTexts();

async function newStore(): Promise<DiskStore> {
  const directory = await mkdtemp(join(tmpdir(), 'held-batches-'));
  const { store } = DiskStore.open(directory, limits);
  onTestFinished(async () => {
    store.close();
    await rm(directory, { recursive: true, force: true });
  });
  return store;
}

/** The engine's side: memory that came back is overwritten, and counted. */
class Sender {
  readonly #store: DiskStore;
  #batch = new RecordBatch(new ArrayBuffer(BATCH_BYTES));
  sent = 0;
  back = 0;

  constructor(store: DiskStore) {
    this.#store = store;
  }

  body(id: number, offset: number, bytes: Buffer): void {
    if (this.#batch.addBody(id, 'response', offset, bytes, 0)) return;
    this.flush();
    this.#batch.addBody(id, 'response', offset, bytes, 0);
  }

  exchange(id: number, open: boolean): void {
    const live = sampleExchange({ id, open });
    const common = texts.of(live);
    const tail = ownTail(live, common);
    if (this.#batch.addExchange(live, common, tail, 1)) return;
    this.flush();
    this.#batch.addExchange(live, common, tail, 1);
  }

  flush(): void {
    const { buffer, length } = this.#batch.swap(new ArrayBuffer(BATCH_BYTES));
    this.sent++;
    this.#store.take(Buffer.from(buffer, 0, length), () => {
      this.back++;
      new Uint8Array(buffer).fill(0xee);
    });
  }
}

async function bodyOf(store: DiskStore, id: number): Promise<Buffer> {
  const read = await store.exchanges.readBody({ id, side: 'response', decoded: false, offset: 0, length: 1024 ** 2 });
  return Buffer.from(read?.data ?? '', 'base64');
}

/** As long as it should be, and no two alike. */
function sampleBody(id: number, length: number): Buffer {
  const pieces = Array.from({ length: Math.ceil(length / 32) }, (_, n) =>
    createHash('sha256').update(`${id} ${n}`).digest(),
  );
  return Buffer.concat(pieces).subarray(0, length);
}

test('bodies that come side by side are kept whole, and all memory comes back', async () => {
  const store = await newStore();
  const sender = new Sender(store);
  const bodies = new Map(Array.from({ length: 40 }, (_, n) => [n + 1, sampleBody(n + 1, 1000 + n * 9000)] as const));
  const PIECE = 7000;
  for (const id of bodies.keys()) if (id % 3 === 0) sender.exchange(id, true);
  for (let at = 0; at < 400_000; at += PIECE)
    for (const [id, body] of bodies) {
      if (at < body.length) sender.body(id, at, body.subarray(at, at + PIECE));
      if (at < body.length && at + PIECE >= body.length) sender.exchange(id, false);
    }
  sender.flush();
  for (const [id, body] of bodies) expect((await bodyOf(store, id)).equals(body), `${id}`).toBe(true);
  expect(sender.back).toBe(sender.sent);
});

test('what goes on is shown out of memory that is held, and of memory that is not', async () => {
  const store = await newStore();
  const sender = new Sender(store);
  const [large, small] = [sampleBody(1, 300_000), sampleBody(2, 3000)];
  for (const id of [1, 2]) sender.exchange(id, true);
  for (let at = 0; at < large.length; at += 10_000) sender.body(1, at, large.subarray(at, at + 10_000));
  sender.flush();
  const held = sender.sent - sender.back;
  expect(held).toBeGreaterThan(1);
  for (let at = 0; at < small.length; at += 1000) {
    sender.body(2, at, small.subarray(at, at + 1000));
    sender.flush();
  }
  expect(sender.sent - sender.back).toBe(held);
  for (const [id, body] of [large, small].entries()) expect((await bodyOf(store, id + 1)).equals(body)).toBe(true);
});

test('one slow body does not hold memory for each of its pieces', async () => {
  const store = await newStore();
  const sender = new Sender(store);
  const slow = sampleBody(1, 120 * 100);
  sender.exchange(1, true);
  for (let round = 0; round < 120; round++) {
    sender.body(1, round * 100, slow.subarray(round * 100, round * 100 + 100));
    // Another one fills the batch, and ends in the next.
    for (let at = 0; at < 50_000; at += 10_000) sender.body(round + 2, at, sampleBody(round, 10_000));
    sender.flush();
    sender.exchange(round + 2, false);
  }
  sender.flush();
  expect(sender.sent - sender.back).toBeLessThanOrEqual(96);
  sender.exchange(1, false);
  sender.flush();
  expect((await bodyOf(store, 1)).equals(slow)).toBe(true);
  expect(sender.back).toBe(sender.sent);
});

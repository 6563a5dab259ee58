/** Exchanges that went on when the engine was killed, and a disk that does not take their end: nothing of them is lost. */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { OpenJournal } from '../../../proxy-engine/store/disk/open-journal.ts';
import { Segments } from '../../../proxy-engine/store/disk/segments.ts';
import { DiskStore } from '../../../proxy-engine/store/disk-store.ts';
import { RecordBatch } from '../../../proxy-engine/store/record/record-batch.ts';
import { messagePiece } from '../../../proxy-engine/store/record/record-pieces.ts';
import { until } from '../../support/until.ts';
import { batchOf } from '../sample-exchanges.ts';

const { capture: limits } = configSchema.parse({ version: 1 });

afterEach(() => void vi.restoreAllMocks());

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'unended-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function messageOf(id: number, text: string): Buffer {
  const data = Buffer.from(text);
  const message = { type: 'text', data, wireBytes: data.length, fragments: 1, compressed: false } as const;
  const batch = new RecordBatch(new ArrayBuffer(1024));
  batch.addMessage(messagePiece(id, 'server', message, 100, limits.bodies));
  return batch.written();
}

function bodyOf(id: number, text: string): Buffer {
  const batch = new RecordBatch(new ArrayBuffer(1024));
  batch.addBody(id, 'response', 0, Buffer.from(text), 0);
  return batch.written();
}

/** A process that ends while two exchanges go on. */
async function leaveTwo(directory: string): Promise<void> {
  const { store } = DiskStore.open(directory, limits);
  store.take(batchOf([{ id: 1 }, { id: 2, open: true }, { id: 3, open: true }]));
  store.take(messageOf(2, 'said before'));
  store.take(bodyOf(3, 'came before'));
  await until(() => statSync(join(directory, 'going-on.journal')).size > 0);
  store.close();
}

function fillDisk(): void {
  vi.spyOn(Segments.prototype, 'append').mockImplementation(() => {
    throw new Error('ENOSPC: no space left on device, write');
  });
}

function messagesOf(store: DiskStore, id: number): string[] | undefined {
  return store.exchanges.messages({ id, from: 0, limit: 9 })?.messages.map(({ data }) => data);
}

async function bodyTextOf(store: DiskStore, id: number): Promise<string> {
  const read = await store.exchanges.readBody({ id, side: 'response', decoded: false, offset: 0, length: 99 });
  return Buffer.from(read?.data ?? '', 'base64').toString();
}

test('a full disk at the start: what came before is shown, kept through more restarts, and ended when there is room', async () => {
  const directory = await newDirectory();
  await leaveTwo(directory);
  fillDisk();
  for (let start = 0; start < 3; start++) {
    const { store } = DiskStore.open(directory, limits);
    expect(store.state().unended).toBe(
      'exchanges that went on when the engine ended could not be ended yet: ENOSPC: no space left on device, write',
    );
    expect(store.exchanges.get(2)?.durationMs).toBeUndefined();
    expect([messagesOf(store, 2), await bodyTextOf(store, 3)]).toEqual([['said before'], 'came before']);
    expect(await store.tidy(0)).toBe(false);
    store.close();
  }
  vi.restoreAllMocks();
  const { store } = DiskStore.open(directory, limits);
  onTestFinished(() => store.close());
  expect(store.state().unended).toBeNull();
  for (const id of [2, 3]) expect(store.exchanges.get(id)?.error?.code).toBe('INTERRUPTED');
  expect([messagesOf(store, 2), await bodyTextOf(store, 3)]).toEqual([['said before'], 'came before']);
  expect(statSync(join(directory, 'going-on.journal')).size).toBe(0);
});

test('there is room again while the engine runs: they are ended then, and what goes on now stays in the journal', async () => {
  const directory = await newDirectory();
  await leaveTwo(directory);
  fillDisk();
  const { store } = DiskStore.open(directory, limits);
  vi.restoreAllMocks();
  store.take(batchOf([{ id: 4, open: true }]));
  store.take(messageOf(4, 'said now'));
  const going = async () =>
    (await store.exchanges.query({ filter: 'not completed', from: 0, limit: 9, order: 'asc' })).total;
  const journal = join(directory, 'going-on.journal');
  const before = statSync(journal).size;
  await until(() => statSync(journal).size > before);
  expect([await going(), await store.tidy(0), await going()]).toEqual([3, true, 1]);
  expect([store.state().unended, await store.tidy(0)]).toEqual([null, false]);
  expect(statSync(journal).size).toBeGreaterThan(before);
  store.close();
  const again = DiskStore.open(directory, limits).store;
  onTestFinished(() => again.close());
  expect([messagesOf(again, 2), messagesOf(again, 4)]).toEqual([['said before'], ['said now']]);
  expect(await bodyTextOf(again, 3)).toBe('came before');
});

test('a file system that has become read-only does not end the store', async () => {
  const directory = await newDirectory();
  const { store } = DiskStore.open(directory, limits);
  onTestFinished(() => store.close());
  store.take(batchOf([{ id: 1, open: true }]));
  store.take(bodyOf(1, 'came before'));
  await until(() => statSync(join(directory, 'going-on.journal')).size > 0);
  const refuse = () => {
    throw new Error('EROFS: read-only file system, write');
  };
  for (const method of ['append', 'clear'] as const) vi.spyOn(OpenJournal.prototype, method).mockImplementation(refuse);
  vi.spyOn(Segments.prototype, 'append').mockImplementation(refuse);
  vi.spyOn(Segments.prototype, 'truncate').mockImplementation(refuse);
  store.take(batchOf([{ id: 1 }]));
  expect([await store.tidy(0), store.state().level]).toEqual([false, 'off']);
  expect(await bodyTextOf(store, 1)).toBe('');
});

test('all is cleared: they are not tried again', async () => {
  const directory = await newDirectory();
  await leaveTwo(directory);
  fillDisk();
  const { store } = DiskStore.open(directory, limits);
  onTestFinished(() => store.close());
  store.clear();
  expect([store.state().unended, await store.tidy(0)]).toEqual([null, false]);
  expect(statSync(join(directory, 'going-on.journal')).size).toBe(0);
});

test('a disk that is full when an exchange ends: it does not go on for ever', async () => {
  const { store } = DiskStore.open(await newDirectory(), limits);
  onTestFinished(() => store.close());
  store.take(
    batchOf([
      { id: 1, open: true },
      { id: 2, open: true },
      { id: 5, open: true },
    ]),
  );
  store.take(bodyOf(1, 'came before, '));
  store.take(messageOf(5, 'said before'));
  fillDisk();
  store.take(batchOf([{ id: 1, durationMs: 4000 }, { id: 3 }, { id: 4, open: true }, { id: 5 }], 5));
  expect([store.state().lost, await store.tidy(0)]).toEqual([1, false]);
  expect(store.exchanges.get(1)?.durationMs).toBeUndefined();
  vi.restoreAllMocks();
  expect([await store.tidy(0), await store.tidy(0), store.state().level]).toEqual([true, false, 'full']);
  expect(store.exchanges.get(1)).toMatchObject({ status: 200, durationMs: 4000 });
  expect(store.exchanges.get(1)?.error).toBeUndefined();
  expect(await bodyTextOf(store, 1)).toBe(`came before, ${'\x01'.repeat(5)}`);
  expect(messagesOf(store, 5)).toEqual(['said before']);
  expect([store.exchanges.get(2)?.durationMs, store.exchanges.get(3)]).toEqual([undefined, null]);
});

test('so many that their ends do not fit into memory: those that do not have ended all the same', async () => {
  const { store } = DiskStore.open(await newDirectory(), limits);
  onTestFinished(() => store.close());
  const ids = [1, 2, 3];
  for (const id of ids) store.take(batchOf([{ id, open: true }]));
  fillDisk();
  for (const id of ids) store.take(batchOf([{ id }], 7 * 1024 ** 2));
  expect(store.state().lost).toBe(1);
  vi.restoreAllMocks();
  expect(await store.tidy(0)).toBe(true);
  expect(ids.map((id) => store.exchanges.get(id)?.error?.message)).toEqual([
    undefined,
    undefined,
    'its end could not be recorded: the disk did not take it',
  ]);
});

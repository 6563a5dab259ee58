/** Text that many records have in common lies once before them, and everybody reads them as if they had it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { DiskStore } from '../../../proxy-engine/store/disk-store.ts';
import { batchOf, type Sample } from '../sample-exchanges.ts';

const { capture: limits } = configSchema.parse({ version: 1 });
const TRACE: Sample['trace'] = {
  traces: [{ name: 'a long name of a rule', phase: 'request', actions: [{ words: ['set a'], changes: [] }] }],
  traceValues: null,
  snapshots: null,
};
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'whole-records-'));
  closing.push(() => rmSync(directory, { recursive: true }));
  return directory;
}

function open(directory: string) {
  const opened = DiskStore.open(directory, limits);
  closing.unshift(() => opened.store.close());
  return opened;
}

function samplesOf(from: number, to: number, host = 'api.test:8080'): Sample[] {
  return Array.from({ length: to - from }, (_, n) => ({
    id: from + n,
    path: `/item/${from + n}`,
    host,
    trace: TRACE,
  }));
}

async function shown(store: DiskStore): Promise<string[]> {
  const { rows } = await store.exchanges.query({ filter: undefined, from: 0, limit: 1000, order: 'asc' });
  return rows.map(({ id, host, path, error }) => `${id} ${host}${path} ${error?.code ?? 'fine'}`);
}

function linesOf(samples: readonly Sample[]): string[] {
  return samples.map(({ id, host, path }) => `${id} ${host}${path} fine`);
}

it('writes what exchanges have in common once a batch', () => {
  const { store } = open(newDirectory());
  const [few, many] = [samplesOf(1, 2), samplesOf(2, 102)];
  store.take(batchOf(few));
  const first = store.state().bytes;
  store.take(batchOf(many));
  const each = (store.state().bytes - first) / many.length;
  expect(first - each).toBeGreaterThan(200);
  expect(store.exchanges.get(1)?.rules).toEqual(store.exchanges.get(101)?.rules);
});

it('reads the same whichever way it is asked', async () => {
  const { store } = open(newDirectory());
  const samples = samplesOf(1, 40);
  store.take(batchOf(samples, 300));
  expect(await shown(store)).toEqual(linesOf(samples));
  expect(store.exchanges.get(7)).toMatchObject({
    host: 'api.test:8080',
    path: '/item/7',
    rules: [{ name: 'a long name of a rule' }],
  });
  const found = async (filter: string) => (await store.exchanges.find(filter)).length;
  // Of the index, of bytes that are looked for, and of each recording.
  expect(await found('host = api.test')).toBe(39);
  expect(await found('requestHeader[x-id] = 7')).toBe(1);
  expect(await found('requestHeader[x-id] = 7 or rule *= long')).toBe(39);
});

it('finds all again without the index', async () => {
  const directory = newDirectory();
  const samples = [...samplesOf(1, 30), ...samplesOf(30, 60, 'other.test')];
  const { store } = open(directory);
  store.take(batchOf(samples, 100));
  closing.shift()?.();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, `index.db${suffix}`), { force: true });
  const again = open(directory);
  expect(again.note).toBe('the index of recordings was missing; 59 exchanges were found again');
  expect(await shown(again.store)).toEqual(linesOf(samples));
});

it('tells those as unreadable whose text is broken, and no others', async () => {
  const directory = newDirectory();
  const { store } = open(directory);
  store.take(batchOf(samplesOf(1, 4)));
  store.take(batchOf(samplesOf(4, 7)));
  closing.shift()?.();
  const file = join(directory, '00000001.seg');
  writeFileSync(file, readFileSync(file).fill(0xff, 0, 8));
  expect((await shown(open(directory).store)).map((line) => line.split(' ').at(-1))).toEqual([
    'UNREADABLE',
    'UNREADABLE',
    'UNREADABLE',
    'fine',
    'fine',
    'fine',
  ]);
});

it('forgets texts that were cleared', async () => {
  const { store } = open(newDirectory());
  store.take(batchOf(samplesOf(1, 10, 'before.test')));
  await shown(store);
  store.clear();
  const after = samplesOf(1, 10, 'after.test');
  store.take(batchOf(after));
  expect(await shown(store)).toEqual(linesOf(after));
});

/** What is read of recordings whose files were cut, changed or lost: everything that is whole, and a word about the rest. */
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { readFrames } from '../../proxy-engine/store/disk/record-frame.ts';
import { DiskStore } from '../../proxy-engine/store/disk-store.ts';
import { batchOf } from './sample-exchanges.ts';

const { capture: limits } = configSchema.parse({ version: 1 });
const IDS = Array.from({ length: 20 }, (_, n) => n + 1);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A directory with twenty exchanges, closed. */
async function recorded(): Promise<{ directory: string; segment: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'broken-files-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const { store } = DiskStore.open(directory, limits);
  for (const id of IDS) store.take(batchOf([{ id, path: `/item/${id}`, status: id % 2 ? 200 : 404 }], 40 + id));
  store.close();
  return { directory, segment: join(directory, '00000001.seg') };
}

function open(directory: string) {
  const opened = DiskStore.open(directory, limits);
  closing.unshift(() => opened.store.close());
  return opened;
}

async function rowsOf(store: DiskStore, filter?: string) {
  return (await store.exchanges.query({ filter, from: 0, limit: 1000, order: 'asc' })).rows;
}

async function idsOf(store: DiskStore, filter?: string) {
  return (await rowsOf(store, filter)).map(({ id }) => id);
}

/** Where each of the records ends. */
function endsIn(bytes: Buffer): { id: number; end: number }[] {
  const segments = { bytesOf: () => bytes.length, readInto: () => bytes };
  const { frames, block } = readFrames(segments, 1, 0, bytes) ?? { frames: [], block: bytes };
  return frames.map(({ at, whole }) => ({ id: block.readDoubleLE(at + 16), end: at + whole }));
}

it('tells every whole record of a file that is cut at any byte, and none that is not', async () => {
  const { segment } = await recorded();
  const all = readFileSync(segment);
  const ends = endsIn(all);
  expect(ends.map(({ id }) => id)).toEqual(IDS);
  for (let length = 1; length <= all.length; length++) {
    const found = endsIn(Buffer.from(all.subarray(0, length)));
    expect(found, `cut at ${length}`).toEqual(ends.filter(({ end }) => end <= length));
  }
});

it('shows what is left of a segment that was cut off, and says how much is not', async () => {
  const { directory, segment } = await recorded();
  const cut = endsIn(readFileSync(segment))[12]?.end ?? 0;
  truncateSync(segment, cut + 100);
  const { store, note } = open(directory);
  expect(note).toBe('7 recorded exchanges cannot be read: their files are cut off or missing');
  expect(await idsOf(store)).toEqual(IDS.slice(0, 13));
  store.take(batchOf([{ id: 21, path: '/after' }], 50));
  expect([store.exchanges.get(21)?.path, store.exchanges.get(13)?.path]).toEqual(['/after', '/item/13']);
});

it('says that a segment is gone', async () => {
  const { directory, segment } = await recorded();
  rmSync(segment);
  const { store, note } = open(directory);
  expect(note).toMatch(/^20 recorded exchanges cannot be read/);
  store.take(batchOf([{ id: 21 }], 50));
  expect(await idsOf(store)).toEqual([21]);
});

it.each([
  ['is no database', (file: string) => writeFileSync(file, 'this is none. '.repeat(500)), /not a database/],
  ['was cut', (file: string) => truncateSync(file, 5000), /malformed|not a database/],
  ['has pages of zeros', (file: string) => writeFileSync(file, zeroed(readFileSync(file))), /malformed|not a database/],
  ['is of another version', (file: string) => setVersion(file, 999), /has version 999/],
  ['is missing', (file: string) => rmSync(file), /the index of recordings was missing/],
] as const)('makes the index anew when it %s', async (_, spoil, reason) => {
  const { directory } = await recorded();
  spoil(join(directory, 'index.db'));
  const { store, note } = open(directory);
  expect(note).toMatch(reason);
  expect(note).toContain('20 exchanges were found again');
  expect(await idsOf(store)).toEqual(IDS);
  expect(await idsOf(store, 'status = 404')).toEqual(IDS.filter((id) => id % 2 === 0));
  const body = await store.exchanges.readBody({ id: 3, side: 'response', decoded: false, offset: 0, length: 100 });
  expect(Buffer.from(body?.data ?? '', 'base64')).toEqual(Buffer.alloc(43, 3));
  const aside = readdirSync(directory).filter((name) => name.startsWith('index.db.broken-'));
  expect(aside).toHaveLength(note?.includes('was moved to') ? 1 : 0);
});

it('goes on behind a record whose bytes are broken', async () => {
  const { directory, segment } = await recorded();
  const bytes = readFileSync(segment);
  const start = endsIn(bytes)[4]?.end ?? 0;
  bytes.fill(0xff, start, start + 64);
  writeFileSync(segment, bytes);
  const { store, note } = open(directory);
  expect(note).toBeNull();
  const rows = await rowsOf(store);
  expect(rows.map(({ id }) => id)).toEqual(IDS);
  expect(rows.flatMap(({ id, error }) => (error ? [[id, error.code]] : []))).toEqual([[6, 'UNREADABLE']]);
  expect(() => store.exchanges.get(6)).toThrow('broken');
  const others = IDS.filter((id) => id !== 6);
  expect(await idsOf(store, 'header[x-id] ~ "[0-9]"')).toEqual(others);
  expect(await idsOf(store, 'header[x-id] *= 1')).toEqual(others.filter((id) => String(id).includes('1')));
  store.close();
  closing.shift();
  rmSync(join(directory, 'index.db'));
  expect(open(directory).note).toMatch(/19 exchanges were found again, \d+ bytes belong to none/);
});

it('never throws or hangs on bytes that were changed at random', async () => {
  const { segment, directory } = await recorded();
  const whole = readFileSync(segment);
  let seed = 20_261_129;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 90; round++) {
    const bytes = Buffer.from(whole);
    for (let n = 0; n < 12; n++) bytes[random(bytes.length)] = random(256);
    writeFileSync(segment, bytes);
    rmSync(join(directory, 'index.db'), { force: true });
    const { store } = DiskStore.open(directory, limits);
    const rows = await rowsOf(store);
    expect(rows.length).toBeGreaterThan(6);
    await rowsOf(store, 'body *= "x" or header[a] = b');
    await rowsOf(store, 'responseBody *= "\u0003"');
    store.close();
  }
});

function zeroed(bytes: Buffer): Buffer {
  return bytes.fill(0, 4096);
}

function setVersion(file: string, version: number): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA user_version=${version}`);
  db.close();
}

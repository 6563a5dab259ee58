/** Saved recordings: kept, opened beside what is being recorded, compared, and taken elsewhere as one file without secrets. */
import fs, { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { SavedRecording } from '../../proxy-engine/contract/recording-commands.ts';
import { DiskStore } from '../../proxy-engine/store/disk-store.ts';
import { EXCHANGE, KIND_EXCHANGE } from '../../proxy-engine/store/record/record-format.ts';
import { pathPattern } from '../../proxy-engine/store/recordings/compare-recordings.ts';
import { SavedRecordings } from '../../proxy-engine/store/recordings/saved-recordings.ts';
import { batchOf, type Sample } from './sample-exchanges.ts';

const { capture: limits } = configSchema.parse({});
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function setUp(
  samples: readonly Sample[] = [],
  redact: readonly string[] = limits.redact,
  more: Partial<typeof limits> = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'recordings-'));
  const folder = join(directory, 'recordings');
  const { store } = DiskStore.open(join(directory, 'capture'), { ...limits, ...more });
  const saved = new SavedRecordings(folder, store.exchanges, () => redact);
  closing.push(async () => {
    await saved.close();
    store.close();
    await rm(directory, { recursive: true, force: true });
  });
  for (const sample of samples) store.take(batchOf([sample], 30));
  return { store, saved, folder };
}

async function idsIn(saved: SavedRecordings, recording: string | undefined, filter?: string) {
  const { rows } = await saved.read(recording, (from) => from.query({ filter, from: 0, limit: 1000, order: 'asc' }));
  return rows.map(({ id }) => id);
}

const opened = (saved: SavedRecordings, recording: string | undefined) => saved.read(recording, (from) => from);

const save = (saved: SavedRecordings, name: string, filter?: string) => saved.run('recordings.save', { name, filter });

/** The whole file, and what was taken out. */
async function fileOf(saved: SavedRecordings, recording?: string, redact = true) {
  let piece = await saved.run('recordings.export', { recording, redact });
  const parts = [piece.data];
  while (!piece.done) parts.push((piece = await saved.run('recordings.export', { export: piece.export })).data);
  return { file: Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))), redacted: piece.redacted };
}

async function importInPieces(saved: SavedRecordings, file: Buffer, size: number) {
  let answer: Awaited<ReturnType<SavedRecordings['run']>> | null = null;
  for (let at = 0; at < file.length; at += size) {
    const data = file.subarray(at, at + size).toString('base64');
    const first = answer as { import: number } | null;
    answer = await saved.run('recordings.import', { import: first?.import, data, last: at + size >= file.length });
  }
  return answer as unknown as { recording: SavedRecording; unreadableBytes: number };
}

const SECRET: Sample = {
  id: 7,
  path: '/secret',
  requestHeaders: ['Authorization: Bearer letmein', 'Cookie: a=letmein'],
  responseHeaders: ['Set-Cookie: s=letmein'],
  edit: (headers) => headers.append('Set-Cookie', 't=letmein'),
  trace: {
    traces: [
      {
        name: 'sign',
        phase: 'request',
        actions: [
          { words: ['set authorization'], changes: [{ op: 'set', name: 'authorization', values: ['letmein'] }] },
          { words: ['set x-a'], changes: [{ op: 'set', name: 'x-a', values: null }] },
          { words: ['append cookie'], changes: [{ op: 'append', name: 'cookie', values: null }] },
        ],
      },
    ],
    traceValues: ['kept', 'letmein'],
    snapshots: [{ phase: 'request', rule: null, action: 'hold', line: 'GET /secret', flat: ['Cookie', 'letmein'] }],
  },
};

describe('a saved recording', () => {
  it('has what there was, also when what is being recorded goes on and is cleared', async () => {
    const { store, saved } = await setUp([{ id: 1 }, { id: 2, status: 500 }, { id: 3, open: true }]);
    store.mark({ ids: [2], color: 'red', note: 'look 這裡', pinned: true });
    const recording = await save(saved, 'before the change');
    expect(recording).toMatchObject({
      name: 'before the change',
      exchanges: 3,
      from: 1_700_000_000_001,
      to: 1_700_000_000_003,
    });
    store.take(batchOf([{ id: 4 }]));
    store.clear();
    expect([await idsIn(saved, undefined), await idsIn(saved, recording.recording)]).toEqual([[], [1, 2, 3]]);
    const whole = await opened(saved, recording.recording);
    expect(whole.get(2)).toMatchObject({ response: { status: 500 }, mark: { color: 'red', note: 'look 這裡' } });
    expect(whole.get(3)?.error).toMatchObject({ code: 'INTERRUPTED', message: expect.stringContaining('saved') });
    const body = await whole.readBody({ id: 1, side: 'response', decoded: false, offset: 0, length: 99 });
    expect(Buffer.from(body?.data ?? '', 'base64')).toEqual(Buffer.alloc(30, 1));
    expect(await idsIn(saved, recording.recording, 'status = 500 and color = red')).toEqual([2]);
  });

  it('stays open while somebody reads it, whatever others open; deleted, it says so', async () => {
    const { store, saved } = await setUp();
    store.take(batchOf([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }], 1024 ** 2));
    const all: string[] = [];
    for (let n = 0; n < 7; n++) all.push((await save(saved, `${n}`)).recording);
    const [first = '', second = '', ...others] = all;
    const openOthers = async () => {
      for (const other of others) await idsIn(saved, other);
    };
    const { export: id } = await saved.run('recordings.export', { recording: first, redact: true });
    const compared = saved.run('recordings.compare', { before: first, after: second, limit: 5 });
    const read = saved.read(second, async (from) => {
      await openOthers();
      return from.get(2)?.id;
    });
    expect([await read, await compared]).toMatchObject([2, {}]);
    expect((await saved.run('recordings.export', { export: id })).data.length).toBeGreaterThan(1024 ** 2);
    await saved.run('recordings.delete', { recording: first });
    await expect(saved.run('recordings.export', { export: id })).rejects.toThrow(/no recording .* it was deleted/);
  });

  it('has only what its filter let through, and says so', async () => {
    const { saved } = await setUp([{ id: 1 }, { id: 2, status: 404 }, { id: 3 }]);
    const recording = await save(saved, 'not found', 'status = 404');
    expect(recording).toMatchObject({ exchanges: 1, filter: 'status = 404' });
    expect(await idsIn(saved, recording.recording)).toEqual([2]);
    await expect(save(saved, 'bad', 'status = = 4')).rejects.toThrow('character');
    expect((await saved.run('recordings.list', {})).recordings).toHaveLength(1);
  });

  it('is listed, renamed and deleted; what cannot be read is told', async () => {
    const { saved, folder } = await setUp([{ id: 1 }]);
    const { recording } = await save(saved, 'first');
    await idsIn(saved, recording);
    expect(await saved.run('recordings.rename', { recording, name: 'second' })).toMatchObject({ name: 'second' });
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', 'recording.json'), '{"format": 99, "name": "x"');
    const listed = await saved.run('recordings.list', {});
    expect(listed.recordings.map(({ name }) => name)).toEqual(['second']);
    expect(listed.unreadable).toMatchObject([{ folder: join(folder, 'broken') }]);
    await saved.run('recordings.delete', { recording });
    expect(readdirSync(folder)).toEqual(['broken']);
    await expect(opened(saved, recording)).rejects.toThrow(/no recording .* it was deleted/);
  });

  it('is read without its index, and by several processes at once', async () => {
    const { saved, folder } = await setUp([{ id: 1 }, { id: 2 }]);
    const { recording } = await save(saved, 'x');
    rmSync(join(folder, recording, 'index.db'));
    expect(await idsIn(saved, recording)).toEqual([1, 2]);
    const other = new SavedRecordings(folder, await opened(saved, undefined), () => []);
    expect(await idsIn(other, recording)).toEqual([1, 2]);
    await other.close();
  });

  it('has the end of what ends while it is saved', async () => {
    const { store, saved } = await setUp([{ id: 1 }, { id: 2, open: true }]);
    const saving = save(saved, 'all');
    store.take(batchOf([{ id: 2 }]));
    const { recording } = await saving;
    expect((await opened(saved, recording)).get(2)?.durationMs).toBeGreaterThan(0);
  });

  it('shares full segments with what is being recorded, and has only what there was', async () => {
    const { store, saved, folder } = await setUp([], [], { exchanges: 20 });
    const MIB = 1024 ** 2;
    for (let id = 1; id <= 26; id++) store.take(batchOf([{ id, path: `/${id}` }], 5 * MIB));
    store.mark({ ids: [20], note: 'mine' });
    const saving = save(saved, 'all');
    store.take(batchOf([{ id: 27 }], 5 * MIB));
    const { recording, exchanges } = await saving;
    const kept = Array.from({ length: exchanges }, (_, n) => 27 - exchanges + n);
    expect([await idsIn(saved, recording), kept.at(-1)]).toEqual([kept, 26]);
    const segments = readdirSync(join(folder, recording)).filter((name) => name.endsWith('.seg'));
    expect(segments.map((name) => statSync(join(folder, recording, name)).nlink)).toEqual([2, 2, 1]);
    store.clear();
    store.take(batchOf([{ id: 28 }], MIB));
    const body = await (await opened(saved, recording)).readBody({
      id: 20,
      side: 'response',
      decoded: false,
      offset: 0,
      length: 2,
    });
    expect(body?.data).toBe(Buffer.from([20, 20]).toString('base64'));
    // The segments have more than the recording has.
    await saved.close();
    rmSync(join(folder, recording, 'index.db'));
    expect(await idsIn(saved, recording)).toEqual(kept);
    expect((await opened(saved, recording)).get(20)?.mark).toEqual({ note: 'mine' });
  });

  it('is copied where files cannot have two names', async () => {
    const { store, saved } = await setUp();
    for (let id = 1; id <= 15; id++) store.take(batchOf([{ id }], 5 * 1024 ** 2));
    vi.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' });
    });
    syncBuiltinESMExports();
    const { recording } = await save(saved, 'all');
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    store.clear();
    const body = await (await opened(saved, recording)).readBody({
      id: 1,
      side: 'response',
      decoded: false,
      offset: 0,
      length: 2,
    });
    expect(body?.data).toBe(Buffer.from([1, 1]).toString('base64'));
  });

  it('leaves nothing behind when it cannot be finished', async () => {
    const { saved, folder } = await setUp([{ id: 1 }]);
    await save(saved, 'x');
    vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      throw new Error('ENOSPC: no space left on device, fsync');
    });
    syncBuiltinESMExports();
    await expect(save(saved, 'y')).rejects.toThrow('ENOSPC');
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    const ofOthers = [`.aside-${process.ppid}-1`, `.aside-${process.pid}-99`, '.aside-999999999-1'];
    for (const name of ofOthers) mkdirSync(join(folder, name), { recursive: true });
    await new SavedRecordings(folder, await opened(saved, undefined), () => []).close();
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual(ofOthers.slice(0, 1));
  });
});

describe('a recording as a file', () => {
  it.each([1, 100, 1_000_000])('comes back the same in pieces of %i bytes', async (size) => {
    const { saved, store } = await setUp([{ id: 1 }, { id: 2, rules: ['a'] }, { id: 3, status: 502, error: 'out' }]);
    store.mark({ ids: [1], note: 'mine' });
    const { file, redacted } = await fileOf(saved);
    expect(redacted).toEqual([]);
    const { recording, unreadableBytes } = await importInPieces(saved, file, size);
    expect([recording.name, recording.exchanges, unreadableBytes]).toEqual(['recording', 3, 0]);
    for (const id of [1, 2, 3])
      expect((await opened(saved, recording.recording)).get(id)).toEqual((await opened(saved, undefined)).get(id));
  });

  it('has no values of headers that capture.redact names, and says which', async () => {
    const { saved } = await setUp([{ id: 1 }, SECRET], ['authorization', 'cookie', 'set-*']);
    const { file, redacted } = await fileOf(saved);
    expect(redacted.sort()).toEqual(['authorization', 'cookie', 'set-cookie']);
    expect(file.includes('letmein')).toBe(false);
    const { recording } = await importInPieces(saved, file, 1000);
    expect(recording.redacted).toEqual(['authorization', 'cookie', 'set-*']);
    const { request, response, steps } = (await opened(saved, recording.recording)).get(7) ?? {};
    expect(steps?.map(({ action, changes }) => [action, changes[0]?.values])).toEqual([
      ['set authorization', ['[redacted]']],
      ['set x-a', ['kept']],
      ['append cookie', ['[redacted]']],
      ['hold', ['GET /secret', 'Cookie', '[redacted]']],
      ['forward', expect.anything()],
    ]);
    expect(request?.headers).toContainEqual(['Authorization', '[redacted]']);
    expect(response?.headers).toContainEqual(['Set-Cookie', '[redacted]']);
    const whole = await fileOf(saved, undefined, false);
    expect([whole.file.includes('letmein'), whole.redacted]).toEqual([true, []]);
    // Saved on this machine: nothing leaves.
    const here = await save(saved, 'here');
    expect((await opened(saved, here.recording)).get(7)?.request.headers).toContainEqual(['Cookie', 'a=letmein']);
  });

  it('is read as far as it is whole', async () => {
    const { saved } = await setUp(Array.from({ length: 5 }, (_, n) => ({ id: n + 1 })));
    const { file } = await fileOf(saved);
    const { recording, unreadableBytes } = await importInPieces(saved, file.subarray(0, file.length - 5), 500);
    expect(recording.exchanges).toBe(4);
    expect(unreadableBytes).toBeGreaterThan(0);
    expect(await idsIn(saved, recording.recording)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['startedAt', Number.NaN],
    ['startedAt', Number.POSITIVE_INFINITY],
    ['startedAt', 1e300],
    ['requestSizeBytes', Number.NaN],
    ['responseSizeBytes', Number.NEGATIVE_INFINITY],
  ] as const)('is read without an exchange whose %s is %d', async (place, number) => {
    const { saved } = await setUp([{ id: 1 }]);
    const one = (await fileOf(saved)).file;
    const broken = Buffer.from(one.subarray(one.indexOf(0x0a) + 1));
    for (let at = 0; at < broken.length; at += 8)
      if (broken.readDoubleLE(at) === KIND_EXCHANGE) {
        broken.writeDoubleLE(number, at + EXCHANGE[place] * 8);
        break;
      }
    const { recording, unreadableBytes } = await importInPieces(saved, Buffer.concat([one, broken]), 1_000_000);
    expect([recording.exchanges, unreadableBytes > 0]).toEqual([1, true]);
    expect((await opened(saved, recording.recording)).get(1)).toEqual((await opened(saved, undefined)).get(1));
  });

  it.each<[what: string, file: Buffer]>([
    ['something else', Buffer.from('{"log":{"version":"1.2"}}\n')],
    ['no text', Buffer.alloc(5000, 0xff)],
    ['of another version', Buffer.from('{"switchyard":"recording","format":9,"name":"x","savedAt":1}\n')],
    ['empty', Buffer.from('{"switchyard":"recording","format":1,"name":"x","savedAt":1}\n')],
    ['a line without end', Buffer.alloc(70_000, 0x20)],
  ])('is refused when it is %s, and nothing is left of it', async (_, file) => {
    const { saved, folder } = await setUp();
    await expect(importInPieces(saved, file, 30_000)).rejects.toThrow(/this file/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says how many are missing of a list that is cleared meanwhile', async () => {
    const { store, saved } = await setUp();
    store.take(batchOf([{ id: 1 }, { id: 2 }, { id: 5 }, { id: 6 }], 700_000));
    const first = await saved.run('recordings.export', { redact: true });
    expect([first.done, first.missing]).toEqual([false, 0]);
    store.clear();
    const last = await saved.run('recordings.export', { export: first.export });
    expect([last.done, last.missing]).toEqual([true, 2]);
  });

  it('is given up when too many others are begun', async () => {
    const { saved } = await setUp([{ id: 1 }]);
    const data = Buffer.from('x').toString('base64');
    const first = await saved.run('recordings.import', { data, last: false });
    for (let n = 0; n < 4; n++) await saved.run('recordings.import', { data, last: false });
    const next = saved.run('recordings.import', { import: first.import, data, last: true });
    await expect(next).rejects.toThrow('there is no import');
  });
});

describe('two recordings', () => {
  it('are compared by method, host and path; what differs most comes first', async () => {
    const { saved, store } = await setUp([
      ...[1, 2, 3, 4].map((id) => ({ id, path: `/orders/${id}?x=1`, durationMs: 10 * id })),
      { id: 5, path: '/same', durationMs: 5 },
      { id: 6, path: '/gone' },
    ]);
    const { recording: before } = await save(saved, 'before');
    store.clear();
    for (const id of [11, 12])
      store.take(batchOf([{ id, path: `/orders/${id}`, status: id === 11 ? 503 : 200, durationMs: 10 }]));
    store.take(
      batchOf([
        { id: 13, path: '/same', durationMs: 5 },
        { id: 14, method: 'POST', path: '/new' },
      ]),
    );
    const compared = await saved.run('recordings.compare', { before, after: null, limit: 10 });
    expect(compared.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /gone',
      'GET /orders/{id}',
      'GET /same',
      'POST /new',
    ]);
    expect(compared.requests.at(-1)?.path).toBe('/same');
    expect(compared.requests.find(({ path }) => path === '/orders/{id}')).toMatchObject({
      before: { count: 4, failed: 0, statuses: { '2xx': 4 }, p50Ms: 30, p95Ms: 40 },
      after: { count: 2, failed: 1, statuses: { '2xx': 1, '5xx': 1 }, p50Ms: 10 },
    });
    expect(compared.requests.find(({ path }) => path === '/gone')?.after).toBeUndefined();
    expect([compared.before.count, compared.after.count, compared.more]).toEqual([6, 4, 0]);
    const few = await saved.run('recordings.compare', { before, after: null, filter: 'path = "/same"', limit: 1 });
    expect([few.requests.length, few.more, few.before.count]).toEqual([1, 0, 1]);
  });

  it.each([
    ['/orders/77/items/9', '/orders/{id}/items/{id}'],
    ['/u/6f1c2a9e-1b7c-4c2e-8f7a-0123456789ab', '/u/{id}'],
    ['/blob/0123456789abcdef0123456789abcdef', '/blob/{id}'],
    ['/v1/orders', '/v1/orders'],
    ['/deadbeefdeadbeef', '/deadbeefdeadbeef'],
    ['*', '*'],
  ])('%s is counted as %s', (path, pattern) => expect(pathPattern(path)).toBe(pattern));
});

it('a segment of a recording that was cut shows what is left', async () => {
  const { saved, folder } = await setUp([{ id: 1 }, { id: 2 }]);
  const { recording, bytes } = await save(saved, 'x');
  expect(bytes).toBeGreaterThan(500);
  truncateSync(join(folder, recording, '00000001.seg'), bytes - 10);
  const { rows } = await (await opened(saved, recording)).query({ from: 0, limit: 10, order: 'asc' });
  expect(rows.map(({ id }) => id)).toEqual([1, 2]);
  const broken = await opened(saved, recording);
  expect(() => broken.get(2)).toThrow('broken');
  expect(broken.get(1)?.path).toBe('/');
});

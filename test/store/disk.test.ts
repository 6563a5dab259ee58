/** What the store on disk survives: a killed engine, a full disk, a broken file, a second process. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { Segments } from '../../proxy-engine/store/disk/segments.ts';
import { DiskStore } from '../../proxy-engine/store/disk-store.ts';
import { ColumnFilling } from '../../proxy-engine/store/index/column-filling.ts';
import { openStore } from '../../proxy-engine/store/open-store.ts';
import { RecordBatch } from '../../proxy-engine/store/record/record-batch.ts';
import { messagePiece, notePiece } from '../../proxy-engine/store/record/record-pieces.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';
import { batchOf } from './sample-exchanges.ts';

const { capture: limits } = configSchema.parse({ version: 1 });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) await close();
});

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'disk-store-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function open(directory: string, more: Partial<typeof limits> = {}) {
  const opened = DiskStore.open(directory, { ...limits, ...more });
  closing.unshift(() => opened.store.close());
  return opened;
}

/** What comes of exchanges before their end, as the engine hands it over. */
function piecesOf(add: (batch: RecordBatch) => boolean): Buffer {
  const batch = new RecordBatch(new ArrayBuffer(1024 ** 2));
  add(batch);
  return batch.written();
}

function textMessage(id: number, text: string, atMs: number) {
  const data = Buffer.from(text);
  const message = { type: 'text', data, wireBytes: data.length, fragments: 1, compressed: false } as const;
  return messagePiece(id, 'server', message, atMs, limits.bodies);
}

async function idsOf(store: DiskStore): Promise<number[]> {
  return (await store.exchanges.query({ from: 0, limit: 1000, order: 'asc' })).rows.map(({ id }) => id);
}

describe('a store on disk', () => {
  it('is there again after a restart, and writes on', async () => {
    const directory = await newDirectory();
    const first = DiskStore.open(directory, limits).store;
    first.take(batchOf([{ id: 1 }, { id: 2 }], 700));
    first.close();
    const { store, note } = open(directory);
    expect([note, store.state().newestId, await idsOf(store)]).toEqual([null, 2, [1, 2]]);
    store.take(batchOf([{ id: 3 }], 700));
    const body = await store.exchanges.readBody({ id: 2, side: 'response', decoded: false, offset: 0, length: 3 });
    expect([await idsOf(store), body?.data]).toEqual([[1, 2, 3], Buffer.from([2, 2, 2]).toString('base64')]);
  });

  it('is nobody else’s to read: its files and its directory', async () => {
    const directory = join(await newDirectory(), 'exchanges');
    const { store } = open(directory);
    store.take(batchOf([{ id: 1 }], 100));
    const modes = ['', 'index.db', 'index.db-wal', '00000001.seg'].map(
      (name) => statSync(join(directory, name)).mode & 0o777,
    );
    expect(modes.map((mode) => mode.toString(8))).toEqual(['700', '600', '600', '600']);
  });

  it('ends what an earlier process could not finish, with all that had come of it', async () => {
    const directory = await newDirectory();
    const first = DiskStore.open(directory, limits).store;
    const body = (id: number, offset: number, text: string, atMs = 0) =>
      first.take(piecesOf((batch) => batch.addBody(id, 'response', offset, Buffer.from(text), atMs)));
    body(1, 0, 'before ');
    first.take(batchOf([{ id: 1, open: true }]));
    body(1, 7, 'while ');
    // It was answered meanwhile, and is written again.
    first.take(batchOf([{ id: 1, open: true }]));
    body(1, 13, 'after');
    body(2, 0, 'of one that nobody knows');
    for (const n of [1, 2, 3])
      first.take(piecesOf((batch) => batch.addMessage(textMessage(1, `message ${n}`, n * 100))));
    first.take(piecesOf((batch) => batch.addMessage(notePiece(1, 'a word about them'))));
    first.take(batchOf([{ id: 3 }, { id: 4, open: true }]));
    // It lasted for at least as long as something came.
    body(4, 0, 'a stream', 250);
    body(4, 8, ' that goes on', 400);
    first.close();
    const { store, note } = open(directory);
    expect([note, await idsOf(store)]).toEqual([null, [1, 3, 4]]);
    expect(store.exchanges.get(4)).toMatchObject({ durationMs: 400, error: { code: 'INTERRUPTED' } });
    expect(store.exchanges.get(1)).toMatchObject({
      durationMs: 300,
      error: { code: 'INTERRUPTED', message: 'the engine ended before this exchange did' },
      messages: { total: 3, notes: ['a word about them'] },
    });
    const read = await store.exchanges.readBody({ id: 1, side: 'response', decoded: false, offset: 0, length: 99 });
    expect(Buffer.from(read?.data ?? '', 'base64').toString()).toBe('before while after');
    const { messages = [] } = store.exchanges.messages({ id: 1, from: 0, limit: 9 }) ?? {};
    expect(messages.map(({ atMs, data }) => [atMs, data])).toEqual([
      [100, 'message 1'],
      [200, 'message 2'],
      [300, 'message 3'],
    ]);
    for (const filter of ['failed', 'error = INTERRUPTED', 'not completed or failed'])
      expect((await store.exchanges.query({ filter, from: 0, limit: 9, order: 'asc' })).total, filter).toBe(2);
  });

  it.each([
    ['whose body came before', false, () => batchOf([{ id: 1 }])],
    ['whose body lies behind it, and the disk does not take it', true, () => batchOf([{ id: 1 }], 0, 700)],
  ])('beside an exchange that ends, %s, what comes of one that goes on is kept', async (_how, isFull, ending) => {
    const directory = await newDirectory();
    const first = DiskStore.open(directory, limits).store;
    const body = (id: number, offset: number, text: string) =>
      piecesOf((batch) => batch.addBody(id, 'response', offset, Buffer.from(text), 0));
    first.take(body(2, 0, 'it goes '));
    first.take(batchOf([{ id: 2, open: true }]));
    await until(() => statSync(join(directory, 'going-on.journal')).size > 0);
    if (!isFull) first.take(body(1, 0, 'x'.repeat(5000)));
    else
      vi.spyOn(Segments.prototype, 'append').mockImplementationOnce(() => {
        throw new Error('ENOSPC: no space left on device, write');
      });
    first.take(Buffer.concat([ending(), body(2, 8, 'on')]));
    first.close();
    const { store } = open(directory);
    expect(store.exchanges.get(1)?.response?.body.captured).toBe(isFull ? 0 : 5000);
    const read = await store.exchanges.readBody({ id: 2, side: 'response', decoded: false, offset: 0, length: 99 });
    expect(Buffer.from(read?.data ?? '', 'base64').toString()).toBe('it goes on');
  });

  it('reads of what went on as far as it is whole, and keeps no more of it than there is', async () => {
    const directory = await newDirectory();
    const first = DiskStore.open(directory, limits).store;
    first.take(
      batchOf([
        { id: 1, open: true },
        { id: 2, open: true },
      ]),
    );
    first.take(piecesOf((batch) => batch.addMessage(textMessage(2, 'first', 0))));
    const journal = join(directory, 'going-on.journal');
    await until(() => statSync(journal).size > 0);
    // Longer than the journal may become before it is made anew.
    for (let n = 0; n < 300; n++) {
      first.take(piecesOf((batch) => batch.addMessage(textMessage(1, `${n} ${'x'.repeat(200_000)}`, n))));
      first.take(piecesOf((batch) => batch.addMessage(textMessage(2, `short ${n}`, n))));
    }
    expect(statSync(journal).size).toBeLessThan(40 * 1024 ** 2);
    expect(statSync(journal).size).toBeGreaterThan(8 * 1024 ** 2);
    first.close();
    truncateSync(journal, statSync(journal).size - 10);
    const { store } = open(directory);
    const last = (id: number) => store.exchanges.messages({ id, from: -1, limit: 1 })?.messages[0];
    expect([last(1)?.data.slice(0, 5), last(1)?.index, last(2)?.data]).toEqual(['299 x', 299, 'short 298']);
    store.take(batchOf([{ id: 4, open: true }]));
    store.take(piecesOf((batch) => batch.addMessage(textMessage(4, 'more', 1))));
    await until(() => statSync(journal).size > 0);
    store.take(batchOf([{ id: 4 }]));
    expect(statSync(journal).size).toBe(0);
  });

  it('overwrites what a crash left behind the last row', async () => {
    const directory = await newDirectory();
    const first = DiskStore.open(directory, limits).store;
    first.take(batchOf([{ id: 1 }]));
    first.close();
    const [segment] = readdirSync(directory).filter((name) => name.endsWith('.seg'));
    writeFileSync(join(directory, segment as string), Buffer.alloc(999, 7), { flag: 'a' });
    const { store } = open(directory);
    store.take(batchOf([{ id: 2, path: '/after' }]));
    expect(store.exchanges.get(2)?.path).toBe('/after');
    expect(store.exchanges.get(1)?.path).toBe('/');
  });

  it('leaves the directory of another process alone', async () => {
    const directory = await newDirectory();
    open(directory);
    expect(() => DiskStore.open(directory, limits)).toThrow(
      `another process (pid ${process.pid}) records into the same directory`,
    );
    const options = { clock: new FakeClock(), capture: limits, recording: true, onChange() {} };
    const store = await openStore({ ...options, directory });
    closing.unshift(() => store.close());
    expect(store.state().note).toMatch(/kept in a temporary directory, because .* another process \(pid \d+\) records/);
    expect(store.state().temporary).toBe(true);
  });

  it('in a temporary directory takes away what killed processes left there, and nothing that somebody uses', async () => {
    const tmp = await newDirectory();
    vi.stubEnv('TMPDIR', tmp);
    closing.unshift(() => vi.unstubAllEnvs());
    const dead = String(spawnSync(process.execPath, ['-e', '']).pid);
    const left = (name: string, owner: string) => {
      const directory = join(tmp, `switchyard-capture-${name}`);
      const { store } = DiskStore.open(directory, limits);
      writeFileSync(join(directory, 'owner'), owner);
      return store;
    };
    left('killed', dead).close();
    left('alive', String(process.pid)).close();
    const held = left('held', dead);
    closing.unshift(() => held.close());
    const options = { clock: new FakeClock(), capture: limits, recording: true, onChange() {} };
    const store = await openStore({ ...options, directory: null });
    closing.unshift(() => store.close());
    await until(() => !readdirSync(tmp).includes('switchyard-capture-killed'));
    expect(readdirSync(tmp)).toEqual(expect.arrayContaining(['switchyard-capture-alive', 'switchyard-capture-held']));
    expect(readdirSync(tmp)).toHaveLength(3);
  });

  it('is in memory where there is no temporary directory either, and says so', async () => {
    vi.stubEnv('TMPDIR', '/there/is/none');
    closing.unshift(() => vi.unstubAllEnvs());
    const options = { clock: new FakeClock(), capture: limits, recording: true, onChange() {} };
    const store = await openStore({ ...options, directory: null });
    expect(store.state()).toMatchObject({ temporary: true, note: expect.stringMatching(/^kept in memory: ENOENT/) });
  });

  it('says that the disk is full, loses only what could not be written, and goes on when there is room', async () => {
    const { store } = open(await newDirectory());
    store.take(batchOf([{ id: 1 }]));
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    vi.spyOn(Segments.prototype, 'append').mockImplementationOnce(() => {
      throw full;
    });
    store.take(batchOf([{ id: 2 }, { id: 3 }]));
    expect(store.state()).toMatchObject({
      lost: 2,
      problem: 'recordings cannot be written: the disk is full; make room on it, or clear the list',
    });
    store.take(batchOf([{ id: 4 }]));
    expect([store.state().problem, await idsOf(store)]).toEqual([null, [1, 4]]);
  });

  it('keeps heads when the disk has no room for bodies, and says so', async () => {
    const { store } = open(await newDirectory());
    const append = Segments.prototype.append;
    vi.spyOn(Segments.prototype, 'append').mockImplementation(function (this: Segments, parts) {
      if (parts.reduce((sum, { length }) => sum + length, 0) > 10_000)
        throw new Error('ENOSPC: no space left on device, write');
      append.call(this, parts);
    });
    store.take(batchOf([{ id: 1, path: '/large' }], 20_000));
    expect(store.state()).toMatchObject({
      level: 'heads',
      withoutBodies: 1,
      lost: 0,
      problem: expect.stringContaining('the disk is full'),
    });
    expect(store.exchanges.get(1)).toMatchObject({ path: '/large', response: { body: { captured: 0 } } });
    store.take(batchOf([{ id: 2 }], 50));
    expect(store.state()).toMatchObject({ level: 'full', problem: null });
    expect(store.exchanges.get(2)?.response?.body.captured).toBe(50);
  });

  it('drops what has become too old, but not what is pinned', async () => {
    const { store } = open(await newDirectory(), { age: 1000 });
    const start = 1_700_000_000_000;
    for (let id = 1; id <= 20; id++) {
      store.take(batchOf([{ id: id * 100 }]));
      await store.tidy(start + id * 100);
    }
    expect((await idsOf(store)).slice(0, 3)).toEqual([1000, 1100, 1200]);
    store.mark({ ids: [1200], pinned: true });
    await store.tidy(start + 2450);
    expect((await idsOf(store)).slice(0, 3)).toEqual([1200, 1500, 1600]);
    await store.tidy(start + 10_000);
    expect(await idsOf(store)).toEqual([1200]);
    await store.tidy(start + 20_000);
    store.take(batchOf([{ id: 2100 }]));
    expect(await idsOf(store)).toEqual([1200, 2100]);
  });

  it('what is imported, or was recorded by a clock that was wrong, is as old as its coming, also after a restart', async () => {
    const directory = await newDirectory();
    const now = Date.now();
    const first = DiskStore.open(directory, { ...limits, age: 60_000 }).store;
    first.take(
      batchOf([
        { id: 1, startedAt: now - 9_000_000 },
        { id: 2, startedAt: now + 9_000_000 },
        { id: 3, startedAt: now },
      ]),
    );
    first.take(
      batchOf([
        { id: 4, startedAt: now - 9_000_000 },
        { id: 5, startedAt: now - 9_000_000 },
      ]),
    );
    await first.tidy(now);
    expect(await idsOf(first)).toEqual([1, 2, 3, 4, 5]);
    first.close();
    const { store } = open(directory, { age: 60_000 });
    await store.tidy(now + 50_000);
    expect(await idsOf(store)).toEqual([1, 2, 3, 4, 5]);
    store.take(batchOf([{ id: 6, startedAt: now }]));
    await store.tidy(now + 70_000);
    expect(await idsOf(store)).toEqual([6]);
  });

  it('removes whole segments, the oldest first, when they take more than they may', async () => {
    const directory = await newDirectory();
    const { store } = open(directory, { disk: 130 * 1024 ** 2 });
    for (let id = 1; id <= 40; id++) store.take(batchOf([{ id }], 5 * 1024 ** 2));
    await until(() => store.state().bytes < 200 * 1024 ** 2);
    const ids = await idsOf(store);
    expect([ids.at(-1), ids.includes(1), ids.length < 40]).toEqual([40, false, true]);
    expect(readdirSync(directory)).not.toContain('00000001.seg');
    expect(store.exchanges.get(ids[0] as number)?.response?.body.captured).toBe(5 * 1024 ** 2);
  });

  it.each([1, 2])('a note that is taken back at the end of its exchange is gone, in %i batches', async (batches) => {
    const { store } = open(await newDirectory());
    const samples = [{ id: 1, open: true, note: 'silent', color: 'amber' }, { id: 1 }];
    if (batches === 1) store.take(batchOf(samples));
    else for (const sample of samples) store.take(batchOf([sample]));
    const found = await store.exchanges.query({
      filter: 'color = amber or note *= silent',
      from: 0,
      limit: 1,
      order: 'asc',
    });
    expect(found.total).toBe(0);
    store.mark({ ids: [1], pinned: true });
    expect(store.exchanges.get(1)?.mark).toEqual({ pinned: true });
  });

  it('keeps a small bound, also one that is set while it records', async () => {
    const { store } = open(await newDirectory());
    for (let id = 1; id <= 10; id++) store.take(batchOf([{ id }], 1024 ** 2));
    store.configure({ ...limits, disk: 8 * 1024 ** 2 });
    for (let id = 11; id <= 40; id++) store.take(batchOf([{ id }], 1024 ** 2));
    await until(() => store.state().bytes <= 10 * 1024 ** 2);
    const ids = await idsOf(store);
    expect([ids.at(-1), ids.length >= 5]).toEqual([40, true]);
  });

  it('takes pinned exchanges along when their segment has to go, also after a restart', async () => {
    const directory = await newDirectory();
    const small = { disk: 130 * 1024 ** 2 };
    const first = DiskStore.open(directory, { ...limits, ...small }).store;
    first.take(batchOf([{ id: 1 }, { id: 2, path: '/pinned' }], 1024 ** 2));
    expect(first.mark({ ids: [2], pinned: true, note: 'keep' })).toEqual({ marked: 1 });
    first.close();
    const { store } = open(directory, small);
    for (let id = 3; id <= 80; id++) store.take(batchOf([{ id }], 5 * 1024 ** 2));
    await until(() => store.state().bytes < 200 * 1024 ** 2);
    const pinned = await store.exchanges.query({ filter: 'pinned', from: 0, limit: 10, order: 'asc' });
    expect(pinned.rows).toMatchObject([{ id: 2, path: '/pinned', mark: { pinned: true, note: 'keep' } }]);
    expect((await idsOf(store)).slice(0, 2)).not.toContain(1);
    expect(readdirSync(directory)).not.toContain('00000002.seg');
    const body = await store.exchanges.readBody({ id: 2, side: 'response', decoded: false, offset: 0, length: 2 });
    expect(body?.data).toBe(Buffer.from([2, 2]).toString('base64'));
  });

  it('rests when only pinned ones are left, and keeps new ones beside more of them than may be kept', async () => {
    const start = 1_700_000_000_000;
    const { store } = open(await newDirectory(), { disk: 64 * 1024 ** 2, age: 1000 });
    for (let id = 1; id <= 20; id++) store.take(batchOf([{ id }], 1024 ** 2));
    const pinned = Array.from({ length: 12 }, (_, i) => i + 1);
    store.mark({ ids: pinned, pinned: true });
    await store.tidy(start);
    await store.tidy(start + 10_000);
    expect(await idsOf(store)).toEqual(pinned);
    store.configure({ ...limits, disk: 4 * 1024 ** 2 });
    for (let id = 21; id <= 45; id++) store.take(batchOf([{ id }], 1024 ** 2));
    await until(() => store.state().bytes <= 25 * 1024 ** 2);
    await store.tidy(start);
    const ids = await idsOf(store);
    expect([ids.slice(0, 12), ids.at(-1), ids.length > 16]).toEqual([pinned, 45, true]);
    const body = await store.exchanges.readBody({ id: 12, side: 'response', decoded: false, offset: 0, length: 2 });
    expect(body?.data).toBe(Buffer.from([12, 12]).toString('base64'));
  });

  it('finds all for those who save it, whatever others look for meanwhile', async () => {
    const { store } = open(await newDirectory());
    store.take(batchOf([{ id: 1 }, { id: 2 }], 100));
    const found = store.exchanges.find('not header[x-a] = 5');
    const others = Array.from({ length: 8 }, (_, n) => ({ filter: `status != ${n}`, from: 0, limit: 1 }));
    await Promise.all(others.map((other) => store.exchanges.query({ ...other, order: 'asc' })));
    expect(await found).toEqual([1, 2]);
  });

  it('finds bodies in all segments, and in what comes later', async () => {
    const { store } = open(await newDirectory());
    for (let id = 1; id <= 25; id++) store.take(batchOf([{ id }], 7 * 1024 ** 2));
    const filter = `responseBody *= "${String.fromCharCode(24).repeat(20)}"`;
    const idsIn = async (view?: number) => {
      const found = await store.exchanges.query({ filter, view, from: 0, limit: 100, order: 'asc' });
      return { ids: found.rows.map(({ id }) => id), view: found.view };
    };
    const first = await idsIn();
    expect(first.ids).toEqual([24]);
    store.take(batchOf([{ id: 26, responseBody: 'nothing' }], 10));
    store.take(batchOf([{ id: 280 }], 24));
    expect((await idsIn(first.view)).ids).toEqual([24, 280]);
    store.clear();
    store.take(batchOf([{ id: 281 }, { id: 536 }], 24));
    expect((await idsIn(first.view)).ids).toEqual([536]);
  });

  it('finds by columns and by SQLite among ids that are far apart, as broken bytes may have them', async () => {
    const directory = await newDirectory();
    const far = 2 ** 50;
    const first = DiskStore.open(directory, limits).store;
    first.take(batchOf([{ id: 1 }, { id: 2, status: 404 }, { id: far - 1, status: 404 }, { id: far }]));
    const found = async (store: DiskStore, filter: string) =>
      (await store.exchanges.query({ filter, from: 0, limit: 9, order: 'asc' })).rows.map(({ id }) => id);
    expect(await found(first, 'status = 404')).toEqual([2, far - 1]);
    first.close();
    const { store } = open(directory);
    for (const filter of ['status = 404', 'path = / and status = 404', 'pinned or status = 404'])
      expect(await found(store, filter), filter).toEqual([2, far - 1]);
  });

  it('is in a hurry to read columns of what an earlier process recorded only for a filter that goes by them', async () => {
    const { store } = open(await newDirectory());
    store.take(batchOf([{ id: 1 }, { id: 2 }]));
    const begin = vi.spyOn(ColumnFilling.prototype, 'begin');
    // Each window counts those that are pinned when it opens.
    for (const filter of ['pinned', 'note *= "a"', 'status = 200'])
      await store.exchanges.query({ filter, from: 0, limit: 9, order: 'asc' });
    expect(begin.mock.calls).toEqual([[false], [false], [true]]);
  });

  it('gives a search up when its viewer asks for something else, and never shows all instead of what a lost view had', async () => {
    const { store } = open(await newDirectory());
    for (let batch = 0; batch < 10; batch++)
      store.take(
        batchOf(
          Array.from({ length: 500 }, (_, index) => ({ id: 1 + batch * 500 + index })),
          100,
        ),
      );
    const ask = (filter: string | undefined, viewer: string, view?: number) =>
      store.exchanges.query({ filter, viewer, view, from: 0, limit: 1, order: 'asc' });
    const gaveUp = expect(ask('body ~ "nothing"', 'list')).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = ask('body ~ "nothing"', 'another list');
    const second = await ask('status = 200', 'list');
    await gaveUp;
    expect([(await other).total, second.total]).toEqual([0, 5000]);
    const inOrder = (sort: 'path' | 'duration') =>
      store.exchanges.query({ sort, viewer: 'list', from: 0, limit: 1, order: 'asc' });
    const notPutInOrder = expect(inOrder('path')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await inOrder('duration')).total).toBe(5000);
    await notPutInOrder;
    await expect(ask(undefined, 'list', 999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await ask('status = 404', 'list', 999)).total).toBe(0);
  });

  it('tells what a long search has found so far, and how far it is, when it is asked so', async () => {
    const { store } = open(await newDirectory());
    for (let id = 1; id <= 240; id++) store.take(batchOf([{ id }], 64 * 1024));
    // What the engine for patterns takes long for: it keeps many ways open.
    const filter = 'body ~ "(?:\\x01|\\x02|(?s:.{1,100}Z)+)"';
    const ask = (view?: number, patienceMs?: number, sort?: 'path') =>
      store.exchanges.query({ filter, view, patienceMs, viewer: 'list', sort, from: -10, limit: 10, order: 'asc' });
    let first = await ask(undefined, 0);
    // On a busy machine a turn may be over with the first.
    while (first.searched !== undefined && first.rows.length < 2) first = await ask(first.view, 0);
    expect(first.recorded).toBe(240);
    expect(first.rows.slice(0, 2)).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(first.searched).toBeGreaterThan(0);
    expect(first.searched).toBeLessThan(1);
    const later = await ask(first.view, 0);
    expect(later.searched ?? 1).toBeGreaterThan(first.searched as number);
    const whole = await ask(first.view);
    // The code of Z is 90.
    expect(whole).toMatchObject({ total: 3, view: first.view, rows: [{ id: 1 }, { id: 2 }, { id: 90 }] });
    expect(whole).not.toHaveProperty('searched');
    // In another order it is not searched again.
    expect(await ask(undefined, 0, 'path')).not.toHaveProperty('searched');
  });

  it('takes in a batch while a long search is under way', async () => {
    const { store } = open(await newDirectory());
    for (let batch = 0; batch < 20; batch++)
      store.take(
        batchOf(
          Array.from({ length: 500 }, (_, index) => ({ id: 1 + batch * 500 + index })),
          100,
        ),
      );
    const search = store.exchanges.query({ filter: 'body ~ "nothing like this"', from: 0, limit: 10, order: 'asc' });
    store.take(batchOf([{ id: 20_000 }]));
    expect([(await search).total, (await idsOf(store)).length, store.state().exchanges]).toEqual([0, 1000, 10_001]);
  });
});

it('reads the row of an exchange with many messages without them, also when much stands before them', async () => {
  const { store } = open(await newDirectory());
  const paths = ['/short', `/${'long'.repeat(50_000)}`];
  store.take(batchOf(paths.map((path, n) => ({ id: n + 1, path, open: true }))));
  const message = {
    type: 'text',
    data: Buffer.alloc(1024, 97),
    wireBytes: 1024,
    fragments: 1,
    compressed: false,
  } as const;
  for (const id of [1, 2])
    for (let n = 0; n < 300; n++)
      store.take(piecesOf((batch) => batch.addMessage(messagePiece(id, 'server', message, n, limits.bodies))));
  store.take(batchOf(paths.map((path, n) => ({ id: n + 1, path }))));
  const read = vi.spyOn(Segments.prototype, 'read');
  const { rows } = await store.exchanges.query({ from: 0, limit: 9, order: 'asc' });
  expect(rows.map(({ path, durationMs }) => [path, durationMs])).toEqual(paths.map((path) => [path, 12.5]));
  expect(read.mock.calls.map(([, , length]) => length > 300_000)).toEqual([false, false, false, true]);
  expect(store.exchanges.messages({ id: 2, from: 299, limit: 9 })).toMatchObject({
    total: 300,
    firstKept: 0,
    messages: [{}],
  });
});

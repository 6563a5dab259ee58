/** Columns in memory and SQLite are asked the same, whatever happened to the index before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { SORT_FIELDS } from '../../../proxy-engine/contract/api.ts';
import { intakeOf } from '../../../proxy-engine/store/disk/intake.ts';
import { OpenParts } from '../../../proxy-engine/store/disk/open-parts.ts';
import { layOut, type Run } from '../../../proxy-engine/store/disk/run.ts';
import { BLOCK_IDS } from '../../../proxy-engine/store/index/column-block.ts';
import { ExchangeIndex } from '../../../proxy-engine/store/index/exchange-index.ts';
import { type IndexFilter, indexFilter } from '../../../proxy-engine/store/index/index-filter.ts';
import type { SortKey } from '../../../proxy-engine/store/index/key-buckets.ts';
import { compileFilter } from '../../../proxy-engine/store/views/filter.ts';
import { batchOf, type Sample } from '../sample-exchanges.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) close();
});

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'columns-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 'index.db');
}

function open(file: string): ExchangeIndex {
  const index = new ExchangeIndex(file);
  closing.unshift(() => index.close());
  return index;
}

function recordsOf(samples: readonly Sample[]): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < samples.length; from += 2000)
    runs.push(...intakeOf(batchOf(samples.slice(from, from + 2000)), new OpenParts(1000)).runs);
  return runs;
}

function put(index: ExchangeIndex, runs: readonly Run[], end = () => {}): void {
  const { places } = layOut(runs, { segment: 1, offset: 0 });
  index.transaction(() => {
    for (const [n, run] of runs.entries()) index.putAll(run, places[n] ?? []);
    end();
  });
}

function filterOf(text: string): IndexFilter {
  return indexFilter(compileFilter(text)?.expression ?? null);
}

/** Of columns as far as there are any, and of SQLite alone. */
function bothWays(index: ExchangeIndex, filter: IndexFilter, after = 0, upTo = 1e9): [number[], number[]] {
  return [index.findIds(filter, after, upTo), index.findIds({ ...filter, columns: null }, after, upTo)];
}

/** As it is on the wire: a char a byte. */
const CAFE = Buffer.from('/caf\u00e9?q=\u00ff').toString('latin1');

/** Different ones, with everything that a column may be without. */
function sampleOf(id: number, salt = 0): Sample {
  const n = id * 17 + salt;
  const paths = ['/', '/v1/users?page=2', '/v1/orders', '/a.css?', CAFE, `/v2/${n}?page=${n % 5}`, '/v1'];
  return {
    id,
    path: paths[n % paths.length] as string,
    method: n % 3 === 0 ? 'POST' : 'GET',
    host: ['api.test:8080', 'Shop.Test', 'img.test'][n % 3] as string,
    status: [200, 404, 503, 0, 301][n % 5] as number,
    durationMs: (n % 40) / 2,
    attempts: n % 4,
    requestBody: 'y'.repeat(n % 4),
    responseBody: 'x'.repeat(n % 50),
    ...(n % 11 === 0 && { open: true }),
    ...(n % 13 === 0 && { error: 'out' }),
  };
}

function samples(from: number, to: number, salt = 0): Run[] {
  return recordsOf(Array.from({ length: to - from }, (_, n) => sampleOf(from + n, salt)));
}

const LEAVES = [
  'status = 5xx',
  'status != 404',
  'status < 404',
  'method = POST',
  'host != api.test',
  'duration > 12ms',
  'duration <= 3ms',
  'ttfb < 1s',
  'attempts in (1, 3)',
  'responseSize > 20B',
  'requestSize = 0B',
  'completed',
  'retried',
  'mocked',
  'failed',
  'path = /',
  'path in (/v1, /a.css)',
  'path != /v1/orders',
  'path ^= /v1/',
  'path ^= "/caf\u00e9"',
  'path $= s',
  'path *= "/or"',
  'path *= "\u00e9"',
  'path ~ "^/v[0-9]+/[0-9]*7$"',
  'path ~i "USERS|CSS$"',
  'query = ""',
  'query = "page=2"',
  'query ^= "page="',
  'query *= "\u00ff"',
  'query ~ "=[24]$"',
  '"users"',
  '"http://api"',
  '"8080/v1"',
  '"test/v1/users?page="',
  '"?page"',
  'url *= "page=2"',
  '"/caf\u00e9?q="',
] as const;

const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...LEAVES),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a}) and (${b})`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a}) or (${b})`),
    tie('tree').map((a) => `not (${a})`),
  ),
}));

it('finds the same in columns as in SQLite, for any condition and any range', () => {
  const index = open(newFile());
  put(index, samples(BLOCK_IDS - 300, BLOCK_IDS + 300));
  const id = fc.integer({ min: BLOCK_IDS - 310, max: BLOCK_IDS + 310 });
  for (const leaf of LEAVES) {
    const [found, asked] = bothWays(index, filterOf(leaf));
    expect(found, leaf).toEqual(asked);
    expect([filterOf(leaf).columns, found.length > 0], leaf).toEqual([expect.anything(), true]);
  }
  fc.assert(
    fc.property(tree, id, id, (text, after, upTo) => {
      const [found, asked] = bothWays(index, filterOf(text), after, upTo);
      expect(found).toEqual(asked);
    }),
    { numRuns: 300, seed: 20_261_129 },
  );
});

it('tells the same keys to sort by as SQLite, and in order of id', () => {
  const file = newFile();
  const first = new ExchangeIndex(file);
  put(first, samples(1, 1400));
  const ids = Array.from({ length: 6000 }, (_, n) => n + 1).filter((id) => id % 4 > 0);
  const keysOf = (index: ExchangeIndex) =>
    SORT_FIELDS.map((field) => {
      const keys: [number, SortKey][] = [];
      index.eachKey(field, ids, (id, key) => keys.push([id, key]));
      return keys;
    });
  const held = keysOf(first);
  first.close();
  const index = open(file);
  expect(keysOf(index)).toEqual(held);
  expect(held.map((keys) => [keys.length, new Set(keys.map(([, key]) => key)).size > 1])).toEqual(
    SORT_FIELDS.map(() => [1050, true]),
  );
  put(index, samples(BLOCK_IDS, BLOCK_IDS + 99));
  put(index, samples(1400, 1500));
  const mixed = keysOf(index);
  expect([...index.fillColumns()]).toHaveLength(1);
  expect(keysOf(index)).toEqual(mixed);
  expect(mixed[0]?.map(([id]) => id)).toEqual(mixed[0]?.map(([id]) => id).toSorted((a, b) => a - b));
  expect(asksSqlite(() => keysOf(index))).toBe(false);
});

/** What may happen to an index, each with ids around the edge of a block. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('put', 'put', 'put', 'roll back', 'remove', 'fill', 'open again', 'clear'),
    from: fc.nat(2 * BLOCK_IDS),
    count: fc.constantFrom(1, 20, 200),
    salt: fc.nat(9),
  }),
  { minLength: 3, maxLength: 7 },
);

it('finds the same in both after anything that happens to an index', () => {
  const file = newFile();
  const many = samples(BLOCK_IDS - 1500, BLOCK_IDS + 100);
  const filters = ['status = 404 or path *= users', 'not completed', 'duration > 5ms and query ^= page'].map(filterOf);
  fc.assert(
    fc.property(steps, (done) => {
      let index = new ExchangeIndex(file);
      try {
        index.clear();
        put(index, many);
        for (const { what, from, count, salt } of done) {
          const ids = Array.from({ length: count }, (_, n) => from + n + 1);
          if (what === 'put') put(index, samples(from + 1, from + count + 1, salt));
          else if (what === 'remove') index.remove(ids);
          else if (what === 'fill') expect([...index.fillColumns()].length).toBeLessThan(4);
          else if (what === 'clear') index.clear();
          else if (what === 'roll back')
            expect(() => put(index, samples(from + 1, from + 21, salt), fail)).toThrow('the disk is full');
          else {
            index.close();
            index = new ExchangeIndex(file);
          }
          for (const filter of filters) {
            const [found, asked] = bothWays(index, filter);
            expect(found).toEqual(asked);
          }
        }
      } finally {
        index.close();
      }
    }),
    { numRuns: 40, seed: 20_261_129 },
  );
});

function fail(): never {
  throw new Error('the disk is full');
}

/** Whether SQLite is asked about exchanges. */
function asksSqlite(work: () => unknown): boolean {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  work();
  const asks = prepare.mock.calls.some(([sql]) => sql.includes('FROM exchanges WHERE id '));
  prepare.mockRestore();
  return asks;
}

it('asks SQLite only about what was recorded by an earlier process, until that has been read', () => {
  const file = newFile();
  const first = new ExchangeIndex(file);
  put(first, samples(1, 2000));
  const filter = filterOf('status = 404 and path *= users');
  expect(asksSqlite(() => first.findIds(filter, 0, 1e4))).toBe(false);
  first.close();
  const index = open(file);
  put(index, samples(BLOCK_IDS, BLOCK_IDS + 10));
  expect(asksSqlite(() => index.findIds(filter, 0, 1e4))).toBe(true);
  expect(asksSqlite(() => index.findIds(filter, BLOCK_IDS, 1e4))).toBe(false);
  expect([...index.fillColumns()]).toHaveLength(1);
  expect(asksSqlite(() => index.findIds(filter, 0, 1e4))).toBe(false);
  put(index, samples(2000, 2010));
  expect(bothWays(index, filter)[0]).toEqual(bothWays(index, filter)[1]);
  expect([...index.fillColumns()]).toHaveLength(0);
});

it('leaves to SQLite what columns have no room for: many attempts, large numbers, long targets', () => {
  const index = open(newFile());
  const long = '/long'.repeat(3000);
  put(index, samples(1, 100));
  put(index, recordsOf(Array.from({ length: 30 }, (_, n) => ({ id: 100 + n, path: `${long}${n}` }))));
  const [byPath, byStatus] = ['path ^= /long and path $= 7', 'status = 404'].map(filterOf) as [
    IndexFilter,
    IndexFilter,
  ];
  expect(asksSqlite(() => index.findIds(byStatus, 0, 1e4))).toBe(false);
  expect(asksSqlite(() => index.findIds(byPath, 0, 1e4))).toBe(true);
  expect(index.findIds(byPath, 0, 1e4)).toEqual([107, 117, 127]);
  put(index, recordsOf([{ id: 200, attempts: 300, status: 404 }]));
  expect(asksSqlite(() => index.findIds(byStatus, 0, 1e4))).toBe(true);
  expect(index.findIds(byStatus, 0, 1e4).at(-1)).toBe(200);
  expect(index.findIds(filterOf('attempts > 299'), 0, 1e4)).toEqual([200]);
  put(index, samples(BLOCK_IDS, BLOCK_IDS + 10));
  expect(asksSqlite(() => index.findIds(byPath, BLOCK_IDS - 1, 1e4))).toBe(false);
});

/** Rows that are written when somebody asks: what is asked is answered as if they had been there all the time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { ExchangeRows } from '../../../proxy-engine/store/index/exchange-rows.ts';
import { openDatabase } from '../../../proxy-engine/store/index/index-database.ts';
import { eachPacked, ROW, RowPacker, targetOf } from '../../../proxy-engine/store/index/packed-rows.ts';
import { EXCHANGE } from '../../../proxy-engine/store/record/record-format.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function open(): DatabaseSync {
  const folder = mkdtempSync(join(tmpdir(), 'rows-'));
  const db = openDatabase(join(folder, 'index.db'), false);
  closing.push(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  return db;
}

const packer = new RowPacker();

/** `status`: of all. */
function packed(ids: readonly number[], status = 200, target = '/a?b=1'): Buffer {
  const numbers = new Float64Array(EXCHANGE.count + 3).fill(-1);
  const base = 3;
  numbers[base + EXCHANGE.status] = status;
  numbers[base + EXCHANGE.startedAt] = 1_700_000_000_000.25;
  const source = Buffer.from(`??${target}`);
  for (const id of ids) {
    const place = { id, segment: 1, offset: id * 8, recordBytes: 400, requestBodyBytes: 0, responseBodyBytes: 700 };
    packer.add(place, 7, numbers, base, source, 2, source.length);
  }
  return Buffer.from(packer.take());
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n);
}

function count(db: DatabaseSync, where: string, table = 'exchanges'): unknown {
  return db.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where}`).get()?.['count'];
}

function fillUp(db: DatabaseSync): void {
  db.exec("CREATE TRIGGER no_room BEFORE INSERT ON main.exchanges BEGIN SELECT raise(ABORT, 'disk is full'); END");
}

it('packs rows of any target, also when they need more room than there was', () => {
  const targets = ['', '/', `/${'ü'.repeat(70_000)}`, '/a'];
  for (const target of targets) {
    const found: [number, string][] = [];
    const rows = packed([1, 2 ** 52], 200, target);
    eachPacked(rows, (numbers, row) => found.push([numbers[row + ROW.id] as number, targetOf(rows, numbers, row)]));
    expect(found).toEqual([
      [1, target],
      [2 ** 52, target],
    ]);
  }
});

it('writes nothing before somebody asks, then all, the last that was said of each', () => {
  const db = open();
  const written: number[] = [];
  const rows = new ExchangeRows(db, (some) => eachPacked(some, (numbers, row) => written.push(numbers[row] as number)));
  rows.add(packed(range(1, 100), 200));
  rows.add(packed([100, 101, 50], 404));
  expect([count(db, 'true'), written.length]).toEqual([0, 0]);
  expect([count(rows.written, 'true'), count(rows.written, 'status = 404'), written.length]).toEqual([101, 3, 103]);
  expect(db.prepare('SELECT * FROM exchanges WHERE id = 50').get()).toMatchObject({
    status: 404,
    shape: 7,
    path: '/a',
    query: 'b=1',
    duration: null,
    ttfb: null,
    offset: 400,
    startedAt: 1_700_000_000_000.25,
    color: null,
  });
  expect(count(db, 'true', 'unwritten')).toBe(0);
});

it('writes very many in steps, and those of an earlier process', () => {
  const db = open();
  const before = new ExchangeRows(db, () => {});
  for (let from = 1; from <= 20_000; from += 1000) before.add(packed(range(from, 1000)));
  const rows = new ExchangeRows(db, () => {});
  const steps = [...rows.writing()].length;
  expect(steps).toBeGreaterThan(2);
  expect(steps).toBeLessThan(10);
  expect(count(db, 'true')).toBe(20_000);
});

it('answers out of memory what a full disk does not take, and writes it when there is room', () => {
  const db = open();
  const rows = new ExchangeRows(db, () => {});
  rows.add(packed([5], 500));
  expect(count(rows.written, 'true')).toBe(1);
  for (let from = 1; from < 2000; from += 500) rows.add(packed(range(from, 500)));
  fillUp(db);
  expect(count(rows.written, 'true')).toBe(2000);
  expect([count(rows.written, 'id = 5 AND status = 200'), count(db, 'true', 'main.exchanges')]).toEqual([1, 1]);
  expect(() => rows.writeAll()).toThrow('full');
  expect(count(rows.written, 'status = 200')).toBe(2000);
  db.exec('DROP TRIGGER no_room');
  rows.writeAll();
  expect([count(db, 'true'), count(db, 'true', 'main.exchanges'), count(db, 'true', 'unwritten')]).toEqual([
    2000, 2000, 0,
  ]);
});

it('what was held in memory is asked together with what comes then, and goes with all', () => {
  const db = open();
  const rows = new ExchangeRows(db, () => {});
  rows.add(packed(range(1, 10)));
  fillUp(db);
  expect(count(rows.written, 'true')).toBe(10);
  rows.add(packed(range(11, 10)));
  expect(count(rows.written, 'true')).toBe(20);
  // What a transaction that was undone did to it, too.
  db.exec('BEGIN');
  rows.add(packed(range(21, 10)));
  db.exec('ROLLBACK');
  rows.load();
  expect(count(rows.written, 'true')).toBe(20);
  rows.clear();
  expect(count(rows.written, 'true')).toBe(0);
});

it('tells where those lie that are not written, the last place of each, without writing them', () => {
  const db = open();
  const rows = new ExchangeRows(db, () => {});
  rows.add(packed([3, 1, 2], 200));
  rows.add(packed([9, 2], 404, `/${'a'.repeat(70)}`));
  const before = rows.unwrittenPlaces([2, 5, 9, 100]);
  expect([...before.keys()].sort()).toEqual([2, 9]);
  expect(before.get(9)).toEqual({
    id: 9,
    segment: 1,
    offset: 72,
    recordBytes: 400,
    requestBodyBytes: 0,
    responseBodyBytes: 700,
  });
  expect([0, 1, 3, 8, 9].map((id) => rows.unwrittenAfter(id))).toEqual([1, 2, 4, 9, null]);
  expect(count(db, 'true')).toBe(0);
  rows.writeAll();
  expect([rows.unwrittenPlaces([2]).size, rows.unwrittenAfter(0)]).toEqual([0, null]);
});

import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { ExchangeShapes } from '../../../proxy-engine/store/index/exchange-shapes.ts';

it('what is asked of each shape is prepared once, however many shapes there are', () => {
  const db = new DatabaseSync(':memory:');
  const shapes = new ExchangeShapes(db);
  db.exec(
    `INSERT INTO shapes VALUES (1, '', 'GET', 'http', 'A.test:81', 'a.test', '', '', '', NULL, NULL, NULL, NULL, NULL, NULL)`,
  );
  const prepare = vi.spyOn(db, 'prepare');
  expect(shapes.hostOf(1)).toBe('a.test');
  expect(shapes.sortedHostOf(1)).toBe('a.test:81');
  expect(shapes.requestOf(1)).toEqual({ method: 'GET', host: 'A.test:81' });
  expect(shapes.hostOf(2)).toBe('');
  expect(prepare).not.toHaveBeenCalled();
  db.close();
});

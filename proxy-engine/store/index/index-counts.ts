/** How often things are in an index. */
import type { DatabaseSync } from 'node:sqlite';
import type { SqlFilter } from './sql-filter.ts';

type Condition = Pick<SqlFilter, 'where' | 'params'>;

export class IndexCounts {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  all(): number {
    return (this.#db.prepare('SELECT count(*) AS count FROM exchanges').get() as { count: number }).count;
  }

  /** How many of the exchanges have which path, by their shape. */
  paths({ where, params }: Condition): [shape: number, path: string, count: number][] {
    const sql = `SELECT shape, path, count(*) FROM exchanges WHERE ${where} GROUP BY shape, path`;
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all(...params) as unknown as [number, string, number][];
  }

  /** The values that a column has most often. */
  frequent(table: 'shapes' | 'exchanges', column: string, { where, params }: Condition, limit: number): string[] {
    const sql = `SELECT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL AND ${where}
      GROUP BY ${column} ORDER BY count(*) DESC, ${column} LIMIT ?`;
    const rows = this.#db.prepare(sql).all(...params, limit) as unknown as { value: string | number }[];
    return rows.map(({ value }) => String(value));
  }
}

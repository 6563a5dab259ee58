/** What of a filter the index can decide: by columns in memory where it has them, by SQL where it has not. */
import type { Expression } from '../../contract/expression/syntax.ts';
import { allOf, type ColumnFilter, columnFilter } from './column-filter.ts';
import { decided, type SqlFilter, sqlFilter } from './sql-filter.ts';

export interface IndexFilter extends SqlFilter {
  /** Means the same as the condition; null: columns do not have all that it asks. */
  columns: ColumnFilter | null;
}

/** `null` is the filter of everything. */
export function indexFilter(expression: Expression | null): IndexFilter {
  const columns = allOf(expression === null ? [] : decided(expression).map(columnFilter));
  return { ...sqlFilter(expression), columns };
}

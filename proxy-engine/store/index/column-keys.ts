/** What exchanges are put in order by, out of columns. The same as SQLite tells (index-rows.ts). */
import type { SortField } from '../../contract/api.ts';
import type { ColumnBlock } from './column-block.ts';
import { numberOf } from './column-filter.ts';
import type { SortKey } from './key-buckets.ts';

export interface RowKey {
  of(this: void, block: ColumnBlock, row: number): SortKey;
  /** It needs targets; blocks may have none. */
  readsText: boolean;
}

/** `hostOf`: of a shape, with its port, in lower case. */
export function rowKey(field: SortField, hostOf: (shape: number) => string): RowKey {
  switch (field) {
    case 'host':
      return { of: ({ shape }, row) => hostOf(shape[row] as number), readsText: false };
    case 'path':
      return { of: targetKey, readsText: true };
    default: {
      const number = numberOf(field);
      return {
        of(block, row) {
          const value = number(block, row);
          return Number.isNaN(value) ? -1 : value;
        },
        readsText: false,
      };
    }
  }
}

function targetKey({ text, targetStart, targetBytes }: ColumnBlock, row: number): string {
  const start = targetStart[row] as number;
  return text?.toString('utf8', start, start + (targetBytes[row] as number)) ?? '';
}

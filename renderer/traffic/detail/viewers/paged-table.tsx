import { type ReactNode, useState } from 'react';
import { ListPager } from './list-pager.tsx';

/** So many rows are shown at a time. */
const SHOWN = 500;

interface PagedTableProps<T> {
  label: string;
  items: readonly T[];
  renderRow: (item: T, index: number) => ReactNode;
}

/** Names and what they have, a part of them at a time, and the ways to the others. */
export function PagedTable<T>({ label, items, renderRow }: PagedTableProps<T>) {
  const [from, setFrom] = useState(0);
  const start = from < 0 ? Math.max(0, items.length + from) : from;
  const first = start < items.length ? start : 0;
  const shown = items.slice(first, first + SHOWN);
  return (
    <>
      <ListPager first={first} count={shown.length} total={items.length} step={SHOWN} onGo={setFrom} />
      <table className="header-table field-table" aria-label={label}>
        <tbody>{shown.map((item, index) => renderRow(item, first + index))}</tbody>
      </table>
    </>
  );
}

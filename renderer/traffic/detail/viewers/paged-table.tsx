import { type ReactNode, useState } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { PagerButtons } from '../pager-buttons.tsx';

/** So many rows are shown at a time. */
const SHOWN = 500;

interface PagedTableProps<T> {
  label: string;
  items: readonly T[];
  row: (item: T, index: number) => ReactNode;
}

/** Names and what they have, a part of them at a time, and the ways to the others. */
export function PagedTable<T>({ label, items, row }: PagedTableProps<T>) {
  const [from, setFrom] = useState(0);
  const first = from < items.length ? from : 0;
  const shown = items.slice(first, first + SHOWN);
  return (
    <>
      {items.length > SHOWN ? <Pager first={first} count={shown.length} total={items.length} onGo={setFrom} /> : null}
      <table className="header-table field-table" aria-label={label}>
        <tbody>{shown.map((item, index) => row(item, first + index))}</tbody>
      </table>
    </>
  );
}

interface PagerProps {
  first: number;
  count: number;
  total: number;
  onGo: (first: number) => void;
}

function Pager({ first, count, total, onGo }: PagerProps) {
  const { pages } = useMessages().detail;
  const isFirst = first === 0;
  const isLast = first + count >= total;
  return (
    <div className="body-toolbar body-pager">
      {pages.shown(first + 1, first + count, total)}
      <PagerButtons
        steps={[
          { label: pages.first, to: 0, disabled: isFirst },
          { label: pages.previous, to: Math.max(0, first - SHOWN), disabled: isFirst },
          { label: pages.next, to: first + SHOWN, disabled: isLast },
          { label: pages.last, to: Math.floor((total - 1) / SHOWN) * SHOWN, disabled: isLast },
        ]}
        onGo={onGo}
      />
    </div>
  );
}

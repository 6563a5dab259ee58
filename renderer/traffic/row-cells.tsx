import { clsx } from 'clsx';
import { type CSSProperties, memo, type ReactElement } from 'react';
import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../app-context.tsx';
import { shortBackendName } from '../format/backend-name.ts';
import { formatDuration, formatSize } from '../format/quantities.ts';
import { formatMoment } from '../format/time.ts';
import type { Messages } from '../i18n/messages.ts';
import { CutName, isShortName } from '../ui/cut-name.tsx';
import { FaultMark } from '../ui/fault-mark.tsx';
import { ReplayMark } from '../ui/replay-mark.tsx';
import { type ColumnId, durationBarPercent, isHeaderColumn, type VisibleColumn } from './columns.ts';
import { RowMark } from './marks/row-mark.tsx';
import { statusLook } from './status.tsx';

interface RowCellsProps {
  /** undefined: it has not come yet. */
  row: ExchangeRow | undefined;
  columns: readonly VisibleColumn[];
  /** Of its backend. */
  color: string;
}

/**
 * By themselves: the number of rows, which each row tells, changes while what a row shows does not. What the last row has left
 * stays, unseen, until the next one is here: to take it away costs as much as to change it.
 */
export const RowCells = memo(
  function RowCells({ row, columns, color }: RowCellsProps) {
    const messages = useMessages();
    return row && columns.map((column) => cellOf(column, row, color, messages));
  },
  (before, now) =>
    now.row === undefined || (before.row === now.row && before.columns === now.columns && before.color === now.color),
);

/**
 * As few elements as can be, and only what may be too long is clipped: there are hundreds of cells, and each frame of a scroll
 * changes many of them.
 */
function cellOf(column: VisibleColumn, row: ExchangeRow, color: string, messages: Messages): ReactElement {
  switch (column.id) {
    case 'status':
      return statusCell(row, messages);
    case 'path':
      return (
        <span key="path" className="cell-path cell-cut">
          {row.mark ? <RowMark mark={row.mark} /> : null}
          {row.path}
        </span>
      );
    case 'backend':
      return backendCell(row, color, column.tellsAttempts === true && row.attempts > 1);
    case 'bar':
      return barCell(row.durationMs, color);
    default:
      return textCell(column, row);
  }
}

function statusCell(row: ExchangeRow, messages: Messages): ReactElement {
  const { tone, text, label } = statusLook(row, messages);
  return (
    <span key="status" className={`status status-${tone}`} aria-label={label}>
      {text}
    </span>
  );
}

function backendCell(row: ExchangeRow, color: string, tellsAttempts: boolean): ReactElement {
  if (row.backend === undefined)
    return (
      <span key="backend" className="cell-faint">
        –
      </span>
    );
  const name = shortBackendName(row.backend);
  const style = { '--series': color } as CSSProperties;
  if (isShortName(name) && !row.replayed && !row.faulted && !tellsAttempts)
    return (
      <span key="backend" className="cell-backend cell-cut" style={style}>
        {name}
      </span>
    );
  return (
    <span key="backend chip" className="backend-chip" style={style}>
      <i className="swatch" />
      <CutName name={name} />
      {tellsAttempts ? <AttemptsMark count={row.attempts} /> : null}
      {row.replayed ? <ReplayMark /> : null}
      {row.faulted ? <FaultMark /> : null}
    </span>
  );
}

function AttemptsMark({ count }: { count: number }) {
  const { traffic } = useMessages();
  const label = traffic.attemptsMade(count);
  return (
    <span className="cell-retried" role="img" aria-label={label} title={label}>
      ×{count}
    </span>
  );
}

function barCell(ms: number | undefined, color: string): ReactElement {
  if (ms === undefined) return <span key="bar" />;
  return (
    <span key="bar" className="duration-bar">
      <i style={{ width: `${durationBarPercent(ms)}%`, '--series': color } as CSSProperties} />
    </span>
  );
}

/** No letter of a figure is wider, in pixels. */
const WIDEST_FIGURE = 8;
const FIGURES: ReadonlySet<ColumnId> = new Set([
  'number',
  'time',
  'method',
  'attempts',
  'duration',
  'size',
  'sent',
  'protocol',
]);

function textCell({ id, align, width }: VisibleColumn, row: ExchangeRow): ReactElement {
  const text = textOf(id, row) ?? '';
  const mayBeCut = !FIGURES.has(id) || text.length * WIDEST_FIGURE > width;
  return (
    <span key={id} className={clsx(`cell-${align}`, lookOf(id, row), mayBeCut && 'cell-cut')}>
      {text}
    </span>
  );
}

function lookOf(id: ColumnId, row: ExchangeRow): string {
  if (id === 'number') return 'cell-faint';
  if (id === 'method') return 'cell-method';
  if (id === 'attempts') return row.attempts > 1 ? 'cell-retried' : '';
  return id === 'duration' ? '' : 'cell-dim';
}

function textOf(id: ColumnId, row: ExchangeRow): string | undefined {
  if (isHeaderColumn(id)) return row.headers?.[id];
  switch (id) {
    case 'number':
      return String(row.id);
    case 'time':
      return formatMoment(row.startedAt, Date.now());
    case 'method':
      return row.method;
    case 'host':
      return row.host;
    case 'attempts':
      return String(row.attempts);
    case 'duration':
      return row.durationMs === undefined ? '…' : formatDuration(row.durationMs);
    case 'size':
      return formatSize(row.responseSizeBytes);
    case 'sent':
      return formatSize(row.requestSizeBytes);
    case 'type':
      return row.contentType?.split(';')[0];
    case 'protocol':
      return row.protocol;
    case 'listener':
      return row.listener;
    case 'route':
      return row.route;
    case 'pool':
      return row.pool;
    case 'rules':
      return row.rules.join(', ');
    default:
      return undefined;
  }
}

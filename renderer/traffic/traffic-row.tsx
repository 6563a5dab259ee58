import { clsx } from 'clsx';
import { type CSSProperties, type MouseEvent, memo, type ReactNode } from 'react';
import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { type App } from '../app.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { shortBackendName } from '../format/backend-name.ts';
import { formatDuration, formatSize } from '../format/quantities.ts';
import { formatFullTime, formatMoment } from '../format/time.ts';
import { backendColor } from '../store/backend-color.ts';
import { CutName } from '../ui/cut-name.tsx';
import { FaultMark } from '../ui/fault-mark.tsx';
import { ReplayMark } from '../ui/replay-mark.tsx';
import { type ColumnId, durationBarPercent, isHeaderColumn, type VisibleColumn } from './columns.ts';
import { markColor } from './marks/mark-color.ts';
import { RowMark } from './marks/row-mark.tsx';
import { Status } from './status.tsx';

export const ROW_HEIGHT = 26;

interface TrafficRowProps {
  index: number;
  total: number;
  row: ExchangeRow | undefined;
  columns: readonly VisibleColumn[];
  chosen: boolean;
  /** The one that is shown beside the list. */
  isLead: boolean;
}

export function rowElementId(index: number): string {
  return `exchange-${index}`;
}

export const TrafficRow = memo(function TrafficRow({ index, total, row, columns, chosen, isLead }: TrafficRowProps) {
  const app = useApp();
  const { common } = useMessages();
  const color = useEngine((view) => colorOf(view.state, row));
  return (
    <div
      id={rowElementId(index)}
      role="option"
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={total}
      aria-label={row ? undefined : common.loading}
      className={clsx('traffic-row', isLead && 'traffic-row-lead', row?.mark?.color && 'traffic-row-marked')}
      style={{ '--series': color, ...(row?.mark?.color && { '--mark': markColor(row.mark.color) }) } as CSSProperties}
      // Else Shift would select text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => click(app, index, event)}
    >
      <Cells row={row} columns={columns} />
    </div>
  );
});

/** By themselves: the number of rows, which each of them tells, changes while what a row shows does not. */
const Cells = memo(function Cells({ row, columns }: Pick<TrafficRowProps, 'row' | 'columns'>) {
  const { engine } = useMessages();
  return columns.map(({ id, align }) => (
    <span
      key={id}
      className={`cell-${align} ${CELL_CLASS[id] ?? (isHeaderColumn(id) ? 'cell-dim' : '')}`}
      title={row && titleOf(id, row, engine)}
    >
      {row ? cell(id, row) : null}
    </span>
  ));
});

/** As lists everywhere: Shift chooses up to here, Ctrl or ⌘ one more. */
function click(app: App, index: number, event: MouseEvent): void {
  if (event.shiftKey) app.attempt(app.traffic.extendTo(index));
  else if (app.mac ? event.metaKey : event.ctrlKey) app.traffic.toggle(index);
  else app.traffic.pick(index);
}

const CELL_CLASS: Partial<Record<ColumnId, string>> = {
  number: 'cell-number',
  time: 'cell-dim',
  method: 'cell-method',
  host: 'cell-dim',
  path: 'cell-path',
  size: 'cell-dim',
  sent: 'cell-dim',
  type: 'cell-dim',
  protocol: 'cell-dim',
  listener: 'cell-dim',
  route: 'cell-dim',
  pool: 'cell-dim',
  rules: 'cell-dim',
};

function cell(id: ColumnId, row: ExchangeRow): ReactNode {
  if (isHeaderColumn(id)) return row.headers?.[id];
  switch (id) {
    case 'number':
      return row.id;
    case 'time':
      return formatMoment(row.startedAt, Date.now());
    case 'method':
      return row.method;
    case 'host':
      return row.host;
    case 'path':
      return (
        <>
          {row.mark ? <RowMark mark={row.mark} /> : null}
          {row.path}
        </>
      );
    case 'status':
      return <Status row={row} />;
    case 'backend':
      return row.backend === undefined ? <span className="cell-muted">–</span> : <BackendCell row={row} />;
    case 'attempts':
      return row.attempts > 1 ? <span className="cell-retried">{row.attempts}</span> : row.attempts;
    case 'duration':
      return row.durationMs === undefined ? '…' : formatDuration(row.durationMs);
    case 'bar':
      return <DurationBar ms={row.durationMs} />;
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
  }
}

function BackendCell({ row }: { row: ExchangeRow }) {
  return (
    <span className="backend-chip">
      <i className="swatch" />
      {row.backend === undefined ? null : <CutName name={shortBackendName(row.backend)} />}
      {row.replayed ? <ReplayMark /> : null}
      {row.faulted ? <FaultMark /> : null}
    </span>
  );
}

function DurationBar({ ms }: { ms: number | undefined }) {
  if (ms === undefined) return null;
  return (
    <span className="duration-bar">
      <i className="duration-bar-fill" style={{ width: `${durationBarPercent(ms)}%` }} />
    </span>
  );
}

function titleOf(id: ColumnId, row: ExchangeRow, engine: (english: string) => string): string | undefined {
  if (isHeaderColumn(id)) return row.headers?.[id];
  if (id === 'time') return formatFullTime(row.startedAt);
  if (id === 'path') return row.path;
  if (id === 'host') return row.host;
  if (id === 'type') return row.contentType;
  if (id === 'rules') return row.rules.join(', ') || undefined;
  if (id === 'backend') return row.backend === undefined ? undefined : `${row.pool}/${row.backend}`;
  return id === 'status' && row.error ? engine(row.error.message) : undefined;
}

function colorOf(state: EngineState | null, row: ExchangeRow | undefined): string {
  return backendColor(state, row?.pool, row?.backend);
}

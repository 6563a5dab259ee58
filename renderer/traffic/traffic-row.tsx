import { clsx } from 'clsx';
import { type CSSProperties, type MouseEvent, memo } from 'react';
import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import { type App } from '../app.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { wholeBackendName } from '../format/backend-name.ts';
import { formatFullTime } from '../format/time.ts';
import type { Messages } from '../i18n/messages.ts';
import { onPress } from '../ui/on-press.ts';
import { type ColumnId, isHeaderColumn, type VisibleColumn } from './columns.ts';
import { markColor } from './marks/mark-color.ts';
import { RowCells } from './row-cells.tsx';
import { statusLook } from './status.tsx';

export const ROW_HEIGHT = 26;

interface TrafficRowProps {
  index: number;
  total: number;
  row: ExchangeRow | undefined;
  columns: readonly VisibleColumn[];
  /** Of its backend. */
  color: string;
  chosen: boolean;
  /** The one that is shown beside the list. */
  isLead: boolean;
}

/** Of the one that is shown beside the list: no other is asked for by its id. */
export function rowElementId(index: number): string {
  return `exchange-${index}`;
}

export const TrafficRow = memo(function TrafficRow(props: TrafficRowProps) {
  const { index, total, row, columns, color, chosen, isLead } = props;
  const app = useApp();
  const messages = useMessages();
  const mark = row?.mark?.color;
  return (
    <div
      id={isLead ? rowElementId(index) : undefined}
      role="option"
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={total}
      aria-label={row ? undefined : messages.common.loading}
      className={clsx(
        'traffic-row',
        isLead && 'traffic-row-lead',
        mark && 'traffic-row-marked',
        !row && 'traffic-row-missing',
      )}
      style={mark ? ({ '--mark': markColor(mark) } as CSSProperties) : undefined}
      onMouseOver={(event) => row && tell(event, (place) => titleOf(columns[place]?.id, row, messages))}
      {...onPress(
        (event) => choose(app, index, event),
        () => beforeMenu(app),
      )}
    >
      <RowCells row={row} columns={columns} color={color} />
    </div>
  );
});

/** Windows opens it when the button is let go: by then the row is still there. */
function beforeMenu(app: App): void {
  app.traffic.setFollow(false);
}

/** As lists everywhere: Shift chooses up to here, Ctrl or ⌘ one more. */
function choose(app: App, index: number, event: MouseEvent): void {
  if (app.mac && event.ctrlKey) return beforeMenu(app);
  if (event.shiftKey) {
    event.preventDefault(); // else it would select text
    app.attempt(app.traffic.extendTo(index));
  } else if (app.mac ? event.metaKey : event.ctrlKey) app.traffic.toggle(index);
  else app.traffic.pick(index);
}

/** What a cell says under the pointer is written into it only then: in a scroll it would be written thousands of times for nobody. */
function tell({ target, currentTarget }: MouseEvent, titleAt: (place: number) => string | undefined): void {
  const place = [...currentTarget.children].findIndex((cell) => cell.contains(target as Node));
  const cell = currentTarget.children[place];
  if (cell instanceof HTMLElement) cell.title = titleAt(place) ?? '';
}

function titleOf(id: ColumnId | undefined, row: ExchangeRow, messages: Messages): string | undefined {
  if (id === undefined) return undefined;
  if (isHeaderColumn(id)) return row.headers?.[id];
  if (id === 'time') return formatFullTime(row.startedAt);
  if (id === 'path') return row.path;
  if (id === 'host') return row.host;
  if (id === 'type') return row.contentType;
  if (id === 'rules') return row.rules.join(', ');
  if (id === 'backend') return wholeBackendName(row);
  if (id !== 'status') return undefined;
  return row.error ? messages.engine(row.error.message) : statusLook(row, messages).label;
}

export const COLUMNS = [
  { id: 'number', width: '60px', align: 'end' },
  { id: 'time', width: '94px', align: 'start' },
  { id: 'method', width: '62px', align: 'start' },
  { id: 'host', width: 'minmax(90px, 160px)', align: 'start' },
  { id: 'path', width: 'minmax(120px, 1fr)', align: 'start' },
  { id: 'status', width: '52px', align: 'start' },
  { id: 'backend', width: '96px', align: 'start' },
  { id: 'attempts', width: '62px', align: 'end' },
  { id: 'duration', width: '68px', align: 'end' },
  { id: 'bar', width: '84px', align: 'start' },
  { id: 'size', width: '70px', align: 'end' },
] as const;

export type ColumnId = (typeof COLUMNS)[number]['id'];

/** Without these a row says nothing. */
export const FIXED_COLUMNS: ReadonlySet<ColumnId> = new Set(['path', 'status']);

export function visibleColumns(hidden: readonly ColumnId[]) {
  return COLUMNS.filter((column) => FIXED_COLUMNS.has(column.id) || !hidden.includes(column.id));
}

export function gridTemplate(columns: readonly { width: string }[]): string {
  return columns.map((column) => column.width).join(' ');
}

const SHORTEST_MS = 0.5;
const LONGEST_MS = 10_000;

/** Width of the duration bar in percent: logarithmic, so that 5 ms and 5 s both say something. */
export function durationBarPercent(ms: number): number {
  const span = Math.log(LONGEST_MS / SHORTEST_MS);
  const position = Math.log(Math.max(ms, SHORTEST_MS) / SHORTEST_MS) / span;
  return Math.round(Math.min(1, Math.max(0.03, position)) * 100);
}

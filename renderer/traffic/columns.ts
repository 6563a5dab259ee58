import type { SortField } from '../../proxy-engine/contract/api.ts';

/** Every column there is, in the order in which they are offered. Least widths in pixels; columns with `grow` share what is left in that proportion. */
export const COLUMNS = [
  { id: 'number', width: 58, align: 'end' },
  { id: 'time', width: 100, align: 'start' },
  { id: 'method', width: 54, align: 'start' },
  { id: 'host', width: 108, grow: 0.3, align: 'start' },
  { id: 'path', width: 154, grow: 1, align: 'start' },
  { id: 'status', width: 46, align: 'start' },
  { id: 'backend', width: 82, align: 'start' },
  { id: 'attempts', width: 56, align: 'end' },
  { id: 'duration', width: 66, align: 'end' },
  { id: 'bar', width: 80, align: 'start' },
  { id: 'size', width: 64, align: 'end' },
  { id: 'sent', width: 64, align: 'end' },
  { id: 'type', width: 110, align: 'start' },
  { id: 'protocol', width: 66, align: 'start' },
  { id: 'listener', width: 76, align: 'start' },
  { id: 'route', width: 76, align: 'start' },
  { id: 'pool', width: 76, align: 'start' },
  { id: 'rules', width: 96, align: 'start' },
] as const satisfies readonly Column[];

interface Column {
  id: string;
  width: number;
  grow?: number;
  align: 'start' | 'end';
}

/** A header that somebody added: `request:user-agent`. */
export type HeaderColumn = `request:${string}` | `response:${string}`;
type BuiltInColumn = (typeof COLUMNS)[number]['id'];
export type ColumnId = BuiltInColumn | HeaderColumn;

/** The engine gives rows no more of them. */
export const MOST_HEADERS = 8;
const HEADER_WIDTH = 110;

export function isHeaderColumn(id: unknown): id is HeaderColumn {
  return typeof id === 'string' && /^(request|response):[!#$%&'*+.^_`|~0-9a-z-]{1,80}$/.test(id);
}

/** The column of a header; null: such a name no header can have. */
export function headerColumn(side: 'request' | 'response', name: string): HeaderColumn | null {
  const id = `${side}:${name.trim().toLowerCase()}`;
  return isHeaderColumn(id) ? id : null;
}

export function headerName(id: HeaderColumn): string {
  return id.slice(id.indexOf(':') + 1);
}

export function columnName(id: ColumnId, names: Record<BuiltInColumn, string>): string {
  return isHeaderColumn(id) ? headerName(id) : names[id];
}

function columnOf(id: unknown): VisibleColumn | null {
  if (isHeaderColumn(id)) return { id, width: HEADER_WIDTH, align: 'start' };
  return COLUMNS.find((column) => column.id === id) ?? null;
}
/** `tellsAttempts`: the column of the attempts was chosen and finds no room, so this one says when there was more than one. */
export type VisibleColumn = Column & { id: ColumnId; tellsAttempts?: true };

/** What the list can be sorted by; the number is the order in which exchanges began. */
export const SORT_FIELD: Partial<Record<ColumnId, SortField | null>> = {
  number: null,
  time: null,
  host: 'host',
  path: 'path',
  status: 'status',
  attempts: 'attempts',
  duration: 'duration',
  size: 'responseSize',
  sent: 'requestSize',
};

/** Shown until somebody chooses others. */
export const DEFAULT_COLUMNS: readonly ColumnId[] = COLUMNS.slice(0, 11).map(({ id }) => id);

/** Without these a row says nothing. */
export const FIXED_COLUMNS: ReadonlySet<ColumnId> = new Set(['path', 'status']);

/** What goes first where there is no room for all. */
const LEAST_NEEDED: readonly ColumnId[] = [
  'bar',
  'sent',
  'rules',
  'listener',
  'protocol',
  'route',
  'pool',
  'type',
  'size',
  'number',
  'attempts',
  'time',
  'host',
  'method',
];
/** Where even what is left is too wide, the path alone may be cut. */
const SHORTEST_PATH = 60;
const GAP = 8;
const SIDES = 24 + 12; // padding and a scrollbar

/** What was kept, as far as these are columns; those that are always shown are among them. */
export function knownColumns(kept: readonly unknown[]): ColumnId[] {
  const known = COLUMNS.map(({ id }) => id).filter((id) => FIXED_COLUMNS.has(id) && !kept.includes(id));
  const columns = [...new Set([...kept.flatMap((id) => columnOf(id)?.id ?? []), ...known])];
  const extra = new Set(columns.filter(isHeaderColumn).slice(MOST_HEADERS));
  return columns.filter((id) => !isHeaderColumn(id) || !extra.has(id));
}

/** The columns to show in a list `width` pixels wide: those that were chosen, in their order, less what finds no room. */
export function visibleColumns(chosen: readonly ColumnId[], width: number): VisibleColumn[] {
  let columns: VisibleColumn[] = knownColumns(chosen).flatMap((id) => columnOf(id) ?? []);
  for (const id of LEAST_NEEDED) {
    if (neededWidth(columns) <= width) break;
    columns = columns.filter((column) => column.id !== id);
  }
  const tooWide = Math.max(0, neededWidth(columns) - width);
  const hidesAttempts = chosen.includes('attempts') && !columns.some(({ id }) => id === 'attempts');
  return columns.map((column) => {
    if (column.id === 'path') return { ...column, width: Math.max(SHORTEST_PATH, column.width - tooWide) };
    return column.id === 'backend' && hidesAttempts ? { ...column, tellsAttempts: true } : column;
  });
}

/** How many of the chosen columns find no room; as long as nobody has chosen any, the list itself says which it needs. */
export function hiddenColumns(chosen: readonly ColumnId[], visible: readonly VisibleColumn[]): number {
  if (chosen.join() === DEFAULT_COLUMNS.join()) return 0;
  return knownColumns(chosen).length - visible.length;
}

/** With `id` in the place of `target`, which moves towards where it came from. */
export function moveColumn(columns: readonly ColumnId[], id: ColumnId, target: ColumnId): ColumnId[] {
  const to = columns.indexOf(target);
  const without = columns.filter((one) => one !== id);
  return to < 0 || without.length === columns.length ? [...columns] : without.toSpliced(to, 0, id);
}

function neededWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width, SIDES + GAP * (columns.length - 1));
}

/** The CSS grid of these columns. */
export function gridTemplate(columns: readonly Column[]): string {
  return columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`)).join(' ');
}

const SHORTEST_MS = 0.5;
const LONGEST_MS = 10_000;

/** Width of the duration bar in percent: logarithmic, so that 5 ms and 5 s both say something. */
export function durationBarPercent(ms: number): number {
  const span = Math.log(LONGEST_MS / SHORTEST_MS);
  const position = Math.log(Math.max(ms, SHORTEST_MS) / SHORTEST_MS) / span;
  return Math.round(Math.min(1, Math.max(0.03, position)) * 100);
}

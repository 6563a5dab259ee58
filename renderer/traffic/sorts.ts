/** The orders of the list as plain data: the dialog of columns, the palette and the native menu have them. This file imports nothing, so that any process can read it. */

/** English, without the verb; what has a column comes first in the order of the columns. */
export const SORT_TITLES = {
  'host.asc': 'host, A first',
  'host.desc': 'host, Z first',
  'path.asc': 'path, A first',
  'path.desc': 'path, Z first',
  'status.asc': 'status, the lowest first',
  'status.desc': 'status, the highest first',
  'attempts.asc': 'attempts, the fewest first',
  'attempts.desc': 'attempts, the most first',
  'duration.asc': 'duration, the fastest first',
  'duration.desc': 'duration, the slowest first',
  'responseSize.asc': 'size, the smallest first',
  'responseSize.desc': 'size, the largest first',
  'requestSize.asc': 'sent size, the smallest first',
  'requestSize.desc': 'sent size, the largest first',
} as const;

export type SortId = keyof typeof SORT_TITLES;
export const SORT_IDS = Object.keys(SORT_TITLES) as SortId[];

/** The id of the command that sorts so. */
export function sortCommand<T extends SortId>(id: T): `traffic.sort.${T}` {
  return `traffic.sort.${id}`;
}

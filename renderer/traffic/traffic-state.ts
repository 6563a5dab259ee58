import type { StoreApi } from 'zustand/vanilla';
import type { SortField } from '../../proxy-engine/contract/api.ts';
import { SORT_IDS, type SortId } from './sorts.ts';
import { placeExpression, type TreePlace } from './tree/tree-rows.ts';

/** What the list shows of the traffic, and what of it is chosen. */
export interface TrafficState {
  /** As it stands in the filter bar. */
  filter: string;
  /** Why the engine refused the filter; the list shows the last one that it took. */
  filterError: string | null;
  /** Where in the filter the mistake is, when that is known. */
  mistake?: { from: number; to: number };
  /** The filter of the rows that are shown. */
  applied: string;
  /** The place in the tree of hosts and paths beyond which nothing is listed. */
  scope: Scope | null;
  /** Whether the first answer for the current view is still to come. */
  loading: boolean;
  /** The share of the exchanges that a search has looked at, when it still goes on; null: `total` is final. */
  searched: number | null;
  /** The share of them that has been looked at, when they are still being put in order; null: they are. */
  ordered: number | null;
  total: number;
  recorded: number;
  /** Grows whenever rows arrived: the list reads them anew. */
  version: number;
  follow: boolean;
  /** null: in the order in which they began. */
  sort: TrafficSort | null;
  selectedIndex: number | null;
  selectedId: number | null;
  /** Ids of all that are chosen, the selected one among them. */
  chosen: ReadonlySet<number>;
}

export interface Scope extends TreePlace {
  /** Also what lies below it. */
  hasMore: boolean;
}

export interface TrafficSort {
  field: SortField;
  order: 'asc' | 'desc';
}

export function sortOf(id: SortId): TrafficSort {
  const [field, order] = id.split('.') as [SortField, TrafficSort['order']];
  return { field, order };
}

/** null: as they came, or an order that no column has. */
export function sortId(sort: TrafficSort | null): SortId | null {
  return SORT_IDS.find((id) => sort && id === `${sort.field}.${sort.order}`) ?? null;
}

export const NONE: ReadonlySet<number> = new Set();
export const INITIAL: TrafficState = {
  filter: '',
  filterError: null,
  applied: '',
  scope: null,
  loading: true,
  searched: null,
  ordered: null,
  total: 0,
  recorded: 0,
  version: 0,
  follow: true,
  sort: null,
  selectedIndex: null,
  selectedId: null,
  chosen: NONE,
};

export type TrafficStateStore = StoreApi<TrafficState>;

/** What a person typed, within the place that was chosen. */
export function filterOf({ applied, scope }: Pick<TrafficState, 'applied' | 'scope'>): string {
  const typed = applied.trim();
  if (!scope) return typed;
  const place = placeExpression(scope, scope.hasMore);
  return typed === '' ? place : `(${typed}) and ${place}`;
}

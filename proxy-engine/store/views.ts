/** Filters that are being looked at, each with the ids that it lets through, in order. */
import type { ParsedInput } from '../contract/api.ts';
import type { ExchangeSubject } from '../match/subject.ts';
import type { Filter } from './filter.ts';
import { NeedleScan } from './needle-scan.ts';
import { type SortedIds, sortedBy } from './sorted-ids.ts';
import { type SqlFilter, sqlFilter } from './sql-filter.ts';

export interface View {
  readonly id: number;
  readonly order: 'asc' | 'desc';
  readonly sql: SqlFilter;
  /** Finds candidates by what their bodies contain; null: each has to be asked. */
  readonly needle: NeedleScan | null;
  /** For what the index cannot decide; null: it can. */
  readonly holds: ((subject: ExchangeSubject) => boolean) | null;
  readonly filter: Filter | null;
  readonly viewer: string | undefined;
  /** null: in the order in which they began. */
  readonly sorted: SortedIds | null;
  found: number[];
  /** Exchanges up to this id have been looked at. */
  seen: number;
  /** Looked at before they had ended, and to be looked at again. */
  readonly open: Set<number>;
  /** Being brought up to date; who asks meanwhile waits for the same. */
  extending: Promise<void> | null;
}

export type ViewOptions = Partial<Pick<ParsedInput<'exchanges.query'>, 'order' | 'sort' | 'viewer'>>;

/** The share of `ids`, all that there are, that its search has looked at. */
export function searchedOf({ needle, seen }: View, ids: readonly number[]): number {
  return firstAbove(ids, needle?.reached ?? seen) / Math.max(1, ids.length);
}

/** How many filters are remembered; a page uses one or two. */
const MAX_VIEWS = 8;

export class Views {
  #views: View[] = [];
  #next = 1;

  /** Those that are looked at most seldom go first. */
  get(id: number | undefined): View | undefined {
    const view = this.#views.find((known) => known.id === id);
    if (view) this.#views = [view, ...this.#views.filter((known) => known !== view)];
    return view;
  }

  withFilter(text: string): View | undefined {
    return this.#views.find(({ filter }) => filter?.text === text);
  }

  get all(): readonly View[] {
    return this.#views;
  }

  /** Whether anybody still looks; a long search for nobody stops. */
  has(view: View): boolean {
    return this.#views.includes(view);
  }

  open(filter: Filter | null, { order = 'asc', sort, viewer }: ViewOptions = {}): View {
    const sql = sqlFilter(filter?.expression ?? null);
    const view: View = {
      id: this.#next++,
      order,
      sql,
      needle: filter && !sql.exact ? NeedleScan.of(filter.expression, sql.open === 1) : null,
      holds: sql.exact ? null : (filter?.holds ?? null),
      filter,
      viewer,
      sorted: sort === undefined ? null : sortedBy(sort),
      found: [],
      seen: 0,
      open: new Set(),
      extending: null,
    };
    const others = this.#views.filter((known) => viewer === undefined || known.viewer !== viewer);
    this.#views = [view, ...others].slice(0, MAX_VIEWS);
    return view;
  }

  keepOnly(ids: ReadonlySet<number>): void {
    for (const view of this.#views) {
      view.found = view.found.filter((id) => ids.has(id));
      view.sorted?.beginAgain();
    }
  }
}

/** Index of the first id above `id` in a sorted list. */
export function firstAbove(ids: readonly number[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts an id where it belongs, or takes it out. */
export function place(ids: number[], id: number, isIn: boolean): void {
  const at = firstAbove(ids, id);
  const isThere = ids[at - 1] === id;
  if (isIn && !isThere) ids.splice(at, 0, id);
  else if (!isIn && isThere) ids.splice(at - 1, 1);
}

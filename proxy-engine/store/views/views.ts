/** Filters that are being looked at, each with the ids that it lets through, in order. */
import type { SortField } from '../../contract/api.ts';
import type { ExchangeSubject } from '../../match/subject.ts';
import { firstAbove, takeOut } from '../index/id-list.ts';
import { type IndexFilter, indexFilter } from '../index/index-filter.ts';
import type { Filter } from './filter.ts';
import { NeedleScan } from './needle-scan.ts';
import type { SortedIds } from './sorted-ids.ts';

export interface View {
  readonly id: number;
  readonly order: 'asc' | 'desc';
  readonly sql: IndexFilter;
  /** Finds candidates by what their bodies contain; null: each has to be asked. */
  readonly needle: NeedleScan | null;
  /** For what the index cannot decide; null: it can. */
  readonly holds: ((subject: ExchangeSubject) => boolean) | null;
  readonly filter: Filter | null;
  readonly viewer: string | undefined;
  /** null: in the order in which they began. */
  readonly sort: SortField | null;
  readonly sorted: SortedIds | null;
  readonly found: number[];
  /** Exchanges up to this id have been looked at. */
  seen: number;
  /** Looked at before they had ended, and to be looked at again. */
  readonly open: Set<number>;
  /** Somebody needs all that it finds: until then it is not given up for others. */
  isHeld: boolean;
  /** Being brought up to date; who asks meanwhile waits for the same. */
  extending: Promise<void> | null;
}

/** What is known of a filter, whatever the order. */
type LookedThrough = Omit<View, 'id' | 'order' | 'viewer' | 'sort' | 'sorted' | 'isHeld'>;

interface ViewOptions extends Partial<Pick<View, 'order' | 'sort'>> {
  viewer?: string | undefined;
}

/** The share of `ids`, all that there are, that its search has looked at. */
export function searchedOf({ needle, seen }: View, ids: readonly number[]): number {
  return firstAbove(ids, needle?.reached ?? seen) / Math.max(1, ids.length);
}

/** How many filters are remembered; a page uses one or two. */
const MAX_VIEWS = 8;

export class Views {
  readonly #sortedBy: (field: SortField) => SortedIds;
  #views: View[] = [];
  #next = 1;

  constructor(sortedBy: (field: SortField) => SortedIds) {
    this.#sortedBy = sortedBy;
  }

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

  /** Whether anybody still looks at them in that order. */
  hasOrder(sorted: SortedIds): boolean {
    return this.#views.some((view) => view.sorted === sorted);
  }

  open(filter: Filter | null, { order = 'asc', sort = null, viewer }: ViewOptions = {}): View {
    const last = viewer === undefined ? undefined : this.#views.find((known) => known.viewer === viewer);
    const view: View = {
      ...this.#lookedThrough(filter, last),
      id: this.#next++,
      order,
      viewer,
      sort,
      sorted: sort === null ? null : this.#sorted(sort, filter, last),
      isHeld: false,
    };
    const views = [view, ...this.#views.filter((known) => known !== last || known.isHeld)];
    this.#views = views.filter(({ isHeld }, at) => at < MAX_VIEWS || isHeld);
    return view;
  }

  /** What a viewer has searched is not searched again for another order. */
  #lookedThrough(filter: Filter | null, last: View | undefined): LookedThrough {
    if (last && last.extending === null && last.filter?.text === filter?.text) return last;
    const sql = indexFilter(filter?.expression ?? null);
    return {
      sql,
      needle: filter && !sql.exact ? NeedleScan.of(filter.expression, sql.open === 1) : null,
      holds: sql.exact ? null : (filter?.holds ?? null),
      filter,
      found: [],
      seen: 0,
      open: new Set(),
      extending: null,
    };
  }

  /** Nor put in order again when only its direction changes. */
  #sorted(sort: SortField, filter: Filter | null, last: View | undefined): SortedIds {
    if (last?.sorted && last.sort === sort && last.filter?.text === filter?.text) return last.sorted;
    return this.#sortedBy(sort);
  }

  closeAll(): void {
    this.#views = [];
  }

  forgetAll(): void {
    for (const { needle, found, sorted } of this.#views) {
      needle?.restart();
      found.length = 0;
      sorted?.keepOnly(() => false);
    }
  }

  /** `gone`: in order. */
  forget(gone: readonly number[]): void {
    const those = new Set(gone);
    for (const { found, sorted } of this.#views) {
      takeOut(found, gone);
      sorted?.keepOnly((id) => !those.has(id));
    }
  }
}

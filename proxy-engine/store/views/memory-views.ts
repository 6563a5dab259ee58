/** Filters that are being looked at, over recordings in memory, each with the exchanges that it lets through. */
import type { ParsedInput, SortField } from '../../contract/api.ts';
import type { ExchangeSubject } from '../../match/subject.ts';
import { bodyTexts } from '../record/body-text.ts';
import type { MessageLog } from '../record/message-log.ts';
import type { StoredExchange } from '../record/stored-exchange.ts';
import { StoredSubject } from '../record/stored-subject.ts';
import { compileFilter } from './filter.ts';

/** How many filters are remembered; the page uses one or two. */
const MAX_VIEWS = 8;

/** In memory it may still grow. */
export interface Kept extends StoredExchange {
  messages: MessageLog | null;
  /** A person wrote the mark of its row. */
  isMarked?: true;
}

export interface View {
  id: number;
  order: 'asc' | 'desc';
  sort?: SortField | undefined;
  holds: ((subject: ExchangeSubject) => boolean) | null;
  /** In order of recording. */
  found: Kept[];
  /** Recordings looked at so far, since the start. */
  seen: number;
}

export class MemoryViews {
  #views: View[] = [];
  #next = 1;

  /** Throws `BadFilter`. `dropped`: recordings that have gone since the start. */
  of({ view: id, filter, order, sort }: ParsedInput<'exchanges.query'>, dropped: number): View {
    const known = this.#views.find((view) => view.id === id);
    if (known) return known;
    const holds = compileFilter(filter)?.holds ?? null;
    const view: View = { id: this.#next++, order, sort, holds, found: [], seen: dropped };
    this.#views = [view, ...this.#views].slice(0, MAX_VIEWS);
    return view;
  }

  /** Up to date and in its order. `kept`: what there is, after so many that were dropped. */
  found(view: View, kept: readonly Kept[], dropped: number): readonly Kept[] {
    for (const stored of kept.slice(Math.max(0, view.seen - dropped)))
      if (view.holds === null || view.holds(new StoredSubject(stored, bodyTexts))) view.found.push(stored);
    view.seen = dropped + kept.length;
    return view.sort === undefined ? view.found : sorted(view.found, view.sort);
  }

  keepOnly(isThere: (id: number) => boolean): void {
    for (const view of this.#views) view.found = view.found.filter(({ row }) => isThere(row.id));
  }

  /** Marks were changed. */
  beginAgain(dropped: number): void {
    for (const view of this.#views) Object.assign(view, { found: [], seen: dropped });
  }
}

/** Equal ones in the order in which they began. */
function sorted(found: readonly Kept[], field: SortField): Kept[] {
  return found.toSorted((a, b) => compare(keyOf(a, field), keyOf(b, field)));
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf({ row, ttfbMs }: Kept, field: SortField): number | string {
  switch (field) {
    case 'host':
      return row.host.toLowerCase();
    case 'path':
      return row.path.replace('?', '\0');
    case 'duration':
      return row.durationMs ?? -1;
    case 'ttfb':
      return ttfbMs ?? -1;
    case 'status':
      return row.status ?? -1;
    case 'attempts':
      return row.attempts;
    case 'requestSize':
      return row.requestSizeBytes;
    case 'responseSize':
      return row.responseSizeBytes;
  }
}

/** Brings what a filter lets through up to date: by the index, by bytes that must be there, or by asking every recording. */

import { holdsFor, readStored, storedOf } from '../disk/read-stored.ts';
import type { Segments } from '../disk/segments.ts';
import { WholeRecords } from '../disk/whole-records.ts';
import type { ExchangeIndex, Place } from '../index/exchange-index.ts';
import { place as placeIn } from '../index/id-list.ts';
import { isDoneWithin, stepByStep, takeTurns } from '../turns.ts';
import type { Hit, NeedleScan } from './needle-scan.ts';
import { RecordScan } from './record-scan.ts';
import type { View, Views } from './views.ts';

/** Candidates that are read at a time. */
const CANDIDATES = 20_000;
/** Ids that the index is asked about at a time. */
const IDS = 50_000;

/** Else columns know, or what lies in the segments. */
function asksRows({ sql, needle, holds }: View): boolean {
  return sql.columns === null || (holds !== null && needle === null);
}

export class ViewSearch {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #records: WholeRecords;
  readonly #views: Views;

  constructor(index: ExchangeIndex, segments: Segments, views: Views) {
    this.#index = index;
    this.#segments = segments;
    this.#records = new WholeRecords(segments);
    this.#views = views;
  }

  /** Looks at those up to `newest`; false: it has taken `patienceMs`, and still goes on. */
  upToDate(view: View, newest: number, patienceMs?: number): Promise<boolean> {
    view.extending ??= this.#extend(view, newest).finally(() => {
      view.extending = null;
    });
    return isDoneWithin(view.extending, patienceMs);
  }

  async #extend(view: View, newest: number): Promise<void> {
    const changed = [...view.open];
    view.open.clear();
    if (asksRows(view)) await stepByStep(this.#index.writeRows()).catch(() => {});
    for (const id of changed) placeIn(view.found, id, this.#holds(view, id));
    if (view.holds === null) await this.#askIndex(view, newest);
    else if (view.needle !== null) await this.#searchBytes(view, view.needle, newest);
    else await this.#askEach(view, view.holds, newest);
  }

  async #askIndex(view: View, newest: number): Promise<void> {
    await this.#takeTurns(view, () => {
      if (view.seen >= newest) return 'done';
      const upTo = Math.min(newest, view.seen + IDS);
      const found = this.#index.findIds(view.sql, view.seen, upTo);
      for (const id of found) view.found.push(id);
      // The next may be far away.
      view.seen = found.length > 0 ? upTo : Math.max(upTo, (this.#index.firstAfter(upTo) ?? upTo + 1) - 1);
      return 'more';
    });
  }

  /** A search that nobody waits for any more ends soon. */
  #takeTurns(view: View, step: () => 'done' | 'more'): Promise<boolean> {
    return takeTurns(step, () => this.#views.has(view));
  }

  /** What came meanwhile is looked at, too, and is found again when it is asked for. */
  async #searchBytes(view: View, needle: NeedleScan, newest: number): Promise<void> {
    const hits = this.#hits(view, needle);
    await this.#takeTurns(view, () => {
      const { value: hit } = hits.next();
      if (hit === undefined) return 'done';
      if (hit !== null) placeIn(view.found, hit.id, hit.holds ?? this.#holdsFor(view, hit.recorded));
      return 'more';
    });
    view.seen = Math.max(view.seen, newest);
  }

  /** One by one, for asking one may take long: a small body may be a large one when it is decoded. null: something was read. */
  *#hits(view: View, needle: NeedleScan): Generator<Hit | null, undefined> {
    const scratch = Buffer.allocUnsafeSlow(needle.scratchBytes);
    const next = () => needle.next(this.#segments, this.#records, scratch);
    for (let hits = next(); hits; hits = next()) {
      yield null;
      yield* this.#allowed(view, hits);
    }
  }

  /** An exchange that was recorded before it ended comes again when it has. */
  #allowed(view: View, hits: readonly Hit[]): Hit[] {
    if (hits.length === 0) return [];
    const ids = hits.map(({ id }) => id);
    const allowed = new Set(this.#index.findIds(view.sql, Math.min(...ids) - 1, Math.max(...ids)));
    return hits.map((hit) => (allowed.has(hit.id) ? hit : { ...hit, holds: false }));
  }

  #holdsFor({ holds }: View, recorded: Hit['recorded']): boolean {
    return holds === null || (recorded !== null && holdsFor(storedOf(recorded, this.#index.marks), holds));
  }

  #holds(view: View, id: number): boolean {
    if (this.#index.findIds(view.sql, id - 1, id).length === 0) return false;
    if (view.holds === null) return true;
    const place = this.#index.place(id);
    return place !== null && holdsFor(readStored(this.#records, this.#index.marks, place), view.holds);
  }

  /** Asks the recordings themselves. */
  async #askEach(view: View, holds: NonNullable<View['holds']>, newest: number): Promise<void> {
    const scan = new RecordScan(this.#segments, this.#index.marks);
    const candidates = this.#candidates(view, newest);
    await this.#takeTurns(view, () => {
      const { value: place } = candidates.next();
      if (!place) return 'done';
      if (scan.holds(place, holds)) view.found.push(place.id);
      view.seen = place.id;
      return 'more';
    });
  }

  /** Those that the index lets through; when they end, all up to `newest` have been looked at. */
  *#candidates(view: View, newest: number): Generator<Place, undefined> {
    while (view.seen < newest) {
      const some = this.#index.find(view.sql, view.seen, newest, CANDIDATES);
      yield* some;
      if (some.length < CANDIDATES) view.seen = newest;
    }
  }
}

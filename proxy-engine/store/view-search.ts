/** Brings what a filter lets through up to date: by the index, by bytes that must be there, or by asking every recording. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ExchangeIndex } from './exchange-index.ts';
import type { Hit, NeedleScan } from './needle-scan.ts';
import { holdsFor, readStored, storedOf } from './read-stored.ts';
import { RecordScan } from './record-scan.ts';
import type { Segments } from './segments.ts';
import { place as placeIn, type View, type Views } from './views.ts';

/** How long a search runs before recordings that came meanwhile are taken in. */
const TURN_MS = 20;
/** Candidates that are read at a time. */
const CANDIDATES = 20_000;
/** Ids that the index is asked about at a time. */
const IDS = 50_000;

export class ViewSearch {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #views: Views;

  constructor(index: ExchangeIndex, segments: Segments, views: Views) {
    this.#index = index;
    this.#segments = segments;
    this.#views = views;
  }

  /** Looks at those up to `newest`; false: it has taken `patienceMs`, and still goes on. */
  async upToDate(view: View, newest: number, patienceMs?: number): Promise<boolean> {
    view.extending ??= this.#extend(view, newest).finally(() => {
      view.extending = null;
    });
    if (patienceMs !== undefined) return isDoneWithin(view.extending, patienceMs);
    await view.extending;
    return true;
  }

  async #extend(view: View, newest: number): Promise<void> {
    const changed = [...view.open];
    view.open.clear();
    for (const id of changed) placeIn(view.found, id, this.#holds(view, id));
    if (view.holds === null) await this.#askIndex(view, newest);
    else if (view.needle !== null) await this.#searchBytes(view, view.needle, newest);
    else await this.#askEach(view, view.holds, newest);
  }

  /** In parts, so that a search that nobody waits for any more ends soon. */
  async #askIndex(view: View, newest: number): Promise<void> {
    let turnStart = performance.now();
    while (view.seen < newest && this.#views.has(view)) {
      const upTo = Math.min(newest, view.seen + IDS);
      for (const id of this.#index.findIds(view.sql, view.seen, upTo)) view.found.push(id);
      view.seen = upTo;
      if (performance.now() - turnStart < TURN_MS) continue;
      await setImmediate();
      turnStart = performance.now();
    }
  }

  /** What came meanwhile is looked at, too, and is found again when it is asked for. */
  async #searchBytes(view: View, needle: NeedleScan, newest: number): Promise<void> {
    let turnStart = performance.now();
    const scratch = Buffer.allocUnsafeSlow(needle.scratchBytes);
    for (;;) {
      const hits = needle.next(this.#segments, scratch);
      if (!hits || !this.#views.has(view)) break;
      this.#takeHits(view, hits);
      if (performance.now() - turnStart < TURN_MS) continue;
      await setImmediate();
      turnStart = performance.now();
    }
    view.seen = Math.max(view.seen, newest);
  }

  /** An exchange that was recorded before it ended comes again when it has. */
  #takeHits(view: View, hits: readonly Hit[]): void {
    if (hits.length === 0) return;
    const ids = hits.map(({ id }) => id);
    const allowed = new Set(this.#index.findIds(view.sql, Math.min(...ids) - 1, Math.max(...ids)));
    for (const { id, holds, recorded } of hits)
      placeIn(view.found, id, allowed.has(id) && (holds ?? this.#holdsFor(view, recorded)));
  }

  #holdsFor({ holds }: View, recorded: Hit['recorded']): boolean {
    return holds === null || (recorded !== null && holdsFor(storedOf(...recorded, this.#index.marks), holds));
  }

  #holds(view: View, id: number): boolean {
    if (this.#index.findIds(view.sql, id - 1, id).length === 0) return false;
    if (view.holds === null) return true;
    const place = this.#index.place(id);
    return place !== null && holdsFor(readStored(this.#segments, this.#index.marks, place), view.holds);
  }

  /** Asks the recordings themselves, in turns with everything else that the thread has to do. */
  async #askEach(view: View, holds: NonNullable<View['holds']>, newest: number): Promise<void> {
    const scan = new RecordScan(this.#segments, this.#index.marks);
    let turnStart = performance.now();
    while (view.seen < newest && this.#views.has(view)) {
      const candidates = this.#index.find(view.sql, view.seen, newest, CANDIDATES);
      for (const place of candidates) {
        if (scan.holds(place, holds)) view.found.push(place.id);
        view.seen = place.id;
        if (performance.now() - turnStart < TURN_MS) continue;
        await setImmediate();
        turnStart = performance.now();
      }
      if (candidates.length < CANDIDATES) view.seen = newest;
    }
  }
}

async function isDoneWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const patience = setTimeout(ms, false, { signal: over.signal }).catch(() => false);
  const done = await Promise.race([work.then(() => true), patience]);
  over.abort();
  return done;
}

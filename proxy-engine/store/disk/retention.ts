/** Drops the oldest recordings when there are more, larger or older ones than may be kept, some at a time. Pinned exchanges stay. */
import type { CaptureConfig } from '../../contract/config.ts';
import type { ExchangeIndex, Place } from '../index/exchange-index.ts';
import { firstAbove } from '../index/id-list.ts';
import type { Segments } from './segments.ts';
import { WholeRecords } from './whole-records.ts';

export type Limits = Omit<CaptureConfig, 'redact'>;

/** Each step tells which exchanges have gone, in order. */
export type Dropping = Generator<readonly number[], void>;

/** Exchanges that go in one step. */
const STEP = 5000;
/** So many of them are told apart. */
const AGES = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

export class Retention {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;

  constructor(index: ExchangeIndex, segments: Segments) {
    this.#index = index;
    this.#segments = segments;
  }

  /** `ids`: of all exchanges, in order. */
  *excess(ids: readonly number[], { exchanges, disk }: Limits): Dropping {
    if (ids.length > exchanges || this.#isLarger(disk)) yield* this.#writeRows();
    // A tenth more than needed, so that dropping costs little an exchange.
    if (ids.length > exchanges)
      yield* this.#dropOldest(ids.slice(0, Math.max(1, ids.length - Math.ceil(exchanges * 0.9))));
    if (this.#isLarger(disk)) {
      while (this.#isLarger(disk)) yield* this.#dropSegment();
      this.#index.dropUnused();
    }
  }

  /** At once it may take a second. */
  *#writeRows(): Dropping {
    for (const _ of this.#index.writeRows()) yield [];
  }

  /** Pinned ones may fill half of it; where they came to be more, because less may be kept now, there is as much room beside them. */
  #isLarger(disk: number): boolean {
    const { bytes, count } = this.#segments;
    return bytes > disk && count > 1 && bytes > 2 * this.#index.marks.pinned().bytes;
  }

  /** What came before `time`, in epoch milliseconds. */
  *older(ids: readonly number[], time: number): Dropping {
    const { arrivals } = this.#index;
    const last = arrivals.lastBefore(time);
    if (last === null) return;
    yield* this.#writeRows();
    yield* this.#dropOldest(ids.slice(0, firstAbove(ids, last)));
    arrivals.forget(last);
  }

  /** All that there is has come by `at`, in epoch milliseconds. A full disk does not take it: then the next time. */
  noteArrivals(ids: readonly number[], at: number, age = DAY_MS): void {
    const [oldest, newest] = [ids[0], ids.at(-1)];
    if (oldest === undefined || newest === undefined) return;
    try {
      this.#index.arrivals.note({ id: newest, at }, age / AGES);
      this.#index.arrivals.forget(oldest - 1);
    } catch {
      // They are dropped later.
    }
  }

  /** Of an index that does not know when they came, those of an earlier process did when the last of them began. */
  noteFirstArrivals(ids: readonly number[]): void {
    const newest = ids.at(-1);
    if (newest !== undefined && this.#index.arrivals.isEmpty) this.noteArrivals(ids, this.#index.times.of(newest));
  }

  *#dropOldest(ids: readonly number[]): Dropping {
    yield* this.#drop(ids);
    this.#index.dropUnused();
    yield [];
    const newest = this.#segments.numbers.at(-1) ?? 0;
    // Pinned ones that are moved make new segments: those are left alone.
    const oldest = this.#index.segments.oldest() ?? newest;
    while ((this.#segments.oldest ?? oldest) < oldest) {
      yield [];
      this.#removeOldestSegment();
    }
  }

  *#drop(ids: readonly number[]): Dropping {
    for (let at = 0; at < ids.length; at += STEP) yield this.#index.remove(ids.slice(at, at + STEP));
  }

  *#dropSegment(): Dropping {
    for (const place of this.#index.segments.pinnedUpTo(this.#segments.oldest as number)) this.#moveToNewest(place);
    const ids = this.#index.idsUpTo(this.#segments.oldest as number);
    // The index was looked through.
    yield [];
    yield* this.#drop(ids);
    this.#removeOldestSegment();
  }

  /** In which only pinned ones are left. */
  #removeOldestSegment(): void {
    const oldest = this.#segments.oldest as number;
    for (const place of this.#index.segments.pinnedUpTo(oldest)) this.#moveToNewest(place);
    this.#segments.removeOldest();
  }

  #moveToNewest(place: Place): void {
    const found = new WholeRecords(this.#segments).read(place);
    if (!found) return;
    const { record, request, response } = found;
    const to = this.#segments.place();
    this.#segments.append([record, request, response]);
    this.#index.segments.move(place.id, { ...to, recordBytes: record.length });
  }
}

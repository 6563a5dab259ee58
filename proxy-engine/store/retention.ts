/** Drops the oldest recordings when there are more, larger or older ones than may be kept. Pinned exchanges stay. */
import type { CaptureConfig } from '../contract/config.ts';
import type { ExchangeIndex, Place } from './exchange-index.ts';
import { firstAbove } from './id-list.ts';
import { bytesOf } from './read-stored.ts';
import type { Segments } from './segments.ts';

export type Limits = Omit<CaptureConfig, 'redact'>;

export class Retention {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;

  constructor(index: ExchangeIndex, segments: Segments) {
    this.#index = index;
    this.#segments = segments;
  }

  /** `ids`: of all exchanges, in order. Answers whether any was dropped. */
  apply(ids: readonly number[], { exchanges, disk }: Limits): boolean {
    let dropped = false;
    if (ids.length > exchanges) {
      // A tenth more than needed, so that dropping costs little an exchange.
      const cut = Math.min(ids.length - 1, ids.length - Math.ceil(exchanges * 0.9) - 1);
      this.#removeUpTo(ids[cut] as number);
      dropped = true;
    }
    while (this.#segments.bytes > disk && this.#segments.count > 1) {
      this.#removeOldestSegment();
      dropped = true;
    }
    return dropped;
  }

  /** Drops what began before `time`, in epoch milliseconds. Answers whether anything was. */
  expire(ids: readonly number[], time: number): boolean {
    const oldest = this.#index.oldestNotPinned();
    if (oldest === null || this.#index.startedAt(oldest) >= time) return false;
    let low = firstAbove(ids, oldest);
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#index.startedAt(ids[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    this.#removeUpTo(ids[low - 1] as number);
    return true;
  }

  #removeUpTo(id: number): void {
    this.#index.removeUpTo(id);
    const oldest = this.#index.oldestSegment() ?? Number.POSITIVE_INFINITY;
    while (this.#segments.count > 1 && (this.#segments.oldest as number) < oldest) this.#removeOldestSegment();
  }

  #removeOldestSegment(): void {
    const oldest = this.#segments.oldest as number;
    for (const place of this.#index.pinnedUpTo(oldest)) this.#moveToNewest(place);
    this.#index.removeSegment(oldest);
    this.#segments.removeOldest();
  }

  #moveToNewest(place: Place): void {
    const bytes = this.#segments.read(place.segment, place.offset, bytesOf(place));
    if (!bytes) return;
    const to = this.#segments.place();
    this.#segments.append([bytes]);
    this.#index.move(place.id, to);
  }
}

import type { Slices } from './in-turns.ts';

/** Entries of a ring in columns. */
export interface RingColumns {
  /** What they are sorted by, the least significant 32 bits first. */
  words: readonly Uint32Array[];
  /** Index into the backends. */
  owners: Uint16Array;
}

/** A word is sorted in three passes. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const ENTRIES_PER_SLICE = 2 ** 16;

/** Ascending; equal entries stay in their order (radix sort, the least significant digit first). `entries` is used up. */
export function* sortRing(entries: RingColumns): Slices<RingColumns> {
  let [from, to] = [entries, emptyLike(entries)];
  for (let word = 0; word < entries.words.length; word++) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      yield* sortByDigit(from, to, word, shift);
      [from, to] = [to, from];
    }
  }
  return from;
}

function emptyLike({ words, owners }: RingColumns): RingColumns {
  return { words: words.map(({ length }) => new Uint32Array(length)), owners: new Uint16Array(owners.length) };
}

function* sortByDigit(from: RingColumns, to: RingColumns, word: number, shift: number): Slices<void> {
  const digits = from.words[word] as Uint32Array;
  const places = yield* placesOf(digits, shift);
  for (let start = 0; start < digits.length; start += ENTRIES_PER_SLICE) {
    if (start > 0) yield;
    const targets = takePlaces(digits.subarray(start, start + ENTRIES_PER_SLICE), shift, places);
    from.words.forEach((column, i) => scatter(column, to.words[i] as Uint32Array, start, targets));
    scatter(from.owners, to.owners, start, targets);
  }
}

/** Where the first entry with each digit goes. */
function* placesOf(digits: Uint32Array, shift: number): Slices<Uint32Array> {
  const places = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < digits.length; i++) {
    if (i > 0 && i % ENTRIES_PER_SLICE === 0) yield;
    const above = (((digits[i] as number) >>> shift) & (DIGITS - 1)) + 1;
    places[above] = (places[above] as number) + 1;
  }
  for (let digit = 1; digit <= DIGITS; digit++)
    places[digit] = (places[digit] as number) + (places[digit - 1] as number);
  return places;
}

function takePlaces(digits: Uint32Array, shift: number, places: Uint32Array): Uint32Array {
  const targets = new Uint32Array(digits.length);
  for (let i = 0; i < digits.length; i++) {
    const digit = ((digits[i] as number) >>> shift) & (DIGITS - 1);
    const place = places[digit] as number;
    targets[i] = place;
    places[digit] = place + 1;
  }
  return targets;
}

function scatter<T extends Uint16Array | Uint32Array>(from: T, to: T, start: number, targets: Uint32Array): void {
  for (let i = 0; i < targets.length; i++) to[targets[i] as number] = from[start + i] as number;
}

/** Records side by side in memory: they are read there, without a view of each. */

export interface Records {
  /** At a place that is a multiple of eight. */
  readonly bytes: Buffer;
  /** The same memory. */
  readonly numbers: Float64Array;
  /** Where each record begins in it, a multiple of eight. */
  readonly starts: readonly number[];
  /** For each the text that it has in common with others, with its numbers; null: the record has all of its text itself. */
  readonly commons: readonly (Buffer | null)[];
}

/** `bytes`: at a place that is a multiple of eight. */
export function numbersIn(bytes: Buffer): Float64Array {
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 3);
}

/** `bytes`: begin with the record, at a place that is a multiple of eight. */
export function oneRecord(bytes: Buffer, common: Buffer | null = null): Records {
  return { bytes, numbers: numbersIn(bytes), starts: [0], commons: [common] };
}

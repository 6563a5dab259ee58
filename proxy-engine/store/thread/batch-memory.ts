/** The memory of batches: what the store thread does not need any more is used again. */

/** Of each batch, unless one record alone is larger. */
export const BATCH_BYTES = 1024 ** 2;
const MAX_OWN = 8;
/** What large bodies hold at once (`HeldBatches`) comes back at once, and is needed again at once. */
const MAX_SHARED = 64;
/** So many are kept when nothing is recorded. */
const IDLE_SHARED = 8;

/**
 * Two kinds. Large bodies are written into memory that threads share: V8 counts it in no thread, so that a gigabyte a second makes
 * no work for its collector. All else is written into memory that is given away and back: V8 copies short pieces from and into
 * shared memory word by word.
 */
export class BatchMemory {
  readonly #own: ArrayBuffer[] = [];
  readonly #shared: SharedArrayBuffer[] = [];

  own(): ArrayBuffer {
    return this.#own.pop() ?? new ArrayBuffer(BATCH_BYTES);
  }

  shared(): SharedArrayBuffer {
    return this.#shared.pop() ?? new SharedArrayBuffer(BATCH_BYTES);
  }

  back(buffer: ArrayBufferLike): void {
    if (buffer.byteLength !== BATCH_BYTES) return;
    if (buffer instanceof SharedArrayBuffer) keep(buffer, this.#shared, MAX_SHARED);
    else keep(buffer, this.#own, MAX_OWN);
  }

  /** Nothing is recorded for now. */
  rest(): void {
    if (this.#shared.length > IDLE_SHARED) this.#shared.pop();
  }
}

function keep<T>(buffer: T, among: T[], most: number): void {
  if (among.length < most) among.push(buffer);
}

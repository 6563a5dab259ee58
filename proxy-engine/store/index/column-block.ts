/** What filters and orders ask of the exchanges of some ids, in memory: numbers side by side, and the targets one behind the other. */
import { EXCHANGE } from '../record/record-format.ts';

/** Ids that a block is for. */
export const BLOCK_IDS = 4096;
/** Bytes of targets that a block holds: 64 an exchange. */
const MOST_TEXT = 64 * BLOCK_IDS;
const MOST_TARGET = 0xffff;
const FIRST_TEXT = MOST_TEXT / 4;
const QUESTION_MARK = 0x3f;

export class ColumnBlock {
  /** Of row 0. */
  readonly firstId: number;
  /** 0: there is no such exchange. */
  readonly shape = new Uint32Array(BLOCK_IDS);
  /** 0: not answered. */
  readonly status = new Uint16Array(BLOCK_IDS);
  readonly attempts = new Uint8Array(BLOCK_IDS);
  /** NaN: it goes on. */
  readonly duration = new Float64Array(BLOCK_IDS);
  /** NaN: no head came. */
  readonly ttfb = new Float64Array(BLOCK_IDS);
  readonly requestSize = new Uint32Array(BLOCK_IDS);
  readonly responseSize = new Uint32Array(BLOCK_IDS);
  /** UTF-8, a NUL between path and query: so a path sorts before all that are longer. null: the targets are too long to be held. */
  text: Buffer | null;
  /** Where a target begins in the text. */
  readonly targetStart = new Uint32Array(BLOCK_IDS);
  readonly pathBytes = new Uint16Array(BLOCK_IDS);
  readonly targetBytes = new Uint16Array(BLOCK_IDS);
  #textBytes = 0;
  /** Exchanges that are there. */
  count = 0;

  /** `like`: a block whose targets are about as long. Memory that is never touched costs nothing, memory that is outgrown does. */
  constructor(firstId: number, like: ColumnBlock | null) {
    this.firstId = firstId;
    const bytes = like === null ? 0 : Math.ceil(like.#textBytes * 1.1);
    this.text = Buffer.alloc(Math.min(MOST_TEXT, Math.max(FIRST_TEXT, bytes)));
  }

  /**
   * `numbers`: from `base` on as a record begins with them, its status, attempts, times and sizes. The target are the bytes of `source` from `from` up
   * to `to`. False: one of the numbers is too large for its column, or none at all, and the block is of no use any more.
   */
  set(
    id: number,
    shape: number,
    numbers: Float64Array,
    base: number,
    source: Uint8Array,
    from: number,
    to: number,
  ): boolean {
    const row = id - this.firstId;
    const attempts = numbers[base + EXCHANGE.attempts] as number;
    const requestSize = numbers[base + EXCHANGE.requestSizeBytes] as number;
    const responseSize = numbers[base + EXCHANGE.responseSizeBytes] as number;
    const status = numbers[base + EXCHANGE.status] as number;
    if ((status & 0xffff) !== status || (attempts & 0xff) !== attempts) return false;
    if (requestSize >>> 0 !== requestSize || responseSize >>> 0 !== responseSize) return false;
    if (this.shape[row] === 0) this.count++;
    this.shape[row] = shape;
    this.status[row] = status;
    this.attempts[row] = attempts;
    this.duration[row] = orNaN(numbers[base + EXCHANGE.durationMs] as number);
    this.ttfb[row] = orNaN(numbers[base + EXCHANGE.ttfbMs] as number);
    this.requestSize[row] = requestSize;
    this.responseSize[row] = responseSize;
    this.#write(row, source, from, to);
    return true;
  }

  /** What an exchange had before stays behind it: few are recorded twice. */
  #write(row: number, source: Uint8Array, from: number, to: number): void {
    const text = this.#textFor(to - from);
    if (text === null) return;
    const start = this.#textBytes;
    let at = start;
    let pathEnd = -1;
    // A call into Node takes longer than copying so few.
    for (let n = from; n < to; n++) {
      const byte = source[n] as number;
      if (byte === QUESTION_MARK && pathEnd < 0) {
        pathEnd = at;
        text[at++] = 0;
      } else text[at++] = byte;
    }
    this.targetStart[row] = start;
    this.pathBytes[row] = (pathEnd < 0 ? at : pathEnd) - start;
    this.targetBytes[row] = at - start;
    this.#textBytes = at;
  }

  #textFor(bytes: number): Buffer | null {
    const needed = this.#textBytes + bytes;
    if (this.text === null || (needed <= this.text.length && bytes <= MOST_TARGET)) return this.text;
    if (needed > MOST_TEXT || bytes > MOST_TARGET) return (this.text = null);
    const longer = Buffer.alloc(Math.min(MOST_TEXT, Math.max(needed, 2 * this.text.length)));
    longer.set(this.text);
    return (this.text = longer);
  }

  remove(id: number): void {
    const row = id - this.firstId;
    if (this.shape[row] !== 0) this.count--;
    this.shape[row] = 0;
  }
}

function orNaN(numberOrMinus: number): number {
  return numberOrMinus < 0 ? Number.NaN : numberOrMinus;
}

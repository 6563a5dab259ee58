/** A short body, or the beginning of one, that may turn out to be whole: then it lies behind its record at once, and is no piece. */
import type { LiveExchange } from '../../exchange.ts';
import type { WholeBody } from './record-batch.ts';

/** Longer ones are pieces. */
const MOST_BYTES = 4096;

export class WaitingBody implements WholeBody {
  readonly #memory = new Uint8Array(MOST_BYTES);
  /** null: none waits. */
  exchange: LiveExchange | null = null;
  side: WholeBody['side'] = 'response';
  /** Stay until the next one is put. */
  bytes = this.#memory.subarray(0, 0);

  /** `offset`: where in the body it begins. */
  static mayBeWhole(offset: number, chunk: Uint8Array): boolean {
    return offset === 0 && chunk.length <= MOST_BYTES;
  }

  /** Only while none waits. */
  put(exchange: LiveExchange, side: WholeBody['side'], chunk: Uint8Array): void {
    this.exchange = exchange;
    this.side = side;
    // Many have the same length, and a view takes as long as copying so few bytes.
    if (this.bytes.length !== chunk.length) this.bytes = this.#memory.subarray(0, chunk.length);
    this.bytes.set(chunk);
  }

  take(): WholeBody {
    this.exchange = null;
    return this;
  }
}

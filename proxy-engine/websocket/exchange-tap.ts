/** Tells the recorder what passes over the WebSocket of an exchange. An observer of both directions: it holds nothing up. */
import type { ExchangeRecorder } from '../proxy-context.ts';
import { agreesOnDeflate } from './extensions.ts';
import { FrameTap } from './frame-tap.ts';
import type { InflateAllowance } from './inflate-allowance.ts';

export interface TapTarget {
  recorder: ExchangeRecorder | null;
  inflating: InflateAllowance;
  onProgress(): void;
}

export class ExchangeTap {
  readonly #up: FrameTap;
  readonly #down: FrameTap;

  private constructor(
    exchangeId: number,
    deflate: boolean,
    recorder: ExchangeRecorder,
    { inflating, onProgress }: TapTarget,
  ) {
    const tap = (from: 'client' | 'server') =>
      new FrameTap(
        { from, deflate, allowance: inflating },
        {
          onMessage: (message) => {
            recorder.message(exchangeId, from, message);
            onProgress();
          },
          onStopped: (reason) => recorder.messageNote(exchangeId, `from the ${from}: ${reason}`),
        },
      );
    this.#up = tap('client');
    this.#down = tap('server');
  }

  /** `extensions`: the answer's Sec-WebSocket-Extensions. null: nothing is recorded, so nothing is looked at. */
  static of(exchangeId: number, extensions: string | undefined, target: TapTarget): ExchangeTap | null {
    const { recorder } = target;
    return recorder && new ExchangeTap(exchangeId, agreesOnDeflate(extensions), recorder, target);
  }

  /** Whether a frame could be put in without breaking another. */
  isBetweenFrames(direction: 'up' | 'down'): boolean {
    return (direction === 'up' ? this.#up : this.#down).isBetweenFrames;
  }

  feed(direction: 'up' | 'down', chunk: Buffer): void {
    if (direction === 'up') this.#up.feed(chunk);
    else this.#down.feed(chunk);
  }
}

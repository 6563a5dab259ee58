/** What an earlier process could not finish. Until the disk takes its end it is shown as if it went on, and what came of it stays in the journal. */
import type { ExchangeIndex } from '../index/exchange-index.ts';
import { endRecorded } from './interruption.ts';
import type { OpenParts } from './open-parts.ts';
import type { Segments } from './segments.ts';

const WHY = 'the engine ended before this exchange did';

export class Unended {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #parts: OpenParts;
  #ids: number[];
  #problem: string | null = null;

  /** `ids`: of all that have no end; `parts`: what came of them. */
  constructor(ids: number[], index: ExchangeIndex, segments: Segments, parts: OpenParts) {
    this.#ids = ids;
    this.#index = index;
    this.#segments = segments;
    this.#parts = parts;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  /** null: all have an end. */
  get note(): string | null {
    if (this.#problem === null) return null;
    return `exchanges that went on when the engine ended could not be ended yet: ${this.#problem}`;
  }

  /** Ends as many as the disk takes, and answers which have an end now, or are gone. */
  end(): number[] {
    if (this.#ids.length === 0) return [];
    this.#problem = null;
    const done: number[] = [];
    try {
      for (const id of this.#ids) {
        endRecorded(id, this.#index, this.#segments, this.#parts, WHY);
        done.push(id);
      }
    } catch (error) {
      this.#problem = (error as Error).message;
    }
    this.#ids = this.#ids.slice(done.length);
    this.#parts.forget(done);
    return done;
  }

  /** There are none any more. */
  clear(): void {
    this.#parts.forget(this.#ids);
    this.#ids = [];
    this.#problem = null;
  }
}

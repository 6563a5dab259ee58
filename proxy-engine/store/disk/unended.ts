/** What an earlier process could not finish, or the disk did not take the end of. Until it takes one it is shown as if it went on, and what came of it stays in the journal. */
import type { ExchangeIndex } from '../index/exchange-index.ts';
import { endRecorded } from './interruption.ts';
import type { OpenParts } from './open-parts.ts';
import type { Segments } from './segments.ts';

export const ENGINE_ENDED = 'the engine ended before this exchange did';
export const NOT_TAKEN = 'its end could not be recorded: the disk did not take it';

interface Recordings {
  index: ExchangeIndex;
  segments: Segments;
  /** What came of them. */
  parts: OpenParts;
}

export class Unended {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #parts: OpenParts;
  readonly #why: string;
  #ids: number[];
  #problem: string | null = null;

  /** `ids`: of all that have no end; `why`: what they are told to have ended by. */
  constructor(ids: number[], why: string, { index, segments, parts }: Recordings) {
    this.#ids = ids;
    this.#why = why;
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

  add(ids: readonly number[]): void {
    this.#ids.push(...ids);
  }

  /** Ends as many as the disk takes, and answers which have an end now, or are gone. */
  end(): number[] {
    if (this.#ids.length === 0) return [];
    this.#problem = null;
    const done: number[] = [];
    try {
      for (const id of this.#ids) {
        endRecorded(id, this.#index, this.#segments, this.#parts, this.#why);
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

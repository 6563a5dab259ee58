/** What an earlier process could not finish, or the disk did not take the end of. Until it takes one it is shown as if it went on, and what came of it stays in the journal. */
import type { ExchangeIndex } from '../index/exchange-index.ts';
import { endRecorded, writeEnd } from './interruption.ts';
import type { OpenParts } from './open-parts.ts';
import type { Segments } from './segments.ts';
import type { WholeRecord } from './whole-records.ts';

export const NOT_TAKEN = 'its end could not be recorded: the disk did not take it';

/** Of ends that wait for room on the disk. */
const MAX_BYTES = 16 * 1024 ** 2;

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
  readonly #ends = new Map<number, WholeRecord>();
  /** Of them. */
  #bytes = 0;
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

  /** Answers of how many the end is kept in memory; the others are only known to have ended. */
  add(ends: ReadonlyMap<number, WholeRecord>): number {
    const before = this.#ends.size;
    for (const [id, { record, request, response }] of ends) {
      this.#ids.push(id);
      const bytes = record.length + request.length + response.length;
      if (this.#bytes + bytes > MAX_BYTES) continue;
      this.#bytes += bytes;
      this.#ends.set(id, { record, request, response });
    }
    return this.#ends.size - before;
  }

  /** Ends as many as the disk takes, and answers which have an end now, or are gone. */
  end(): number[] {
    if (this.#ids.length === 0) return [];
    this.#problem = null;
    const done: number[] = [];
    try {
      for (const id of this.#ids) {
        this.#endOne(id);
        done.push(id);
      }
    } catch (error) {
      this.#problem = (error as Error).message;
    }
    this.#ids = this.#ids.slice(done.length);
    this.#parts.forget(done);
    return done;
  }

  #endOne(id: number): void {
    const end = this.#ends.get(id);
    if (!end) return endRecorded(id, this.#index, this.#segments, this.#parts, this.#why);
    // It may have been dropped meanwhile.
    if (this.#index.place(id)) writeEnd(id, end, this.#index, this.#segments);
    this.#ends.delete(id);
    this.#bytes -= end.record.length + end.request.length + end.response.length;
  }

  /** There are none any more. */
  clear(): void {
    this.#ends.clear();
    this.#bytes = 0;
    this.#parts.forget(this.#ids);
    this.#ids = [];
    this.#problem = null;
  }
}

/** Exchanges that were recorded before they ended. When they go on for longer, what has come of them lies in the journal. */
import type { Intake } from './intake.ts';
import type { OpenJournal } from './open-journal.ts';
import type { OpenParts } from './open-parts.ts';

/** Most end before that, and are written only once. At most so much of the others is lost with the process. */
const WRITTEN_AFTER_MS = 500;

export class GoingOn {
  /** In the journal. */
  readonly #written: Set<number>;
  /** Not yet. */
  readonly #fresh = new Set<number>();
  readonly #parts: OpenParts;
  readonly #journal: OpenJournal;
  readonly #onFailure: (error: Error) => void;
  #timer: NodeJS.Timeout | null = null;

  /** `left`: exchanges of an earlier process that are in the journal and must stay there. `onFailure`: the disk does not take it; all is as before. */
  constructor(journal: OpenJournal, parts: OpenParts, left: Iterable<number>, onFailure: (error: Error) => void) {
    this.#parts = parts;
    this.#journal = journal;
    this.#written = new Set(left);
    this.#onFailure = onFailure;
    if (this.#written.size === 0) this.#empty();
  }

  /** After the batch was taken in. */
  follow({ goOn, ended, piecesOf }: Intake): void {
    for (const id of goOn) if (!this.#written.has(id)) this.#fresh.add(id);
    if (this.#written.size + this.#fresh.size > 0) for (const id of ended) this.#forget(id);
    if (this.#written.size === 0) this.#empty();
    else this.#append(piecesOf(this.#written));
    if (this.#fresh.size > 0) this.#timer ??= setTimeout(() => this.#writeFresh(), WRITTEN_AFTER_MS).unref();
  }

  /** Those of an earlier process have an end now. */
  ended(ids: readonly number[]): void {
    for (const id of ids) this.#forget(id);
    if (ids.length > 0 && this.#written.size === 0) this.#empty();
  }

  #forget(id: number): void {
    this.#written.delete(id);
    this.#fresh.delete(id);
  }

  #writeFresh(): void {
    this.#timer = null;
    const fresh = [...this.#fresh];
    this.#fresh.clear();
    if (fresh.length === 0) return;
    this.#append([...this.#parts.written(fresh)]);
    for (const id of fresh) this.#written.add(id);
  }

  #append(pieces: readonly Buffer[]): void {
    if (pieces.length === 0) return;
    try {
      this.#journal.append(pieces);
      if (this.#journal.isLong) this.#journal.replace(this.#parts.written(this.#written));
    } catch (error) {
      this.#onFailure(error as Error);
    }
  }

  #empty(): void {
    try {
      if (!this.#journal.isEmpty) this.#journal.clear();
    } catch (error) {
      this.#onFailure(error as Error);
    }
  }

  /** There are none any more. */
  clear(): void {
    this.#written.clear();
    this.#fresh.clear();
    this.#empty();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#writeFresh();
    this.#journal.close();
  }
}

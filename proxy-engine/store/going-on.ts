/** Exchanges that were recorded before they ended. What comes of them is in the journal at once. */
import type { Intake } from './intake.ts';
import { OpenJournal } from './open-journal.ts';
import type { OpenParts } from './open-parts.ts';

export class GoingOn {
  readonly #ids = new Set<number>();
  readonly #parts: OpenParts;
  readonly #journal: OpenJournal;

  /** Throws when the directory cannot be written. */
  constructor(dir: string, parts: OpenParts) {
    this.#parts = parts;
    this.#journal = new OpenJournal(dir);
  }

  /** After the batch was taken in. Throws when the disk does not take it. */
  follow({ items, pieces }: Intake): void {
    const fresh = new Set<number>();
    for (const { id, isLast } of items) {
      if (isLast) this.#ids.delete(id);
      if (isLast) fresh.delete(id);
      else if (!this.#ids.has(id)) fresh.add(id);
    }
    const more = pieces.flatMap(({ id, bytes }) => (this.#ids.has(id) ? [bytes] : []));
    for (const id of fresh) this.#ids.add(id);
    if (this.#ids.size === 0) this.clear();
    else if (fresh.size > 0 || more.length > 0) this.#write(fresh, more);
  }

  #write(fresh: ReadonlySet<number>, more: readonly Buffer[]): void {
    if (this.#journal.isLong) this.#journal.replace(this.#parts.written(this.#ids));
    else this.#journal.append([...this.#parts.written(fresh), ...more]);
  }

  clear(): void {
    this.#ids.clear();
    if (!this.#journal.isEmpty) this.#journal.clear();
  }

  close(): void {
    this.#journal.close();
  }
}

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shared rule sets as they last ran, on disk, for when their database does not answer. */
export class LastGoodCopies {
  readonly #directory: string | null;

  /** null: none are kept. */
  constructor(directory: string | null) {
    this.#directory = directory;
  }

  /** null: there is none. */
  read(name: string): string | null {
    try {
      return this.#directory === null ? null : readFileSync(fileOf(this.#directory, name), 'utf8');
    } catch {
      return null;
    }
  }

  async keep(name: string, text: string): Promise<void> {
    if (this.#directory === null || this.read(name) === text) return;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const { default: writeFileAtomic } = await import('write-file-atomic');
    await writeFileAtomic(fileOf(this.#directory, name), text, { mode: 0o600 });
  }
}

function fileOf(directory: string, name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return join(directory, `${hash}.yaml`);
}

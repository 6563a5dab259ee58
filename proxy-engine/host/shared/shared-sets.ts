/** The shared rule sets that a config includes, by the name that people are told: read, watched, and kept on disk as they last ran. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseShared, tellShared } from './shared-address.ts';
import type { SharedSource } from './shared-source.ts';

export interface SharedListener {
  /** The key has another text than the one known. */
  onText(name: string, text: string): void;
  /** In a sentence. */
  onTrouble(message: string): void;
  onRecovered(message: string): void;
}

interface Entry {
  source: SharedSource | null;
  /** What the config is made of; null: it could not be read, and there is no copy. */
  text: string | null;
  /** Why the text is not what the database has. */
  problem: string | null;
  watched: boolean;
}

export class SharedSets {
  readonly #directory: string | null;
  readonly #entries = new Map<string, Entry>();

  /** `directory`: where the last good copies are; null: none are kept. */
  constructor(directory: string | null) {
    this.#directory = directory;
  }

  /** Reads what is not known yet. A database that does not answer is replaced by the copy on disk. */
  async prepare(includes: readonly string[]): Promise<void> {
    const missing = includes.filter((include) => !this.#entries.has(tellShared(include)));
    await Promise.all(
      missing.map(async (include) => this.#entries.set(tellShared(include), await this.#open(include))),
    );
  }

  /** The text of one that was prepared; undefined: it was not. Throws when there is none, with the reason. */
  text(include: string): string | undefined {
    const entry = this.#entries.get(tellShared(include));
    if (entry && entry.text === null) throw new Error(entry.problem ?? 'not read yet');
    return entry?.text ?? undefined;
  }

  /** Those whose copy runs because they could not be read, and why, in sentences. */
  problems(): string[] {
    return [...this.#entries].flatMap(([name, { problem }]) => (problem === null ? [] : [told(name, problem)]));
  }

  /** Follows these from now on, and lets the others go. */
  watch(names: readonly string[], listener: SharedListener): void {
    for (const [name, entry] of this.#entries) {
      if (names.includes(name)) follow(name, entry, listener);
      else void this.#drop(name, entry);
    }
  }

  /** `text` runs: it is kept as the last good copy. */
  async accept(name: string, text: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry) entry.text = text;
    if (this.#directory === null) return;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const { default: writeFileAtomic } = await import('write-file-atomic');
    await writeFileAtomic(this.#copyOf(name), text, { mode: 0o600 });
  }

  /** Throws when it changed in the meantime, or cannot be written. */
  async write(name: string, before: string, text: string): Promise<void> {
    const source = this.#entries.get(name)?.source;
    if (!source) throw new Error('the database was never reached');
    if (!(await source.replace(before, text)))
      throw new Error('somebody else changed it in the meantime; look, and try again');
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries].map(([name, entry]) => this.#drop(name, entry)));
  }

  async #open(include: string): Promise<Entry> {
    const address = parseShared(include);
    if (typeof address === 'string') return { source: null, text: null, problem: address, watched: false };
    const source =
      address.kind === 'redis'
        ? (await import('./redis-source.ts')).redisSource(address)
        : (await import('./etcd-source.ts')).etcdSource(address);
    const read: { text: string } | { problem: string } = await source.read().then(
      (text) => (text === null ? { problem: 'there is no such key' } : { text }),
      (error: Error) => ({ problem: tellFailure(error) }),
    );
    if ('text' in read) return { source, text: read.text, problem: null, watched: false };
    return { source, text: this.#copy(tellShared(include)), problem: read.problem, watched: false };
  }

  async #drop(name: string, { source }: Entry): Promise<void> {
    this.#entries.delete(name);
    await source?.close().catch(() => {});
  }

  #copy(name: string): string | null {
    try {
      return this.#directory === null ? null : readFileSync(this.#copyOf(name), 'utf8');
    } catch {
      return null;
    }
  }

  #copyOf(name: string): string {
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
    return join(this.#directory ?? '', `${hash}.yaml`);
  }
}

function follow(name: string, entry: Entry, listener: SharedListener): void {
  if (entry.watched || !entry.source) return;
  entry.watched = true;
  entry.source.watch(
    (text) => {
      if (text === null) listener.onTrouble(`${name}: the key is gone; its last good copy stays`);
      else if (text !== entry.text) listener.onText(name, text);
    },
    (reason) => {
      if (reason === null && entry.problem !== null) listener.onRecovered(`${name} is read again`);
      else if (reason !== null && entry.problem === null) listener.onTrouble(told(name, reason));
      entry.problem = reason;
    },
  );
}

function told(name: string, problem: string): string {
  return `${name}: ${problem}; its last good copy runs, and it is tried again`;
}

function tellFailure(error: Error & { code?: string }): string {
  const cause =
    error instanceof AggregateError ? (error.errors[0] as Error) : ((error.cause as Error | undefined) ?? error);
  return cause.message === '' ? error.message : cause.message;
}

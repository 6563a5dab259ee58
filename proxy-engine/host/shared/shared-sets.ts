/** The shared rule sets that a config includes, by the name that people are told: read, watched, and kept on disk as they last ran. */
import { CommandFailure } from '../command-failure.ts';
import { LastGoodCopies } from './last-good-copies.ts';
import { type SharedProblem, tellProblem } from './problems.ts';
import { parseShared, tellShared } from './shared-address.ts';
import { NO_TEXT, type SharedSource } from './shared-source.ts';

export interface SharedListener {
  /** The key has another text than the one that runs, and it is `news`. */
  onNews(name: string): void;
  /** A problem came, went or is another one. */
  onProblems(): void;
  /** In a sentence, once for each that comes. */
  onTrouble(message: string): void;
  onRecovered(message: string): void;
}

/** Somebody else was faster. `text`: what the key has; null: it is gone. */
export class SharedConflict extends Error {
  readonly source: string;
  readonly text: string | null;

  constructor(source: string, text: string | null) {
    super(text === null ? 'the key is gone' : 'somebody else changed it in the meantime; look, and try again');
    this.source = source;
    this.text = text;
  }
}

interface Entry {
  source: SharedSource | null;
  /** What the config is made of; null: it could not be read, and there is no copy. */
  text: string | null;
  /** Why the database does not answer. */
  unreachable: string | null;
  isGone: boolean;
  /** What the key had when it was last read or written. */
  latest: string | null;
  /** What the key has and cannot run, and why. */
  refused: { text: string; reason: string } | null;
  /** Why there is no copy on disk of what runs. */
  unkept: string | null;
  watched: boolean;
}

interface Written {
  name: string;
  known: string;
  text: string;
}

const UNKNOWN: Entry = {
  source: null,
  text: null,
  unreachable: null,
  isGone: false,
  latest: null,
  refused: null,
  unkept: null,
  watched: false,
};

function isNews({ latest, text, refused }: Entry): boolean {
  return latest !== null && latest !== text && latest !== refused?.text;
}

export class SharedSets {
  readonly #copies: LastGoodCopies;
  readonly #entries = new Map<string, Entry>();

  /** `directory`: where the last good copies are; null: none are kept. */
  constructor(directory: string | null) {
    this.#copies = new LastGoodCopies(directory);
  }

  /** Reads what is not known yet. A database that does not answer is replaced by the copy on disk. */
  async prepare(includes: readonly string[]): Promise<void> {
    const all = new Map(includes.map((include) => [tellShared(include), include]));
    const missing = [...all].filter(([name]) => !this.#entries.has(name));
    await Promise.all(missing.map(async ([name, include]) => this.#entries.set(name, await this.#open(include))));
  }

  /** The text of one that was prepared; undefined: it was not. Throws when there is none, with the reason. */
  text(include: string): string | undefined {
    const entry = this.#entries.get(tellShared(include));
    if (entry && entry.text === null)
      throw new Error(entry.unreachable ?? (entry.isGone ? noSuchKey(include) : 'not read yet'));
    return entry?.text ?? undefined;
  }

  problems(): SharedProblem[] {
    return [...this.#entries].flatMap(([name, entry]) => problemOf(name, entry) ?? []);
  }

  /** Follows these from now on, and lets the others go. */
  watch(names: readonly string[], listener: SharedListener): void {
    for (const [name, entry] of this.#entries) {
      if (names.includes(name)) follow(name, entry, listener);
      else void this.#drop(name, entry);
    }
  }

  /** `text` runs: it is kept as the last good copy. Answers, once, that this cannot be done. */
  async accept(name: string, text: string): Promise<string | null> {
    const entry = this.#entries.get(name);
    // One that runs on while the key has something else does not mend that.
    if (entry && entry.text !== text) entry.refused = null;
    if (entry) entry.text = text;
    const before = entry?.unkept;
    const reason = await this.#copies.keep(name, text).then(
      () => null,
      (error: Error) => error.message,
    );
    if (entry) entry.unkept = reason;
    return before === null && reason !== null ? tellProblem({ source: name, kind: 'unkept', reason }) : null;
  }

  /** `text`, which the key has, cannot run. */
  refuse(name: string, text: string, reason: string): void {
    const entry = this.#entries.get(name);
    if (entry) entry.refused = { text, reason };
  }

  /** What the key has, to be `accept`ed or `refuse`d; null: that was done, maybe while others were waited for. */
  news(name: string): string | null {
    const entry = this.#entries.get(name);
    return entry && isNews(entry) ? entry.latest : null;
  }

  /** What keys have that cannot run. */
  refused(): { source: string; text: string }[] {
    return [...this.#entries].flatMap(([source, { refused }]) => (refused ? [{ source, text: refused.text }] : []));
  }

  /** Before anything runs: the last good copies instead of what these keys have, which cannot run; false: there are none. */
  fallBack(names: readonly string[], reason: string): boolean {
    let isOther = false;
    for (const name of names) {
      const entry = this.#entries.get(name);
      const copy = this.#copies.read(name);
      if (!entry || entry.text === null || copy === null || copy === entry.text) continue;
      entry.refused = { text: entry.text, reason };
      entry.text = copy;
      isOther = true;
    }
    return isOther;
  }

  /**
   * Writes those that are not as they were `before`, all or none. Throws `CommandFailure` at the first that cannot be written; its
   * cause may be a `SharedConflict`.
   */
  async writeChanged(
    texts: readonly { name: string; text: string }[],
    before: ReadonlyMap<string, string>,
  ): Promise<void> {
    const written: Written[] = [];
    for (const { name, text } of texts) {
      const known = before.get(name);
      if (known === undefined || known === text) continue;
      await this.#write(name, known, text).catch(async (error: Error) => {
        const left = await this.#takeBack(written);
        const message =
          left.length === 0
            ? `nothing was changed, as ${name} could not be written: ${error.message}`
            : `${left.join(', ')} was changed alone, as ${name} could not be written: ${error.message}`;
        throw new CommandFailure('WRITE_FAILED', message, { cause: left.length === 0 ? error : undefined });
      });
      written.push({ name, known, text });
    }
  }

  /** Those that stay as they were written: somebody built on them, or their database is away now. */
  async #takeBack(written: readonly Written[]): Promise<string[]> {
    const left = await Promise.all(
      written.map(({ name, known, text }) =>
        this.#write(name, text, known).then(
          () => [],
          () => [name],
        ),
      ),
    );
    return left.flat();
  }

  async #write(name: string, before: string, text: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (!entry?.source) throw new Error('the database was never reached');
    const isWritten = await entry.source.replace(before, text).catch((error: Error) => {
      throw new Error(tellFailure(error), { cause: error });
    });
    entry.latest = isWritten ? text : await entry.source.read();
    if (!isWritten) throw new SharedConflict(name, entry.latest);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries].map(([name, entry]) => this.#drop(name, entry)));
  }

  async #open(include: string): Promise<Entry> {
    const address = parseShared(include);
    if (typeof address === 'string') return { ...UNKNOWN, unreachable: address };
    const source =
      address.kind === 'redis'
        ? (await import('./redis-source.ts')).redisSource(address)
        : (await import('./etcd-source.ts')).etcdSource(address);
    const copy = (): string | null => this.#copies.read(tellShared(include));
    return source.read().then(
      (text) => ({ ...UNKNOWN, source, text: text ?? copy(), latest: text, isGone: text === null }),
      (error: Error) => ({ ...UNKNOWN, source, text: copy(), unreachable: tellFailure(error) }),
    );
  }

  async #drop(name: string, { source }: Entry): Promise<void> {
    this.#entries.delete(name);
    await source?.close().catch(() => {});
  }
}

/** Keys of etcd begin with a slash by custom, and the slash behind the host is not theirs. */
function noSuchKey(include: string): string {
  const address = parseShared(include);
  if (typeof address === 'string') return address;
  const { kind, key } = address;
  if (kind === 'redis' || key.startsWith('/')) return `there is no key ${key}`;
  const other = tellShared(include).replace(/^(\w+:\/\/[^/]*)\//, '$1//');
  return `there is no key ${key}; one that begins with a slash is ${other}`;
}

function problemOf(source: string, { unreachable, isGone, refused, unkept }: Entry): SharedProblem | null {
  if (unreachable === NO_TEXT) return { source, kind: 'refused', reason: NO_TEXT };
  if (unreachable !== null) return { source, kind: 'unreachable', reason: unreachable };
  if (isGone) return { source, kind: 'gone', reason: 'the key is gone' };
  if (refused) return { source, kind: 'refused', reason: refused.reason };
  return unkept === null ? null : { source, kind: 'unkept', reason: unkept };
}

function follow(name: string, entry: Entry, listener: SharedListener): void {
  if (entry.watched || !entry.source) return;
  entry.watched = true;
  // Since a start, when nobody listened.
  const standing = problemOf(name, entry);
  if (standing) listener.onTrouble(tellProblem(standing));
  const tell = (before: SharedProblem | null): void => {
    const now = problemOf(name, entry);
    if (now?.kind === before?.kind && now?.reason === before?.reason) return;
    listener.onProblems();
    if (now && now.kind !== before?.kind) listener.onTrouble(tellProblem(now));
    else if (!now) listener.onRecovered(`${name} is read again`);
  };
  entry.source.watch(
    (text) => {
      const before = problemOf(name, entry);
      entry.latest = text;
      entry.isGone = text === null;
      if (text === entry.text) entry.refused = null;
      tell(before);
      if (isNews(entry)) listener.onNews(name);
    },
    (reason) => {
      const before = problemOf(name, entry);
      entry.unreachable = reason;
      tell(before);
    },
  );
}

function tellFailure(error: Error & { code?: string }): string {
  const cause =
    error instanceof AggregateError ? (error.errors[0] as Error) : ((error.cause as Error | undefined) ?? error);
  return cause.message === '' ? error.message : cause.message;
}

/** Changes of the documents that run, by commands: all of a change or nothing, and what is written starts from what the files say. */
import type { Changed, Expectation, ParsedEdit } from '../contract/config-edit.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';
import { CommandFailure } from './command-failure.ts';
import { checkExpectations, editSources } from './config/edit-sources.ts';
import { issuesOf, reasonOf } from './config/reason.ts';
import type { ConfigSource } from './config/source.ts';
import { type ConfigText, type ReadConfig, readTextOrNull, sharedOf, textsOf, writeConfigText } from './config-file.ts';
import type { DocumentsDeps, RunningDocuments } from './running-documents.ts';
import { isShared } from './shared/shared-address.ts';
import { SharedConflict } from './shared/shared-sets.ts';

/** How often an edit is made anew, as others were faster in writing what is shared. */
const MOST_TRIES = 5;

export class DocumentChanges {
  readonly #documents: RunningDocuments;
  readonly #engine: DocumentsDeps['engine'];
  readonly #shared: DocumentsDeps['shared'];

  constructor(documents: RunningDocuments, { engine, shared }: Pick<DocumentsDeps, 'engine' | 'shared'>) {
    this.#documents = documents;
    this.#engine = engine;
    this.#shared = shared;
  }

  /** Everything that is wrong with `text` as this host's document; empty: it could be applied. */
  async check(text: string): Promise<ConfigIssue[]> {
    try {
      await this.#documents.read({ ...this.#textOptions(), text });
      return [];
    } catch (error) {
      return [...issuesOf(error)];
    }
  }

  /** Replaces the document. Throws `CommandFailure` and changes nothing when it cannot be applied. */
  applyText(text: string, persist: boolean): Promise<Changed> {
    return this.#documents.exclusively(async () => {
      await this.#adoptDisk(persist);
      return this.#change(new Map([[this.#documents.current.file ?? '', text]]), persist);
    });
  }

  /**
   * Changes parts of the config's documents in place; `makeEdits` is asked about the config that runs at that moment. When
   * something else stands there than is expected, nothing is changed.
   */
  edit(
    makeEdits: (config: ReadConfig) => readonly ParsedEdit[],
    persist: boolean,
    expected: readonly Expectation[] = [],
  ): Promise<Changed> {
    return this.#documents.exclusively(async () => {
      await this.#adoptDisk(persist);
      const change = (): Promise<Changed> => {
        checkExpectations(this.#documents.current.sources, expected);
        const edited = editSources(this.#documents.current.sources, makeEdits(this.#documents.current));
        return this.#change(new Map(edited.map(({ file, text }) => [file ?? '', text])), persist, edited);
      };
      for (let tries = MOST_TRIES; ; tries--)
        try {
          return await change();
        } catch (error) {
          const conflict = error instanceof CommandFailure && error.cause;
          if (tries === 1 || !(conflict instanceof SharedConflict) || conflict.text === null) throw error;
          await this.#adoptNewer(conflict.source, conflict.text);
        }
    });
  }

  /** Somebody else was faster: the change is made anew on what they wrote, when that runs. */
  async #adoptNewer(name: string, text: string): Promise<void> {
    if (await this.#documents.adoptShared(name, text)) return;
    const message = `nothing was changed: ${name} has a change that cannot run; mend it there first`;
    throw new CommandFailure('BAD_CONFIG', message);
  }

  /** Replaces whole documents, if each still has the text `was`. */
  replaceTexts(texts: readonly { source: string; was: string; text: string }[], persist: boolean): Promise<Changed> {
    return this.#documents.exclusively(async () => {
      await this.#adoptDisk(persist);
      const now = textsOf(this.#documents.current);
      const stale = texts.find(({ source, was }) => now.get(source) !== was);
      const what = stale?.source || 'the config';
      if (stale) throw new CommandFailure('CONFLICT', `${what} was changed meanwhile; nothing was changed`);
      return this.#change(new Map(texts.map(({ source, text }) => [source, text])), persist);
    });
  }

  /** Throws `CommandFailure` and changes nothing when the documents cannot be applied with these new texts. */
  async #change(
    texts: ReadonlyMap<string, string>,
    persist: boolean,
    parsed: readonly ConfigSource[] = [],
  ): Promise<Changed> {
    const before = this.#documents.current;
    const onDisk = this.#documents.onDisk;
    const isWritten = persist && before.file !== undefined;
    const text = texts.get(before.file ?? '') ?? before.text;
    try {
      const read = await this.#documents.readChanged({ ...this.#textOptions(), text }, texts, parsed);
      // What a team shares is written first: what only runs here would be undone by the next who writes.
      if (isWritten) await this.#shared.writeChanged(sharedOf(read), onDisk);
      await this.#documents.apply(read);
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      throw new CommandFailure('BAD_CONFIG', reasonOf(error), { issues: issuesOf(error), cause: error });
    }
    if (isWritten) await this.#write(onDisk);
    const { revision } = this.#engine;
    await this.#documents.tryRefused();
    const was = textsOf(before);
    return {
      revision,
      changes: [...texts].map(([source, after]) => ({ source, before: was.get(source) ?? '', after })),
    };
  }

  async #write(before: ReadonlyMap<string, string>): Promise<void> {
    const texts = textsOf(this.#documents.current);
    // Set first: the watcher must find what it knows already.
    this.#documents.onDisk = texts;
    for (const [file, text] of texts) {
      if (before.get(file) === text) continue;
      try {
        if (!isShared(file)) await writeConfigText(file, text);
      } catch (error) {
        this.#documents.onDisk = before;
        const message = `the change runs, but ${file} could not be written: ${(error as Error).message}`;
        throw new CommandFailure('WRITE_FAILED', message, { cause: error });
      }
    }
  }

  /** A change that will be written starts from what the files say now; files that cannot run are not overwritten. */
  async #adoptDisk(persist: boolean): Promise<void> {
    const { file, sources } = this.#documents.current;
    if (!persist || file === undefined) return;
    const isKnown = ({ file: name }: { file: string | undefined }): boolean =>
      name === undefined || isShared(name) || readTextOrNull(name) === this.#documents.onDisk.get(name);
    if (sources.every(isKnown)) return;
    if (await this.#documents.reloadNow(true)) return;
    const message = `${file} has changes that cannot run; mend the file or undo them first: ${this.#engine.state().configError ?? ''}`;
    throw new CommandFailure('BAD_CONFIG', message);
  }

  #textOptions(): Omit<ConfigText, 'text'> {
    const { file, baseDir } = this.#documents.current;
    return { file, baseDir };
  }
}

/** The documents of the config that run: read again when their files or what they include change, and applied whole or not at all. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigProblem } from '../contract/state.ts';
import { reasonOf } from './config/reason.ts';
import type { ConfigSource } from './config/source.ts';
import {
  type ConfigText,
  filesOf,
  filesOfError,
  type ReadConfig,
  readConfigText,
  readConfigWithShared,
  readTextOrNull,
  refuseEmptied,
  sharedOf,
  textsOf,
} from './config-file.ts';
import { type FileWatch, watchFiles } from './file-watch.ts';
import type { RunningEngine } from './running-engine.ts';
import { configProblems, tellProblems } from './shared/problems.ts';
import { isShared } from './shared/shared-address.ts';
import type { SharedListener, SharedSets } from './shared/shared-sets.ts';

export interface DocumentsDeps {
  engine: RunningEngine;
  /** What is included from afar. */
  shared: SharedSets;
  notify(this: void, level: 'info' | 'error', message: string): void;
}

export class RunningDocuments {
  readonly #engine: RunningEngine;
  readonly #shared: SharedSets;
  readonly #notify: DocumentsDeps['notify'];
  #current: ReadConfig;
  /** What the files held when they were last read or written, by source. */
  onDisk: ReadonlyMap<string, string>;
  #watch: FileWatch | null = null;
  /** Why what the file says does not run. */
  #fileProblem: string | null = null;
  /** Changes of the config happen one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ engine, shared, notify }: DocumentsDeps, config: ReadConfig) {
    this.#engine = engine;
    this.#shared = shared;
    this.#notify = notify;
    this.#current = config;
    this.onDisk = textsOf(config);
  }

  get current(): ReadConfig {
    return this.#current;
  }

  /** What is wrong with where they come from. */
  problems(): ConfigProblem[] {
    return configProblems(this.#fileProblem, this.#shared);
  }

  // ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** From now on a change of the file, or of what it includes, is applied by itself. */
  watchFile(): Promise<void> {
    this.#watch ??= watchFiles(filesOf(this.#current), () => void this.reload({ onlyChanged: true }));
    this.#watchShared();
    return this.#watch.ready;
  }

  /** Applies what the file says now. A file with mistakes changes nothing but `state.configError`; answers whether it runs. */
  reload({ onlyChanged = false } = {}): Promise<boolean> {
    return this.exclusively(() => this.reloadNow(onlyChanged));
  }

  /** The same, for who has the turn already. */
  async reloadNow(onlyChanged: boolean): Promise<boolean> {
    const { file } = this.#current;
    if (file === undefined) return true;
    try {
      if (onlyChanged && this.#isAsOnDisk()) return this.#saysAgain(file);
      const read = await this.read(readConfigText(file));
      const texts = textsOf(read);
      if (onlyChanged && isDeepStrictEqual(texts, this.onDisk)) return this.#saysAgain(file);
      refuseEmptied(texts, this.onDisk);
      await this.apply(read);
      this.onDisk = texts;
      await this.tryRefused();
      this.#notify('info', `${file} read again: revision ${this.#engine.revision}`);
      return true;
    } catch (error) {
      const reason = reasonOf(error);
      this.#watch?.watch([...filesOf(this.#current), ...filesOfError(error)]);
      this.#setFileProblem(reason);
      this.#notify('error', `${file} was not applied, the running config stays: ${reason}`);
      return false;
    }
  }

  /** Told without reading them as a config: this is what the watch finds after each change that was written here. */
  #isAsOnDisk(): boolean {
    return [...this.onDisk].every(([file, text]) => !isShared(file) && readTextOrNull(file) === text);
  }

  #saysAgain(file: string): true {
    if (this.#fileProblem !== null) this.#notify('info', `${file} says again what runs`);
    this.#setFileProblem(null);
    return true;
  }

  // ── shared rule sets ───────────────────────────────────────────────────────────────────────────────────────────────

  #watchShared(): void {
    this.#showProblems();
    this.#shared.watch(
      sharedOf(this.#current).map(({ name }) => name),
      this.#sharedListener,
    );
  }

  readonly #sharedListener: SharedListener = {
    onNews: (name) => void this.exclusively(() => this.#adoptNews(name)),
    onProblems: () => this.#showProblems(),
    onTrouble: (message) => this.#notify('error', message),
    onRecovered: (message) => this.#notify('info', message),
  };

  async #adoptNews(name: string): Promise<void> {
    const text = this.#shared.news(name);
    if (text !== null) await this.adoptShared(name, text);
  }

  /** A text that cannot run changes nothing but the problems that are told; false then. */
  async adoptShared(name: string, text: string): Promise<boolean> {
    try {
      await this.#adopt(new Map([[name, text]]));
      await this.tryRefused();
      return true;
    } catch (error) {
      const reason = reasonOf(error);
      this.#shared.refuse(name, text, reason);
      if (await this.#adoptTogether()) return true;
      this.#showProblems();
      this.#notify('error', `${name}: a change was refused: ${reason}`);
      return false;
    }
  }

  async #adopt(texts: ReadonlyMap<string, string>): Promise<void> {
    const read = await this.readChanged(this.#current, texts);
    await this.apply(read);
    this.onDisk = textsOf(read);
    for (const name of texts.keys()) this.#notify('info', `${name} was changed: revision ${this.#engine.revision}`);
  }

  /** What keys have that cannot run alone may run at once: one renames what the other names. */
  async #adoptTogether(): Promise<boolean> {
    const refused = this.#shared.refused();
    if (refused.length < 2) return false;
    const texts = new Map(refused.map(({ source, text }) => [source, text]));
    return this.#adopt(texts).then(
      () => true,
      () => false,
    );
  }

  #setFileProblem(reason: string | null): void {
    this.#fileProblem = reason;
    this.#showProblems();
  }

  #showProblems(): void {
    this.#engine.setConfigError(tellProblems(this.problems()));
  }

  /** Rejects with what is wrong. `instead`: texts of sources that are not what they hold; `parsed`: those read already. */
  read(
    from: ConfigText,
    instead: ReadonlyMap<string, string> = new Map(),
    parsed: readonly ConfigSource[] = [],
  ): Promise<ReadConfig> {
    const { text, file, baseDir } = from;
    const known = [...parsed, ...this.#current.sources];
    return readConfigWithShared({ text, file, baseDir }, this.#shared, { instead, parsed: known });
  }

  /** The same with all that runs, but for `texts`. What an editor is writing meanwhile is read when its file has changed, not in the middle of this. */
  readChanged(
    from: ConfigText,
    texts: ReadonlyMap<string, string>,
    parsed: readonly ConfigSource[] = [],
  ): Promise<ReadConfig> {
    return this.read(from, new Map([...textsOf(this.#current), ...texts]), parsed);
  }

  /** What a key has may have been refused for what the document, or another key, said. */
  async tryRefused(): Promise<void> {
    for (const { source, text } of this.#shared.refused()) {
      const read = await this.readChanged(this.#current, new Map([[source, text]])).catch(() => null);
      if (read && (await this.adoptShared(source, text))) return;
    }
  }

  // ── what runs ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Throws `ConfigError` when the engine cannot run it: a port is taken. */
  async apply(read: ReadConfig): Promise<void> {
    await this.#engine.apply(read.config, { configFile: read.file, baseDir: read.baseDir }, () => {
      this.#current = read;
    });
    this.#fileProblem = null;
    for (const { name, text } of sharedOf(read)) {
      const trouble = await this.#shared.accept(name, text);
      if (trouble !== null && this.#watch) this.#notify('error', trouble);
    }
    this.#showProblems();
    if (!this.#watch) return;
    this.#watch.watch(filesOf(read));
    this.#watchShared();
  }

  /** When everything that was begun before has ended. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    await this.#watch?.close();
    await this.#shared.close();
    await this.#queue;
  }
}

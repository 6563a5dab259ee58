/** The engine and its config in one process, whoever launched it: the desktop app or the command line. */
import { isDeepStrictEqual } from 'node:util';
import type { EngineEvent, EngineInfo } from '../contract/channel.ts';
import type { Changed, Expectation, ParsedEdit } from '../contract/config-edit.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';
import type { ChangeBy, EngineState } from '../contract/state.ts';
import { CommandFailure } from './command-failure.ts';
import { checkExpectations, editSources } from './config/edit-sources.ts';
import { issuesOf, reasonOf } from './config/reason.ts';
import { withSources } from './config/sources.ts';
import {
  type ConfigText,
  filesOf,
  type ReadConfig,
  readConfig,
  readConfigText,
  readConfigWithShared,
  readTextOrNull,
  refuseEmptied,
  sharedOf,
  textsOf,
  writeConfigText,
} from './config-file.ts';
import { DescriptorSets } from './descriptor-sets.ts';
import { DrillDesk } from './drills/drill-desk.ts';
import { type FileWatch, watchFiles } from './file-watch.ts';
import { HarTransfers } from './har-transfers.ts';
import { PoolsHistoryKeeper } from './pools-history.ts';
import type { RunningEngine } from './running-engine.ts';
import { configProblems, tellProblems } from './shared/problems.ts';
import { isShared } from './shared/shared-address.ts';
import { SharedConflict, type SharedListener, SharedSets } from './shared/shared-sets.ts';

type Notice = Extract<EngineEvent, { type: 'notice' }>;

export interface EngineHostOptions {
  info: EngineInfo;
  engine: RunningEngine;
  /** Read and validated already: what it says is applied before the host is there. */
  config: ReadConfig;
  /** What read `config`; absent: it includes nothing shared, and what it will include is kept nowhere. */
  shared?: SharedSets;
  /** Of the reports of drills; absent: they do not outlive the process. */
  drillsDirectory?: string;
  /** Of descriptor sets of protobuf; absent: they do not outlive the process. */
  descriptorsDirectory?: string;
  /** Where drills keep what has to be mended when the process is killed; absent: nowhere. */
  journalDirectory?: string;
}

const EMPTY_DOCUMENT = 'version: 1\n';

/** The config of a host without a file: nothing listens until the window or the API says so. */
export function emptyConfig(baseDir: string): ReadConfig {
  return readConfig({ text: EMPTY_DOCUMENT, baseDir });
}

export class EngineHost {
  readonly info: EngineInfo;
  readonly engine: RunningEngine;
  readonly har = new HarTransfers();
  readonly descriptors: DescriptorSets;
  readonly drills: DrillDesk;
  /** Empty until somebody starts it. */
  readonly history = new PoolsHistoryKeeper();
  #current: ReadConfig;
  /** What the files held when they were last read or written, by source. */
  #onDisk: ReadonlyMap<string, string>;
  #watch: FileWatch | null = null;
  readonly #shared: SharedSets;
  /** Why what the file says does not run. */
  #fileProblem: string | null = null;
  #noticeListeners = new Set<(notice: Notice) => void>();
  readonly #closing: (() => unknown)[] = [];
  readonly #drillListeners = new Set<(by: ChangeBy) => void>();
  /** Changes of the config happen one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(options: EngineHostOptions) {
    const { info, engine, config, shared = new SharedSets(null) } = options;
    this.info = info;
    this.engine = engine;
    this.#current = config;
    this.#shared = shared;
    this.#onDisk = textsOf(config);
    this.descriptors = new DescriptorSets(options.descriptorsDirectory ?? null);
    this.drills = new DrillDesk({
      engine,
      directory: options.drillsDirectory ?? null,
      journalDirectory: options.journalDirectory ?? null,
      onChange: () => this.#drillChanged(),
      onNotice: (level, message) => this.notify(level, message),
    });
  }

  /** Applies the config. Throws `ConfigError` when the engine cannot run it: a port is taken. */
  static async start(options: EngineHostOptions): Promise<EngineHost> {
    const host = new EngineHost(options);
    await host.#applyToEngine(options.config);
    return host;
  }

  /** The document that runs. */
  get config(): ReadConfig {
    return this.#current;
  }

  /** The engine's, and what the engine does not know: the drill, what is wrong with the sources, and what comes from which. */
  state(): EngineState {
    const state = this.engine.state();
    const drill = this.drills.status();
    const problems = configProblems(this.#fileProblem, this.#shared);
    return {
      ...state,
      ...(drill && { drill }),
      ...(problems.length > 0 && { configProblems: problems }),
      ...(this.#current.sources.length > 1 && { rules: withSources(state.rules, this.#current) }),
    };
  }

  /** A cheap signal that `state()` or the list of exchanges has changed; called often. */
  onChange(listener: (by: ChangeBy) => void): () => void {
    const stopEngine = this.engine.onChange(listener);
    this.#drillListeners.add(listener);
    return () => {
      stopEngine();
      this.#drillListeners.delete(listener);
    };
  }

  #drillChanged(): void {
    for (const listener of this.#drillListeners) listener('decision');
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  notify(level: Notice['level'], message: string): void {
    for (const listener of this.#noticeListeners) listener({ type: 'notice', level, message });
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
    return this.#exclusively(() => this.#reloadNow(onlyChanged));
  }

  async #reloadNow(onlyChanged: boolean): Promise<boolean> {
    const { file } = this.#current;
    if (file === undefined) return true;
    try {
      const read = await this.#read(readConfigText(file));
      const texts = textsOf(read);
      if (onlyChanged && isDeepStrictEqual(texts, this.#onDisk)) {
        this.#setFileProblem(null);
        return true;
      }
      refuseEmptied(texts, this.#onDisk);
      await this.#applyToEngine(read);
      this.#onDisk = texts;
      await this.#tryRefused();
      this.notify('info', `${file} read again: revision ${this.engine.state().revision}`);
      return true;
    } catch (error) {
      const reason = reasonOf(error);
      this.#setFileProblem(reason);
      this.notify('error', `${file} was not applied, the running config stays: ${reason}`);
      return false;
    }
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
    onNews: (name) => void this.#exclusively(() => this.#adoptNews(name)),
    onProblems: () => this.#showProblems(),
    onTrouble: (message) => this.notify('error', message),
    onRecovered: (message) => this.notify('info', message),
  };

  async #adoptNews(name: string): Promise<void> {
    const text = this.#shared.news(name);
    if (text !== null) await this.#adoptShared(name, text);
  }

  /** A text that cannot run changes nothing but the problems that are told; false then. */
  async #adoptShared(name: string, text: string): Promise<boolean> {
    try {
      const read = await this.#read(this.#current, new Map([[name, text]]));
      await this.#applyToEngine(read);
      this.#onDisk = textsOf(read);
      this.notify('info', `${name} was changed: revision ${this.engine.state().revision}`);
      return true;
    } catch (error) {
      const reason = reasonOf(error);
      this.#shared.refuse(name, text, reason);
      this.#showProblems();
      this.notify('error', `${name}: a change was refused: ${reason}`);
      return false;
    }
  }

  #setFileProblem(reason: string | null): void {
    this.#fileProblem = reason;
    this.#showProblems();
  }

  #showProblems(): void {
    this.engine.setConfigError(tellProblems(configProblems(this.#fileProblem, this.#shared)));
  }

  #read(from: ConfigText, instead?: ReadonlyMap<string, string>): Promise<ReadConfig> {
    const { text, file, baseDir } = from;
    return readConfigWithShared({ text, file, baseDir }, this.#shared, instead);
  }

  // ── changes ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Everything that is wrong with `text` as this host's document; empty: it could be applied. */
  async check(text: string): Promise<ConfigIssue[]> {
    try {
      await this.#read({ ...this.#textOptions(), text });
      return [];
    } catch (error) {
      return [...issuesOf(error)];
    }
  }

  /** Replaces the document. Throws `CommandFailure` and changes nothing when it cannot be applied. */
  applyText(text: string, persist: boolean): Promise<Changed> {
    return this.#exclusively(async () => {
      await this.#adoptDisk(persist);
      return this.#change(new Map([[this.#current.file ?? '', text]]), persist);
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
    return this.#exclusively(async () => {
      await this.#adoptDisk(persist);
      const change = (): Promise<Changed> => {
        checkExpectations(this.#current.sources, expected);
        return this.#change(editSources(this.#current.sources, makeEdits(this.#current)), persist);
      };
      try {
        return await change();
      } catch (error) {
        const conflict = error instanceof CommandFailure && error.cause;
        if (!(conflict instanceof SharedConflict) || conflict.text === null) throw error;
        await this.#adoptNewer(conflict.source, conflict.text);
        return await change();
      }
    });
  }

  /** Somebody else was faster: the change is made anew on what they wrote, when that runs. */
  async #adoptNewer(name: string, text: string): Promise<void> {
    if (await this.#adoptShared(name, text)) return;
    const message = `nothing was changed: ${name} has a change that cannot run; mend it there first`;
    throw new CommandFailure('CONFLICT', message);
  }

  /** Replaces whole documents, if each still has the text `was`. */
  replaceTexts(texts: readonly { source: string; was: string; text: string }[], persist: boolean): Promise<Changed> {
    return this.#exclusively(async () => {
      await this.#adoptDisk(persist);
      const now = textsOf(this.#current);
      const stale = texts.find(({ source, was }) => now.get(source) !== was);
      const what = stale?.source || 'the config';
      if (stale) throw new CommandFailure('CONFLICT', `${what} was changed meanwhile; nothing was changed`);
      return this.#change(new Map(texts.map(({ source, text }) => [source, text])), persist);
    });
  }

  /** Throws `CommandFailure` and changes nothing when the documents cannot be applied with these new texts. */
  async #change(texts: ReadonlyMap<string, string>, persist: boolean): Promise<Changed> {
    const before = this.#current;
    const onDisk = this.#onDisk;
    const isWritten = persist && before.file !== undefined;
    const text = texts.get(before.file ?? '') ?? before.text;
    try {
      const read = await this.#read({ ...this.#textOptions(), text }, texts);
      // What a team shares is written first: what only runs here would be undone by the next who writes.
      if (isWritten) await this.#shared.writeChanged(sharedOf(read), onDisk);
      await this.#applyToEngine(read);
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      throw new CommandFailure('BAD_CONFIG', reasonOf(error), { issues: issuesOf(error), cause: error });
    }
    if (isWritten) await this.#write(onDisk);
    const { revision } = this.engine.state();
    await this.#tryRefused();
    const was = textsOf(before);
    return {
      revision,
      changes: [...texts].map(([source, after]) => ({ source, before: was.get(source) ?? '', after })),
    };
  }

  /** What a key has may have been refused for what the document said. */
  async #tryRefused(): Promise<void> {
    for (const { source, text } of this.#shared.refused()) {
      const read = await this.#read(this.#current, new Map([[source, text]])).catch(() => null);
      if (read) await this.#adoptShared(source, text);
    }
  }

  async #write(before: ReadonlyMap<string, string>): Promise<void> {
    const texts = textsOf(this.#current);
    // Set first: the watcher must find what it knows already.
    this.#onDisk = texts;
    for (const [file, text] of texts) {
      if (before.get(file) === text) continue;
      try {
        if (!isShared(file)) await writeConfigText(file, text);
      } catch (error) {
        this.#onDisk = before;
        const message = `the change runs, but ${file} could not be written: ${(error as Error).message}`;
        throw new CommandFailure('WRITE_FAILED', message, { cause: error });
      }
    }
  }

  /** A change that will be written starts from what the files say now; files that cannot run are not overwritten. */
  async #adoptDisk(persist: boolean): Promise<void> {
    const { file, sources } = this.#current;
    if (!persist || file === undefined) return;
    const isKnown = ({ file: name }: { file: string | undefined }): boolean =>
      name === undefined || isShared(name) || readTextOrNull(name) === this.#onDisk.get(name);
    if (sources.every(isKnown)) return;
    if (await this.#reloadNow(true)) return;
    const message = `${file} has changes that cannot run; mend the file or undo them first: ${this.engine.state().configError ?? ''}`;
    throw new CommandFailure('CONFLICT', message);
  }

  async #applyToEngine(read: ReadConfig): Promise<void> {
    await this.engine.apply(read.config, { configFile: read.file, baseDir: read.baseDir });
    this.#current = read;
    this.#fileProblem = null;
    for (const { name, text } of sharedOf(read)) await this.#shared.accept(name, text);
    this.#showProblems();
    if (!this.#watch) return;
    this.#watch.watch(filesOf(read));
    this.#watchShared();
  }

  #textOptions(): Omit<ConfigText, 'text'> {
    const { file, baseDir } = this.#current;
    return { file, baseDir };
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** Ends with the host what was begun for it. */
  onClose(end: () => unknown): void {
    this.#closing.push(end);
  }

  /** Waits at most `drainMs` for exchanges in flight. */
  async close(drainMs: number): Promise<void> {
    for (const end of this.#closing) await end();
    await this.drills.close();
    await this.#watch?.close();
    await this.#shared.close();
    await this.#queue;
    await this.engine.close(drainMs);
  }
}

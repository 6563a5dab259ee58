/** The engine and its config in one process, whoever launched it: the desktop app or the command line. */
import type { EngineEvent, EngineInfo } from '../contract/channel.ts';
import type { ChangeBy, EngineState } from '../contract/state.ts';
import { OpenBrowsers } from './browser/open-browsers.ts';
import { toldAsWritten } from './config/as-written.ts';
import { withSources } from './config/sources.ts';
import { type ReadConfig, readConfig } from './config-file.ts';
import { DescriptorSets } from './descriptor-sets.ts';
import { DocumentChanges } from './document-changes.ts';
import { DrillDesk } from './drills/drill-desk.ts';
import { HarTransfers } from './har-transfers.ts';
import { ImportReadings } from './importing/import-readings.ts';
import { PoolsHistoryKeeper } from './pools-history.ts';
import { type DocumentsDeps, RunningDocuments } from './running-documents.ts';
import type { RunningEngine } from './running-engine.ts';
import { SharedSets } from './shared/shared-sets.ts';

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
  readonly browsers = new OpenBrowsers();
  readonly har = new HarTransfers();
  readonly imports = new ImportReadings();
  readonly descriptors: DescriptorSets;
  readonly drills: DrillDesk;
  /** Empty until somebody starts it. */
  readonly history = new PoolsHistoryKeeper();
  /** What commands change of the config. */
  readonly changes: DocumentChanges;
  readonly #documents: RunningDocuments;
  #noticeListeners = new Set<(notice: Notice) => void>();
  readonly #closing: (() => unknown)[] = [];
  readonly #drillListeners = new Set<(by: ChangeBy) => void>();

  private constructor(options: EngineHostOptions) {
    const { info, engine, config, shared = new SharedSets(null) } = options;
    this.info = info;
    this.engine = engine;
    const deps: DocumentsDeps = { engine, shared, notify: (level, message) => this.notify(level, message) };
    this.#documents = new RunningDocuments(deps, config);
    this.changes = new DocumentChanges(this.#documents, deps);
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
    await host.#documents.apply(options.config);
    return host;
  }

  /** The document that runs. */
  get config(): ReadConfig {
    return this.#documents.current;
  }

  /** The engine's, and what the engine does not know: the drill, what is wrong with the sources, and what comes from which. */
  state(): EngineState {
    const engine = this.engine.state();
    const state = { ...engine, ...toldAsWritten(this.config, engine) };
    const drill = this.drills.status();
    const problems = this.#documents.problems();
    return {
      ...state,
      ...(drill && { drill }),
      ...(problems.length > 0 && { configProblems: problems }),
      ...(this.config.sources.length > 1 && { rules: withSources(state.rules, this.config) }),
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

  /** From now on a change of the file, or of what it includes, is applied by itself. */
  watchFile(): Promise<void> {
    return this.#documents.watchFile();
  }

  /** Applies what the file says now. A file with mistakes changes nothing but `state.configError`; answers whether it runs. */
  reload(): Promise<boolean> {
    return this.#documents.reload();
  }

  /** Ends with the host what was begun for it. */
  onClose(end: () => unknown): void {
    this.#closing.push(end);
  }

  /** Waits at most `drainMs` for exchanges in flight. */
  async close(drainMs: number): Promise<void> {
    for (const end of this.#closing) await end();
    await this.drills.close();
    await this.#documents.close();
    // First: what their pages keep open would be waited for.
    await this.browsers.close();
    await this.engine.close(drainMs);
  }
}

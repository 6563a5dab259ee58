import { ConfigError } from './config-error.ts';
import { type Config, configSchema } from './contract/config.ts';
import { limitMemories } from './rules/limit-states.ts';
import type { CaptureStore } from './store/capture-store.ts';
import type { PreparedTraffic, Traffic } from './traffic.ts';
import { unsupportedIn } from './workers/unsupported.ts';
import type { Workers } from './workers/workers.ts';

export interface ConfigOrigin {
  /** undefined: it comes from no file. */
  configFile?: string;
  /** What relative files in it are relative to. */
  baseDir: string;
}

export interface RunningConfigDeps {
  capture: CaptureStore;
  traffic(): Traffic;
  /** The other threads that carry exchanges; null: this one is alone. */
  others(): Workers | null;
  /** Another config runs, here at least. */
  onChange(): void;
}

/** The config that the engine runs by, and how another one takes its place: prepared in all threads, then swapped in one step. */
export class RunningConfig {
  readonly #deps: RunningConfigDeps;
  /** Where the limits of rules count when several threads go by them, by the name of the rule. */
  #limits = new Map<string, SharedArrayBuffer>();
  #config: Config = configSchema.parse({ version: 1 });
  #from: ConfigOrigin = { baseDir: '.' };
  #revision = 0;

  constructor(deps: RunningConfigDeps) {
    this.#deps = deps;
  }

  /** Before the first `apply`: one that says nothing. */
  get config(): Config {
    return this.#config;
  }

  get from(): ConfigOrigin {
    return this.#from;
  }

  /** How many have run, this one included; 0: none yet. */
  get revision(): number {
    return this.#revision;
  }

  /** Of a rule with a limit; undefined: it has none. */
  limitMemory(rule: string): SharedArrayBuffer | undefined {
    return this.#limits.get(rule);
  }

  /**
   * Throws `ConfigError` and changes nothing when a listener cannot be opened, or a worker cannot run it. Resolves when all threads run
   * it, and nobody listens any more where it does not; `onRuns` is called before that, and before anybody is told of its revision.
   */
  async apply(config: Config, from: ConfigOrigin, workers: number, onRuns?: () => void): Promise<void> {
    const issues = unsupportedIn(config, workers);
    if (issues.length > 0) throw new ConfigError(issues);
    const prepared = await this.#prepare(config, from.baseDir);
    this.#config = config;
    this.#from = from;
    this.#deps.capture.configure(config.capture);
    const here = this.#deps.traffic().commit(prepared);
    this.#revision++;
    const elsewhere = this.#deps.others()?.commit(this.#revision);
    onRuns?.();
    this.#deps.onChange();
    await Promise.all([here, elsewhere]);
  }

  async #prepare(config: Config, baseDir: string): Promise<PreparedTraffic> {
    const others = this.#deps.others();
    if (!others) return this.#deps.traffic().prepare(config, baseDir);
    const limitsBefore = this.#limits;
    this.#limits = limitMemories(config, limitsBefore);
    try {
      return await this.#prepareEverywhere(config, baseDir, others);
    } catch (error) {
      this.#limits = limitsBefore;
      throw error;
    }
  }

  async #prepareEverywhere(config: Config, baseDir: string, others: Workers): Promise<PreparedTraffic> {
    const traffic = this.#deps.traffic();
    const prepared = await traffic.prepare(config, baseDir);
    const pools = Object.fromEntries([...prepared.snapshot.pools].map(([name, pool]) => [name, pool.facts()]));
    const listeners = traffic.listeners.shares(prepared.listeners);
    try {
      await others.prepare({ config, baseDir, listeners, pools, limits: this.#limits });
      return prepared;
    } catch (error) {
      traffic.discard(prepared);
      throw error;
    }
  }
}

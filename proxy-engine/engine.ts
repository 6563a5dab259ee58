/** The engine: configs in, traffic through, state out. `apply` validates whole, then swaps in one step. */
import { randomBytes } from 'node:crypto';
import { createPool, type Pool } from './balancer/pool.ts';
import { BreakpointQueue } from './breakpoints/breakpoint-queue.ts';
import { type Clock, systemClock } from './clock.ts';
import type { AuthorityInfo, ParsedInput, RuleTest } from './contract/api.ts';
import { type BackendState, type Config, configSchema } from './contract/config.ts';
import type { CaptureState, ChangeBy, EngineState } from './contract/state.ts';
import { sharingOfFirst } from './downstream/listener.ts';
import { type DrillExchange, type DrillOrder, DrillWatch } from './drills/drill-watch.ts';
import { EngineMetrics } from './metrics/engine-metrics.ts';
import { Sendings } from './replay/sendings.ts';
import { testRules } from './rules/rule-test.ts';
import { type ConfigOrigin, RunningConfig } from './running-config.ts';
import { ScriptRunner } from './scripts/script-runner.ts';
import type { CaptureStore } from './store/capture-store.ts';
import { EngineStore } from './store/engine-store.ts';
import { MemoryStore } from './store/memory-store.ts';
import { openStore } from './store/open-store.ts';
import { withRecorders } from './store/thread/capture-level.ts';
import { countFrom, ExchangeIds } from './threads/exchange-ids.ts';
import { zeroOf } from './threads/shared-clock.ts';
import { SharedCounter } from './threads/shared-counter.ts';
import { describeAuthority } from './tls/authority.ts';
import { LocalAuthority } from './tls/local-authority.ts';
import { Traffic, type TrafficDeps } from './traffic.ts';
import type { Connector } from './upstream/connector.ts';
import { Workers } from './workers/workers.ts';

export interface EngineOptions {
  clock?: Clock;
  /** Where the local authority lives; absent: there is none. */
  authorityDir?: string;
  /** Whether exchanges are recorded. */
  capture: boolean;
  /** Directory of the recordings; absent: a temporary one. */
  recordings?: string | 'memory' | null;
  /** Directory of saved recordings; absent: a temporary one. */
  saved?: string;
  /** `undici`: the reference path, for comparison; it cannot forward 1xx, request trailers and the order of headers. */
  upstream?: 'codec' | 'undici';
  version: string;
  /** How many threads carry exchanges, this one included; default 1. */
  workers?: number;
}

export class Engine {
  readonly store: EngineStore;
  readonly breakpoints: BreakpointQueue;
  readonly sendings: Sendings;
  /** How many threads carry exchanges. */
  readonly workers: number;
  readonly #capture: CaptureStore;
  readonly #clock: Clock;
  readonly #running: RunningConfig;
  readonly #traffic: Traffic;
  readonly #ids: ExchangeIds | null;
  readonly #via = `switchyard-${randomBytes(4).toString('hex')}`;
  readonly #authority: LocalAuthority;
  /** What of the next messages a person waits for (`NextBreakpoint`), in all threads. */
  readonly #turn = new SharedCounter();
  readonly #scripts: ScriptRunner;
  readonly #metrics: EngineMetrics;
  /** The other threads that carry exchanges; null: there are none. */
  #others: Workers | null = null;
  readonly #changeListeners = new Set<(by: ChangeBy) => void>();
  /** While a drill runs. */
  #drillWatch: DrillWatch | null = null;
  #configError: string | null = null;

  private constructor(options: EngineOptions, clock: Clock, capture: CaptureStore, connector: Connector | null) {
    const { workers = 1, authorityDir = null, version } = options;
    this.workers = workers;
    this.#clock = clock;
    this.#capture = capture;
    this.#authority = new LocalAuthority(authorityDir);
    this.#scripts = new ScriptRunner(clock);
    this.breakpoints = new BreakpointQueue(clock, () => this.#changed(), this.#turn);
    this.#ids = workers === 1 ? null : ExchangeIds.from(capture.newestId + 1);
    const nextId = this.#ids ? () => (this.#ids as ExchangeIds).next() : countFrom(capture.newestId + 1);
    this.store = new EngineStore(capture, {
      changed: () => this.#changed(),
      nextId,
      onRecording: (recording) => this.#others?.setRecording(recording),
    });
    this.#running = new RunningConfig({
      capture,
      traffic: () => this.#traffic,
      others: () => this.#others,
      onChange: () => this.#changed(),
    });
    this.#traffic = new Traffic({ ...this.#trafficDeps(nextId), connector });
    this.sendings = new Sendings(clock, (request, client) => this.#traffic.reception.own(request, client));
    this.#metrics = this.#createMetrics(version);
  }

  #trafficDeps(nextId: () => number): Omit<TrafficDeps, 'connector'> {
    return {
      clock: this.#clock,
      thread: { worker: 0, workers: this.workers },
      authority: this.#authority,
      breakpoints: this.breakpoints,
      scripts: this.#scripts,
      recorder: this.#capture,
      sharing: sharingOfFirst(this.workers),
      ...(this.workers > 1 && { limitMemory: (rule) => this.#running.limitMemory(rule) }),
      via: this.#via,
      nextId,
      createPool: (name, config, deps, previous) => {
        const onChange = (change?: { backend: string }) => this.#poolChanged(name, change?.backend);
        return createPool(name, config, { ...deps, onChange }, previous);
      },
      onFinished: (exchange) => {
        this.#metrics.count(exchange);
        this.#drillWatch?.see(exchange);
        this.#changed('traffic');
      },
      onProgress: () => this.#changed('traffic'),
      onChange: () => this.#changed(),
    };
  }

  static async create(options: EngineOptions): Promise<Engine> {
    const { clock = systemClock, capture: recording, recordings = null } = options;
    const { capture } = configSchema.parse({ version: 1 });
    let engine: Engine | null = null;
    const onChange = () => {
      if (engine) engine.#changed('traffic');
    };
    const store =
      recordings === 'memory'
        ? new MemoryStore({ clock, capture, recording })
        : await openStore({ clock, capture, recording, directory: recordings, saved: options.saved, onChange });
    const reference = options.upstream === 'undici' ? await import('./upstream/undici-connector.ts') : null;
    engine = new Engine(options, clock, store, reference && new reference.UndiciConnector());
    if (engine.workers > 1) await engine.#startOthers(options);
    return engine;
  }

  async #startOthers({ authorityDir, capture: recording }: EngineOptions): Promise<void> {
    const { addWriter, newestId } = this.#capture;
    if (!addWriter)
      throw new Error('not supported with --workers: recordings in memory; this runtime has no node:sqlite');
    this.#others = await Workers.start({
      count: this.workers,
      data: {
        zeroMs: zeroOf(this.#clock),
        ids: (this.#ids as ExchangeIds).memory,
        turn: this.#turn.memory,
        via: this.#via,
        authorityDir: authorityDir ?? null,
        capture: this.#running.config.capture,
        recording,
        newestId,
      },
      connectStore: addWriter.bind(this.#capture),
      pools: () => this.#traffic.snapshot.pools,
      runScript: (order) => this.#scripts.obey(order),
      onChange: (by) => this.#changed(by),
    });
    this.breakpoints.elsewhere = this.#others.held;
  }

  /** Throws `ConfigError` and changes nothing when a listener cannot be opened, or a worker cannot run it. */
  apply(config: Config, from: ConfigOrigin, onRuns?: () => void): Promise<void> {
    return this.#running.apply(config, from, this.workers, onRuns);
  }

  /** `backend`: the one that changed; undefined: all may have. */
  #poolChanged(name: string, backend: string | undefined): void {
    const pool = this.pool(name);
    if (pool && backend === undefined) this.#others?.publishAll(pool);
    else if (pool && backend !== undefined) this.#others?.publish(pool, backend);
    this.#changed();
  }

  /** Resolves when all threads go by what was set. */
  async settled(): Promise<void> {
    await this.#others?.settled();
  }

  state(): EngineState {
    const { router, rules, pools } = this.#traffic.snapshot;
    return {
      revision: this.#running.revision,
      configFile: this.#running.from.configFile,
      configError: this.#configError ?? undefined,
      listeners: this.#traffic.listeners.state(),
      routes: this.#withAllHits('routes', router.state()),
      rules: this.#withAllHits('rules', rules.state()),
      pools: [...pools.values()].map((pool) => pool.status()),
      capture: this.#captureState(),
      breakpoints: this.breakpoints.state(),
    };
  }

  #captureState(): CaptureState {
    const state = this.#capture.state();
    return this.#others ? withRecorders(state, this.#others.recorders(), this.#running.config.capture.bodies) : state;
  }

  #withAllHits<T extends { hits: number }>(kind: 'routes' | 'rules', own: readonly T[]): T[] {
    const others = this.#others;
    if (!others) return [...own];
    return own.map((one, i) => ({ ...one, hits: one.hits + others.hits(kind, this.#running.revision, i) }));
  }

  get revision(): number {
    return this.#running.revision;
  }

  /** Unknown names change nothing. `by`: who asked, for the reason. */
  setBackendState(pool: string, backend: string, state: BackendState, by: string): void {
    const found = this.#backend(pool, backend);
    const time = new Date(this.#clock.epoch()).toTimeString().slice(0, 5);
    if (found) this.pool(pool)?.setState(found, state, `by ${by}, ${time}`);
  }

  setWeight(pool: string, backend: string, weight: number): void {
    const found = this.#backend(pool, backend);
    if (found) this.pool(pool)?.setWeight(found, weight);
  }

  #backend(pool: string, backend: string) {
    return this.pool(pool)?.backends.find(({ name }) => name === backend);
  }

  /** Of the running config; undefined: there is none of that name. */
  pool(name: string): Pool | undefined {
    return this.#traffic.snapshot.pools.get(name);
  }

  setConfigError(message: string | null): void {
    this.#configError = message;
    this.#changed();
  }

  testRule(input: ParsedInput<'rule.test'>): RuleTest {
    return testRules(this.#running.config, input, {
      baseDir: this.#running.from.baseDir,
      candidates: (pool, exchange, only) => this.pool(pool)?.candidates(exchange, only) ?? [],
    });
  }

  reserve(address: string): void {
    this.#traffic.listeners.own.reserve(address);
    this.#others?.reserve(address);
  }

  /** Rejects with `AuthorityError`. */
  async authority(): Promise<AuthorityInfo> {
    return describeAuthority(await this.#authority.get());
  }

  onChange(listener: (by: ChangeBy) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Calls `listener` with every exchange of that drill that has ended, until the returned function is called. One drill at a time. */
  watchDrill(order: DrillOrder, listener: (exchange: DrillExchange) => void): () => void {
    this.#drillWatch = new DrillWatch(order, listener);
    this.#others?.watchDrill(order, listener);
    return () => {
      this.#drillWatch = null;
      this.#others?.watchDrill(null);
    };
  }

  #changed(by: ChangeBy = 'decision'): void {
    for (const listener of this.#changeListeners) listener(by);
  }

  /** Prometheus text. */
  async metrics(): Promise<string> {
    return this.#metrics.text(await this.#others?.counts());
  }

  #createMetrics(version: string): EngineMetrics {
    const { clock, connections, load } = this.#traffic.context;
    return new EngineMetrics({
      version,
      clock,
      connections,
      read: () => ({
        revision: this.#running.revision,
        inFlight: load.inFlight,
        listeners: this.#traffic.listeners.connections(),
        capture: this.#captureState(),
        pools: [...this.#traffic.snapshot.pools.values()],
      }),
    });
  }

  /** Stops accepting, lets what is in flight finish for `drainMs`, then ends everything. */
  async close(drainMs: number): Promise<void> {
    this.sendings.cancelAll();
    this.breakpoints.releaseAll();
    await Promise.all([this.#traffic.close(drainMs), this.#others?.close(drainMs)]);
    await this.#scripts.close();
    await this.#others?.end();
    await this.#capture.close();
  }
}

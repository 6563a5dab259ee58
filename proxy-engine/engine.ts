/** The engine: configs in, traffic through, state out. `apply` validates whole, then swaps in one step. */
import { randomBytes } from 'node:crypto';
import { createPool, type Pool, type PoolDeps } from './balancer/pool.ts';
import { BreakpointQueue } from './breakpoints/breakpoint-queue.ts';
import { type Clock, systemClock } from './clock.ts';
import type { AuthorityInfo, ParsedInput, RuleTest } from './contract/api.ts';
import { type BackendState, type Config, configSchema } from './contract/config.ts';
import type { EngineState } from './contract/state.ts';
import { Deadlines } from './deadlines.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import { Listeners } from './downstream/listeners.ts';
import type { LiveExchange } from './exchange.ts';
import { compileRoutes } from './match/router.ts';
import { EngineMetrics } from './metrics/engine-metrics.ts';
import { copyExchange } from './mirror.ts';
import { ExchangeWalk } from './proxy.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import { Reception } from './reception.ts';
import { Sendings } from './replay/sendings.ts';
import { compileRules } from './rules/rule-set.ts';
import { testRules } from './rules/rule-test.ts';
import { ScriptRunner } from './scripts/script-runner.ts';
import type { CaptureStore } from './store/capture-store.ts';
import { EngineStore } from './store/engine-store.ts';
import { MemoryStore } from './store/memory-store.ts';
import { openStore } from './store/open-store.ts';
import { describeAuthority } from './tls/authority.ts';
import { LocalAuthority } from './tls/local-authority.ts';
import { Connections } from './upstream/connections.ts';
import type { Connector } from './upstream/connector.ts';
import type { LaneOptions } from './upstream/lane-options.ts';
import { laneOptions } from './upstream/lane-options.ts';
import { Origins } from './upstream/origins.ts';
import { UpstreamProxies } from './upstream/upstream-proxy.ts';

/** For WebSockets to take their leave when the time to drain is over. */
const GOODBYE_MS = 250;

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
}

export class Engine {
  readonly store: EngineStore;
  readonly breakpoints: BreakpointQueue;
  readonly sendings: Sendings;
  readonly #scripts: ScriptRunner;
  readonly #capture: CaptureStore;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #context: ProxyContext;
  readonly #changeListeners = new Set<() => void>();
  /** Nobody listens most of the time: then there is no array to walk. */
  #exchangeListeners: readonly ((exchange: LiveExchange) => void)[] | null = null;
  #config: Config = configSchema.parse({ version: 1 });
  #baseDir = '.';
  #configFile: string | undefined;
  #configError: string | null = null;
  #revision = 0;
  #snapshot: Snapshot = emptySnapshot(this.#config);
  readonly #authority: LocalAuthority;
  readonly #listeners: Listeners;
  readonly #reception: Reception;
  readonly #metrics: EngineMetrics;

  private constructor(options: EngineOptions, clock: Clock, capture: CaptureStore, connector: Connector | null) {
    this.#clock = clock;
    this.#deadlines = new Deadlines(this.#clock);
    this.#capture = capture;
    this.store = new EngineStore(this.#capture, {
      changed: () => this.#changed(),
      nextId: () => this.#reception.nextId(),
    });
    this.#authority = new LocalAuthority(options.authorityDir ?? null);
    this.breakpoints = new BreakpointQueue(this.#clock, () => this.#changed());
    this.#scripts = new ScriptRunner(this.#clock);
    this.#listeners = new Listeners({
      authority: this.#authority,
      entrance: (name) => this.#reception.depsOf(name),
    });
    this.#context = {
      clock: this.#clock,
      deadlines: this.#deadlines,
      connections:
        connector ?? new Connections(this.#clock, this.#deadlines, (socket) => this.#listeners.isOwnEnd(socket)),
      origins: new Origins(this.#poolDeps('.')),
      scripts: this.#scripts,
      breakpoints: this.breakpoints,
      recorder: this.#capture,
      upgraded: new Set(),
      load: { inFlight: 0 },
      random: Math.random,
      via: `switchyard-${randomBytes(4).toString('hex')}`,
      isOwnAddress: (host, port) => this.#listeners.isOwn(host, port),
      isOwnEnd: (socket) => this.#listeners.isOwnEnd(socket),
      copy: (exchange, client, pool) => this.#copy(exchange, client, pool),
      onFinished: (exchange) => {
        this.#metrics.count(exchange);
        if (this.#exchangeListeners) for (const listener of this.#exchangeListeners) listener(exchange);
        this.#changed();
      },
      onProgress: () => this.#changed(),
    };
    this.#reception = new Reception(this.#context, () => this.#snapshot, capture.newestId + 1);
    this.sendings = new Sendings(clock, (request, client) => this.#reception.own(request, client));
    this.#metrics = this.#createMetrics(options.version);
  }

  #copy(original: LiveExchange, client: ClientStream, pool: string): ClientEvents {
    const copy = copyExchange(original, this.#reception.nextId(), this.#clock.now());
    const walk = new ExchangeWalk(copy, client, this.#snapshot, this.#context);
    // The original has been through routes and rules.
    walk.startAt(pool, null);
    return walk;
  }

  static async create(options: EngineOptions): Promise<Engine> {
    const { clock = systemClock, capture: recording, recordings = null } = options;
    const { capture } = configSchema.parse({ version: 1 });
    let engine: Engine | null = null;
    const onChange = () => {
      if (engine) engine.#changed();
    };
    const store =
      recordings === 'memory'
        ? new MemoryStore({ clock, capture, recording })
        : await openStore({ clock, capture, recording, directory: recordings, saved: options.saved, onChange });
    const reference = options.upstream === 'undici' ? await import('./upstream/undici-connector.ts') : null;
    engine = new Engine(options, clock, store, reference && new reference.UndiciConnector());
    return engine;
  }

  /** Throws `ConfigError` and changes nothing when a listener cannot be opened. */
  async apply(config: Config, from: { configFile?: string; baseDir: string }): Promise<void> {
    const snapshot = this.#compile(config, from.baseDir);
    const listeners = await this.#listeners.prepare(config, from.baseDir);
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    this.#config = config;
    this.#baseDir = from.baseDir;
    this.#configFile = from.configFile;
    this.#capture.configure(config.capture);
    this.#listeners.commit(listeners);
    for (const pool of before.pools.values()) pool.stop();
    for (const pool of snapshot.pools.values()) pool.start();
    for (const pool of before.pools.values())
      for (const backend of pool.backends) this.#context.connections.retire(backend);
    this.#revision++;
    this.#changed();
  }

  #compile(config: Config, baseDir: string): Snapshot {
    const pools = new Map<string, Pool>();
    const lanes = new Map<string, LaneOptions>();
    const deps = this.#poolDeps(baseDir);
    for (const [name, pool] of Object.entries(config.pools)) {
      lanes.set(name, laneOptions(name, pool, baseDir));
      pools.set(name, createPool(name, pool, deps, this.#snapshot.pools.get(name)));
    }
    const { router, rules } = this.#snapshot;
    return {
      router: compileRoutes(config, { baseDir, previous: router }),
      rules: compileRules(config, { baseDir, clock: this.#clock, previous: rules }),
      pools,
      lanes,
      upstreamProxies: new UpstreamProxies(config.listeners),
    };
  }

  #poolDeps(baseDir: string): PoolDeps {
    return {
      clock: this.#clock,
      baseDir,
      onChange: () => this.#changed(),
      onGone: (gone) => gone.forEach((backend) => this.#context.connections.retire(backend)),
    };
  }

  state(): EngineState {
    return {
      revision: this.#revision,
      configFile: this.#configFile,
      configError: this.#configError ?? undefined,
      listeners: this.#listeners.state(),
      routes: this.#snapshot.router.state(),
      rules: this.#snapshot.rules.state(),
      pools: [...this.#snapshot.pools.values()].map((pool) => pool.status()),
      capture: this.#capture.state(),
      breakpoints: this.breakpoints.state(),
    };
  }

  /** Unknown names change nothing. `by`: who asked, for the reason. */
  setBackendState(pool: string, backend: string, state: BackendState, by: string): void {
    const found = this.#backend(pool, backend);
    const time = new Date(this.#clock.epoch()).toTimeString().slice(0, 5);
    if (found) this.#snapshot.pools.get(pool)?.setState(found, state, `by ${by}, ${time}`);
  }

  setWeight(pool: string, backend: string, weight: number): void {
    const found = this.#backend(pool, backend);
    if (found) this.#snapshot.pools.get(pool)?.setWeight(found, weight);
  }

  /** Of the running config; undefined: there is none of that name. */
  pool(name: string): Pool | undefined {
    return this.#snapshot.pools.get(name);
  }

  #backend(pool: string, backend: string) {
    return this.#snapshot.pools.get(pool)?.backends.find(({ name }) => name === backend);
  }

  setConfigError(message: string | null): void {
    this.#configError = message;
    this.#changed();
  }

  testRule(input: ParsedInput<'rule.test'>): RuleTest {
    const { test, exchange } = testRules(this.#config, input, this.#baseDir);
    if (test.pool === undefined || test.backend !== undefined) return test;
    const names =
      this.pool(test.pool)
        ?.candidates(exchange)
        .map(({ name }) => name) ?? [];
    return { ...test, candidates: names, ...(names.length === 1 && { backend: names[0] }) };
  }

  /** Rejects with `AuthorityError`. */
  async authority(): Promise<AuthorityInfo> {
    return describeAuthority(await this.#authority.get());
  }

  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Called with every exchange that has ended, until the returned function is called. */
  onExchange(listener: (exchange: LiveExchange) => void): () => void {
    this.#exchangeListeners = [...(this.#exchangeListeners ?? []), listener];
    return () => {
      const left = this.#exchangeListeners?.filter((one) => one !== listener) ?? [];
      this.#exchangeListeners = left.length > 0 ? left : null;
    };
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  /** Prometheus text. */
  async metrics(): Promise<string> {
    return this.#metrics.text();
  }

  #createMetrics(version: string): EngineMetrics {
    const { clock, connections, load } = this.#context;
    return new EngineMetrics({
      version,
      clock,
      connections,
      read: () => {
        const pools = [...this.#snapshot.pools.values()];
        return {
          revision: this.#revision,
          inFlight: load.inFlight,
          retriesInFlight: pools.reduce((sum, pool) => sum + pool.load.retries.value, 0),
          listeners: this.#listeners.connections(),
          capture: this.#capture.state(),
          pools,
        };
      },
    });
  }

  async #waitWhile(atMostMs: number, goesOn: (waitedMs: number) => boolean): Promise<void> {
    const startedAt = this.#clock.now();
    for (let waitedMs = 0; waitedMs < atMostMs && goesOn(waitedMs); waitedMs = this.#clock.now() - startedAt)
      await new Promise<void>((resolve) => this.#clock.after(25, resolve));
  }

  /** Stops accepting, lets what is in flight finish for `drainMs`, then ends everything. */
  async close(drainMs: number): Promise<void> {
    this.#listeners.drain();
    this.sendings.cancelAll();
    this.breakpoints.releaseAll();
    const { load, upgraded } = this.#context;
    await this.#waitWhile(drainMs, (waitedMs) => load.inFlight > 0 || this.#listeners.isDraining(waitedMs));
    for (const webSocket of upgraded) webSocket.goAway();
    if (drainMs > 0) await this.#waitWhile(GOODBYE_MS, () => upgraded.size > 0);
    this.#listeners.destroy();
    for (const pool of this.#snapshot.pools.values()) pool.stop();
    this.#context.connections.closeAll();
    this.#deadlines.stop();
    await this.#scripts.close();
    await this.#capture.close();
  }
}

function emptySnapshot(config: Config): Snapshot {
  return {
    router: compileRoutes(config),
    rules: compileRules(config),
    pools: new Map(),
    lanes: new Map(),
    upstreamProxies: new UpstreamProxies({}),
  };
}

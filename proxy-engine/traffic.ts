/** What carries exchanges: listeners, the config they go by, connections. Each of the engine's threads has one. */
import { setImmediate } from 'node:timers/promises';
import type { Backend } from './balancer/backend.ts';
import type { Pool, PoolDeps } from './balancer/pool.ts';
import type { Clock } from './clock.ts';
import { type Config, configSchema, type PoolConfig } from './contract/config.ts';
import { Deadlines } from './deadlines.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import type { ListenerSharing } from './downstream/listener.ts';
import { Listeners, type PreparedListeners } from './downstream/listeners.ts';
import type { LiveExchange } from './exchange.ts';
import { compileRoutes } from './match/router.ts';
import { copyExchange } from './phases/mirror.ts';
import { ExchangeWalk } from './proxy.ts';
import type { ExchangeRecorder, ProxyContext, Snapshot } from './proxy-context.ts';
import { Reception } from './reception.ts';
import { compileRules } from './rules/rule-set.ts';
import type { Breakpoints, Scripts } from './rules/verdict.ts';
import { sleep } from './sleep.ts';
import type { ThreadPlace } from './threads/shared-bells.ts';
import type { LocalAuthority } from './tls/local-authority.ts';
import { Connections } from './upstream/connections.ts';
import type { Connector } from './upstream/connector.ts';
import { type LaneOptions, laneOptions } from './upstream/lane-options.ts';
import { Origins } from './upstream/origins.ts';
import { UpstreamProxies } from './upstream/upstream-proxy.ts';
import { InflateAllowance } from './websocket/inflate-allowance.ts';

/** For WebSockets to take their leave when the time to drain is over. */
const GOODBYE_MS = 250;
/** A connection that is closed tells in the next turns of the event loop. */
const CUT_OFF_TURNS = 20;

export interface TrafficDeps {
  clock: Clock;
  /** Connections to backends are divided among the threads. */
  thread: ThreadPlace;
  authority: LocalAuthority;
  breakpoints: Breakpoints;
  scripts: Scripts;
  recorder: ExchangeRecorder;
  /** null: our own connections. */
  connector: Connector | null;
  sharing: ListenerSharing;
  /** Of a rule; absent: this thread is the only one. */
  limitMemory?: (rule: string) => SharedArrayBuffer | undefined;
  /** How this engine, and no other, calls itself towards upstream proxies. */
  via: string;
  /** Never the same twice, in all threads. */
  nextId(): number;
  createPool(name: string, config: PoolConfig, deps: Omit<PoolDeps, 'onChange'>, previous: Pool | undefined): Pool;
  onFinished(exchange: LiveExchange): void;
  /** An exchange that goes on has something new to show. */
  onProgress(): void;
  /** Something that the state shows has changed. */
  onChange(): void;
}

/** Compiled, its listeners open; nothing goes by it before it is committed. */
export interface PreparedTraffic {
  snapshot: Snapshot;
  listeners: PreparedListeners;
}

export class Traffic {
  readonly listeners: Listeners;
  readonly context: ProxyContext;
  readonly reception: Reception;
  readonly #deps: TrafficDeps;
  readonly #deadlines: Deadlines;
  #snapshot: Snapshot = emptySnapshot();

  constructor(deps: TrafficDeps) {
    const { clock, authority, sharing } = deps;
    this.#deps = deps;
    this.#deadlines = new Deadlines(clock);
    this.listeners = new Listeners({ authority, sharing, entrance: (name) => this.reception.depsOf(name) });
    this.context = this.#createContext();
    this.reception = new Reception(this.context, () => this.#snapshot, deps.nextId);
  }

  #createContext(): ProxyContext {
    const { clock, breakpoints, scripts, recorder, connector, via, onFinished, onProgress, onChange } = this.#deps;
    const isOwnEnd: ProxyContext['isOwnEnd'] = (socket, ofForward) => this.listeners.own.isEndOf(socket, ofForward);
    return {
      clock,
      deadlines: this.#deadlines,
      connections: connector ?? new Connections(clock, this.#deadlines, isOwnEnd),
      origins: new Origins({ ...this.#poolDeps('.'), onChange }),
      scripts,
      breakpoints,
      recorder,
      upgraded: new Set(),
      inflating: new InflateAllowance(clock),
      load: { inFlight: 0, isCutOff: false },
      random: Math.random,
      via,
      isOwnAddress: (host, port, ofForward) => this.listeners.own.has(host, port, ofForward),
      isOwnEnd,
      copy: (exchange, client, pool) => this.#copy(exchange, client, pool),
      onFinished,
      onProgress,
    };
  }

  #copy(original: LiveExchange, client: ClientStream, pool: string): ClientEvents {
    const copy = copyExchange(original, this.#deps.nextId(), this.#deps.clock.now());
    const walk = new ExchangeWalk(copy, client, this.#snapshot, this.context);
    // The original has been through routes and rules.
    walk.startAt(pool, null);
    return walk;
  }

  /** The config that runs. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Throws `ConfigError` and leaves nothing open when something of it cannot be. */
  async prepare(config: Config, baseDir: string): Promise<PreparedTraffic> {
    const snapshot = this.#compile(config, baseDir);
    await Promise.all([...snapshot.pools.values()].map(({ ready }) => ready));
    return { snapshot, listeners: await this.listeners.prepare(config, baseDir) };
  }

  /** Exchanges that come from now on go by it, in one step. Resolves when nobody listens any more where it does not. */
  async commit({ snapshot, listeners }: PreparedTraffic): Promise<void> {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    const moved = this.listeners.commit(listeners);
    for (const pool of before.pools.values()) pool.stop();
    for (const pool of snapshot.pools.values()) pool.start();
    for (const pool of before.pools.values()) {
      pool.retire();
      this.#retire(pool.backends);
    }
    await moved;
  }

  /** It will not be committed. */
  discard({ listeners }: PreparedTraffic): void {
    this.listeners.discard(listeners);
  }

  #compile(config: Config, baseDir: string): Snapshot {
    const pools = new Map<string, Pool>();
    const lanes = new Map<string, LaneOptions>();
    const { router, rules, pools: poolsBefore } = this.#snapshot;
    const { thread } = this.#deps;
    for (const [name, pool] of Object.entries(config.pools)) {
      const lane = laneOptions(name, pool, baseDir);
      lanes.set(name, { ...lane, perBackend: Math.floor(lane.perBackend / thread.workers) });
      const deps = { ...this.#poolDeps(baseDir), lane, thread };
      pools.set(name, this.#deps.createPool(name, pool, deps, poolsBefore.get(name)));
    }
    return {
      router: compileRoutes(config, { baseDir, previous: router }),
      rules: compileRules(config, {
        baseDir,
        clock: this.#deps.clock,
        previous: rules,
        limitMemory: this.#deps.limitMemory,
      }),
      pools,
      lanes,
      upstreamProxies: new UpstreamProxies(config.listeners),
    };
  }

  #poolDeps(baseDir: string): Omit<PoolDeps, 'onChange'> {
    return { clock: this.#deps.clock, baseDir, onGone: (gone) => this.#retire(gone) };
  }

  #retire(backends: readonly Backend[]): void {
    for (const backend of backends) this.context.connections.retire(backend);
  }

  async #waitWhile(atMostMs: number, goesOn: (waitedMs: number) => boolean): Promise<void> {
    const { clock } = this.#deps;
    const startedAt = clock.now();
    for (let waitedMs = 0; waitedMs < atMostMs && goesOn(waitedMs); waitedMs = clock.now() - startedAt)
      await sleep(clock, 25);
  }

  /** Stops accepting, lets what is in flight finish for `drainMs`, then ends everything. */
  async close(drainMs: number): Promise<void> {
    if (drainMs > 0) await this.#drain(drainMs);
    for (const webSocket of this.context.upgraded) webSocket.goAway();
    if (drainMs > 0) await this.#waitWhile(GOODBYE_MS, () => this.context.upgraded.size > 0);
    await this.#cutOff();
    for (const pool of this.#snapshot.pools.values()) pool.stop();
    this.context.connections.closeAll();
    this.#deadlines.stop();
  }

  /** What still goes on has an end that says so, before its backend is gone as well. */
  async #cutOff(): Promise<void> {
    const { load } = this.context;
    load.isCutOff = true;
    this.listeners.destroy();
    for (let turn = 0; turn < CUT_OFF_TURNS && load.inFlight > 0; turn++) await setImmediate();
  }

  async #drain(drainMs: number): Promise<void> {
    await this.listeners.drain();
    const { load } = this.context;
    await this.#waitWhile(drainMs, (waitedMs) => load.inFlight > 0 || this.listeners.isDraining(waitedMs));
  }
}

function emptySnapshot(): Snapshot {
  const config = configSchema.parse({ version: 1 });
  return {
    router: compileRoutes(config),
    rules: compileRules(config),
    pools: new Map(),
    lanes: new Map(),
    upstreamProxies: new UpstreamProxies({}),
  };
}

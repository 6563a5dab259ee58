/** The engine: configs in, traffic through, state out. `apply` validates whole, then swaps in one step. */
import { randomBytes } from 'node:crypto';
import { errorAnswer } from './answers.ts';
import { createPool, type Pool, type PoolDeps } from './balancer/pool.ts';
import { type Clock, systemClock } from './clock.ts';
import { ConfigError } from './config-error.ts';
import type { ParsedInput, RuleTest } from './contract/api.ts';
import { type BackendState, type Config, configSchema } from './contract/config.ts';
import type { EngineState } from './contract/state.ts';
import { Deadlines } from './deadlines.ts';
import type { ClientConnection } from './downstream/client-connection.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import { isLoopback, Listener, splitAddress } from './downstream/listener.ts';
import type { ProxyError } from './errors.ts';
import { LiveExchange } from './exchange.ts';
import type { ParsedRequest } from './http/head.ts';
import { Headers } from './http/headers.ts';
import { compileRoutes } from './match/router.ts';
import { copyExchange } from './mirror.ts';
import { ExchangeWalk } from './proxy.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import { compileRules } from './rules/rule-set.ts';
import { testRules } from './rules/rule-test.ts';
import type { Breakpoints, Scripts, Verdict } from './rules/verdict.ts';
import { CaptureStore } from './store/capture-store.ts';
import { Connections, type LaneOptions } from './upstream/connections.ts';
import { laneOptions } from './upstream/lane-options.ts';
import { Origins } from './upstream/origins.ts';

export interface EngineOptions {
  clock?: Clock;
  dataDir?: string;
  /** Whether exchanges are recorded. */
  capture: boolean;
  version: string;
}

export class Engine {
  readonly store: EngineStore;
  readonly #capture: CaptureStore;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #context: ProxyContext;
  readonly #changeListeners = new Set<() => void>();
  #config: Config = configSchema.parse({ version: 1 });
  #baseDir = '.';
  #configFile: string | undefined;
  #configError: string | null = null;
  #revision = 0;
  #snapshot: Snapshot = emptySnapshot(this.#config);
  #listeners = new Map<string, Listener>();
  #ownAddresses = new Set<string>();
  #nextId = 1;

  private constructor(options: EngineOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#deadlines = new Deadlines(this.#clock);
    this.#capture = new CaptureStore({ clock: this.#clock, capture: this.#config.capture, recording: options.capture });
    this.store = new EngineStore(this.#capture, () => this.#changed());
    this.#context = {
      clock: this.#clock,
      deadlines: this.#deadlines,
      connections: new Connections(this.#clock, this.#deadlines),
      origins: new Origins(this.#poolDeps('.')),
      scripts: NO_SCRIPTS,
      breakpoints: NO_BREAKPOINTS,
      recorder: this.#capture,
      load: { inFlight: 0, retries: 0 },
      random: Math.random,
      requestId: () => randomBytes(16).toString('hex'),
      isOwnAddress: (host, port) => this.#ownAddresses.size > 0 && this.#isOwn(host, port),
      copy: (exchange, client, pool) => this.#copy(exchange, client, pool),
      onFinished: () => this.#changed(),
    };
  }

  #copy(original: LiveExchange, client: ClientStream, pool: string): ClientEvents {
    const copy = copyExchange(original, this.#nextId++, this.#clock.now());
    const walk = new ExchangeWalk(copy, client, this.#snapshot, this.#context);
    walk.startCopy(pool);
    return walk;
  }

  static async create(options: EngineOptions): Promise<Engine> {
    return new Engine(options);
  }

  /** Throws `ConfigError` and changes nothing when a listener cannot be opened. */
  async apply(config: Config, from: { configFile?: string; baseDir: string }): Promise<void> {
    const snapshot = this.#compile(config, from.baseDir);
    const opened = await this.#openListeners(config);
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    this.#config = config;
    this.#baseDir = from.baseDir;
    this.#configFile = from.configFile;
    this.#capture.configure(config.capture);
    this.#swapListeners(config, opened);
    for (const pool of before.pools.values()) pool.stop();
    for (const pool of snapshot.pools.values()) pool.start();
    for (const pool of before.pools.values())
      for (const backend of pool.backends) this.#context.connections.closeIdle(backend);
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
    };
  }

  #poolDeps(baseDir: string): PoolDeps {
    return {
      clock: this.#clock,
      baseDir,
      onChange: () => this.#changed(),
      onGone: (gone) => gone.forEach((backend) => this.#context.connections.closeIdle(backend)),
    };
  }

  /** Opens what is new or has moved; closes it again when one of them fails. */
  async #openListeners(config: Config): Promise<Map<string, Listener>> {
    const opened = new Map<string, Listener>();
    for (const [name, listener] of Object.entries(config.listeners)) {
      const running = this.#listeners.get(name);
      if (running && running.config.address === listener.address) continue;
      try {
        if (!isLoopback(listener.address) && !listener.allowRemote)
          throw new Error(`${listener.address} is not loopback; add allowRemote: true to accept other machines`);
        opened.set(name, await Listener.open(name, listener, this.#listenerDeps(name)));
      } catch (error) {
        for (const other of opened.values()) other.destroy();
        const message = listenProblem(listener.address, error as NodeJS.ErrnoException);
        throw new ConfigError([{ path: `listeners.${name}.address`, message }], { cause: error });
      }
    }
    return opened;
  }

  #swapListeners(config: Config, opened: Map<string, Listener>): void {
    for (const [name, running] of this.#listeners) if (!(name in config.listeners) || opened.has(name)) running.drain();
    const kept = [...this.#listeners].filter(([name]) => name in config.listeners && !opened.has(name));
    this.#listeners = new Map([...kept, ...opened]);
    this.#ownAddresses = new Set(
      [...this.#listeners.values()].map(({ address }) => String(splitAddress(address).port)),
    );
  }

  #isOwn(host: string, port: number): boolean {
    return this.#ownAddresses.has(String(port)) && (host === 'localhost' || isLoopback(`${host}:${port}`));
  }

  #listenerDeps(name: string) {
    return {
      clock: this.#clock,
      deadlines: this.#deadlines,
      begin: (request: ParsedRequest, connection: ClientConnection) => {
        const exchange = this.#newExchange(name, request, connection);
        return new ExchangeWalk(exchange, connection, this.#snapshot, this.#context);
      },
      refused: (error: ProxyError, connection: ClientConnection) => this.#refused(name, error, connection),
    };
  }

  #newExchange(
    listener: string,
    { head, target, authority }: ParsedRequest,
    { clientIp, clientPort }: ClientConnection,
  ): LiveExchange {
    const from = { listener, scheme: 'http', protocol: `HTTP/1.${head.minor}`, clientIp, clientPort };
    const port = authority.port || 80;
    return new LiveExchange(this.#nextId++, this.#clock.now(), from, head, {
      host: authority.host,
      port,
      pathAndQuery: target.pathAndQuery,
    });
  }

  /** Bytes that are no request: answered, closed and shown with what came. */
  #refused(listener: string, error: ProxyError, connection: ClientConnection): void {
    const answer = errorAnswer(error, undefined);
    const head = {
      method: '?',
      target: '',
      minor: 1,
      headers: new Headers(),
      framing: 'none' as const,
      contentLength: 0,
      keepAlive: false,
      authority: '',
      upgrade: null,
      expectContinue: false,
      raw: new Uint8Array(),
    };
    const parsed = { head, target: { authority: '', scheme: '', pathAndQuery: '' }, authority: { host: '', port: 0 } };
    const exchange = this.#newExchange(listener, parsed, connection);
    exchange.error = error;
    exchange.answered = { status: answer.status, reason: answer.reason, headers: answer.headers };
    exchange.endedAt = this.#clock.now();
    connection.respond(answer.status, answer.reason, answer.headers, answer.body.length);
    connection.body(answer.body);
    connection.end(null);
    this.#capture.record(exchange);
    this.#changed();
  }

  state(): EngineState {
    return {
      revision: this.#revision,
      configFile: this.#configFile,
      configError: this.#configError ?? undefined,
      listeners: [...this.#listeners.values()].map(({ name, address, config }) => ({
        name,
        address,
        mode: config.mode,
      })),
      routes: this.#snapshot.router.state(),
      rules: this.#snapshot.rules.state(),
      pools: [...this.#snapshot.pools.values()].map((pool) => pool.status()),
      capture: this.#capture.state(),
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

  #backend(pool: string, backend: string) {
    return this.#snapshot.pools.get(pool)?.backends.find(({ name }) => name === backend);
  }

  setConfigError(message: string | null): void {
    this.#configError = message;
    this.#changed();
  }

  testRule(input: ParsedInput<'rule.test'>): RuleTest {
    return testRules(this.#config, input, this.#baseDir).test;
  }

  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  /** Prometheus text. */
  async metrics(): Promise<string> {
    const lines = [
      '# HELP switchyard_backend_requests_total Attempts per backend.',
      '# TYPE switchyard_backend_requests_total counter',
    ];
    for (const pool of this.state().pools)
      for (const { name, requests } of pool.backends)
        lines.push(`switchyard_backend_requests_total{pool="${pool.name}",backend="${name}"} ${requests}`);
    return `${lines.join('\n')}\n`;
  }

  /** Stops accepting, lets what is in flight finish for `drainMs`, then ends everything. */
  async close(drainMs: number): Promise<void> {
    for (const listener of this.#listeners.values()) listener.drain();
    const until = this.#clock.now() + drainMs;
    while (this.#context.load.inFlight > 0 && this.#clock.now() < until)
      await new Promise<void>((resolve) => this.#clock.after(25, resolve));
    for (const listener of this.#listeners.values()) listener.destroy();
    for (const pool of this.#snapshot.pools.values()) pool.stop();
    this.#context.connections.closeAll();
    this.#deadlines.stop();
  }
}

/** The store as the host asks it; changes made through it are told. */
class EngineStore {
  readonly #capture: CaptureStore;
  readonly #changed: () => void;

  constructor(capture: CaptureStore, changed: () => void) {
    this.#capture = capture;
    this.#changed = changed;
  }

  get newestId(): number {
    return this.#capture.newestId;
  }

  query(input: ParsedInput<'exchanges.query'>) {
    return this.#capture.query(input);
  }

  get(id: number) {
    return this.#capture.get(id);
  }

  body(input: ParsedInput<'exchange.body'>) {
    return this.#capture.readBody(input);
  }

  async clear(): Promise<void> {
    await this.#capture.clear();
    this.#changed();
  }

  setRecording(recording: boolean): void {
    this.#capture.setRecording(recording);
    this.#changed();
  }
}

const UNCHANGED: Verdict = { body: null, answer: null, abort: null };
/** Until the sandbox and the queue are plugged in; configs that use them are refused (`host/unsupported`). */
const NO_SCRIPTS: Scripts = { run: () => Promise.resolve(UNCHANGED) };
const NO_BREAKPOINTS: Breakpoints = { hold: () => Promise.resolve(UNCHANGED), drop() {} };

function emptySnapshot(config: Config): Snapshot {
  return { router: compileRoutes(config), rules: compileRules(config), pools: new Map(), lanes: new Map() };
}

function listenProblem(address: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE')
    return `${address} is taken (EADDRINUSE); stop the other program or choose another port`;
  if (error.code === 'EACCES') return `${address} may not be used (EACCES); choose a port above 1023`;
  if (error.code === 'EADDRNOTAVAIL') return `${address} is no address of this machine (EADDRNOTAVAIL)`;
  return error.message;
}

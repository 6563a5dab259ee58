/** The part of the engine that a worker thread has: it carries exchanges by what the engine says, and tells it what happened. */
import type { MessagePort } from 'node:worker_threads';
import type { BackendFacts } from '../balancer/followed.ts';
import { createPool, type Pool, type PoolDeps } from '../balancer/pool.ts';
import { BreakpointQueue } from '../breakpoints/breakpoint-queue.ts';
import type { Clock } from '../clock.ts';
import { ConfigError } from '../config-error.ts';
import type { Config, PoolConfig } from '../contract/config.ts';
import { type DrillOrder, DrillWatch } from '../drills/drill-watch.ts';
import type { LiveExchange } from '../exchange.ts';
import { ExchangeCounters } from '../metrics/exchange-counters.ts';
import { BatchRecorder } from '../store/thread/batch-recorder.ts';
import { sizesOf } from '../store/thread/sizes-now.ts';
import { ExchangeIds } from '../threads/exchange-ids.ts';
import { clockSince } from '../threads/shared-clock.ts';
import { SharedCounter } from '../threads/shared-counter.ts';
import { LocalAuthority } from '../tls/local-authority.ts';
import { type PreparedTraffic, Traffic } from '../traffic.ts';
import type { FromWorker, Hits, Order, OrderResults, PrepareOrder, ToWorker, WorkerData } from './protocol.ts';
import { RemoteScripts } from './remote-scripts.ts';
import { Reporter } from './reporter.ts';
import { StoreLine } from './store-line.ts';

type Port = Pick<MessagePort, 'postMessage'>;

export class WorkerEngine {
  readonly #port: Port;
  readonly #clock: Clock;
  readonly #traffic: Traffic;
  readonly #storeLine: StoreLine;
  readonly #recorder: BatchRecorder;
  readonly #reporter: Reporter;
  readonly #scripts: RemoteScripts;
  readonly #breakpoints: BreakpointQueue;
  #drillWatch: DrillWatch | null = null;
  readonly #counters = new ExchangeCounters();
  /** What the engine said of the config that is being prepared. */
  #order: PrepareOrder | null = null;
  #prepared: { traffic: PreparedTraffic; config: Config } | null = null;
  #revision = 0;

  constructor(data: WorkerData, port: Port) {
    this.#port = port;
    this.#clock = clockSince(data.zeroMs);
    this.#breakpoints = new BreakpointQueue(this.#clock, () => this.#tellHeld(), new SharedCounter(data.turn));
    this.#scripts = new RemoteScripts((call, order) => this.#send({ type: 'script', call, order }));
    this.#storeLine = this.#createStoreLine(data);
    this.#recorder = this.#createRecorder(data);
    this.#traffic = this.#createTraffic(data);
    this.#reporter = new Reporter({
      clock: this.#clock,
      rest: () => ({ hits: this.#hits(), recorder: recorderCounts(this.#recorder) }),
      send: (report) => this.#send({ type: 'report', report }),
    });
  }

  #createStoreLine({ store }: WorkerData): StoreLine {
    return new StoreLine(store, {
      onTaken: (bytes) => {
        this.#recorder.taken(bytes);
        this.#reporter.news();
      },
      onBack: (buffer) => this.#recorder.back(buffer),
    });
  }

  #createRecorder({ thread, capture, recording, newestId }: WorkerData): BatchRecorder {
    return new BatchRecorder({
      clock: this.#clock,
      capture,
      recording,
      newestId,
      worker: thread.worker,
      send: (batch) => this.#storeLine.send(batch),
      onChange: () => this.#reporter.news(),
    });
  }

  #createTraffic({ ids: memory, thread, authorityDir, via }: WorkerData): Traffic {
    const ids = ExchangeIds.sharing(memory);
    return new Traffic({
      clock: this.#clock,
      thread,
      authority: new LocalAuthority(authorityDir),
      breakpoints: this.#breakpoints,
      scripts: this.#scripts,
      recorder: this.#recorder,
      connector: null,
      sharing: {
        reusePort: 'following',
        clients: (name) => new SharedCounter(this.#order?.listeners[name]?.clients),
        ticketKeys: (name) => this.#order?.listeners[name]?.ticketKeys,
      },
      limitMemory: (rule) => this.#order?.limits.get(rule),
      via,
      nextId: () => ids.next(),
      createPool: (...from) => this.#createPool(...from),
      onFinished: (exchange) => this.#finished(exchange),
      onProgress: () => this.#reporter.news(),
      onChange: () => this.#reporter.news(),
    });
  }

  #createPool(name: string, config: PoolConfig, deps: Omit<PoolDeps, 'onChange'>, previous: Pool | undefined): Pool {
    const facts = this.#order?.pools[name];
    if (!facts) throw new Error(`nothing was said of pool ${name}`);
    const lead: NonNullable<PoolDeps['lead']> = {
      ...facts,
      attemptEnded: (backend, result) => this.#reporter.attemptEnded(backend, result),
      readmitted: ({ record }) => {
        record.ejection = null;
        this.#send({ type: 'readmitted', record: record.shared.id });
      },
    };
    return createPool(name, config, { ...deps, lead, onChange: () => {} }, previous);
  }

  #tellHeld(): void {
    this.#send({ type: 'held', held: this.#breakpoints.state().held });
  }

  #finished(exchange: LiveExchange): void {
    this.#counters.count(exchange);
    this.#drillWatch?.see(exchange);
    this.#reporter.news();
  }

  #hits(): Hits {
    const { router, rules } = this.#traffic.snapshot;
    return { revision: this.#revision, routes: router.hits(), rules: rules.hits() };
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message);
  }

  // ── what the engine says ───────────────────────────────────────────────────────────────────────────────────────────

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'order':
        void this.#obey(message.order).then(
          (result) => this.#send({ type: 'done', call: message.call, result }),
          (error: unknown) => this.#send({ type: 'refused', call: message.call, issues: issuesOf(error) }),
        );
        return;
      case 'pool':
        this.#pool(message.pool)?.follow(message.facts);
        return;
      case 'backend':
        this.#followOne(message.pool, message.facts);
        return;
      case 'recording':
        this.#recorder.setRecording(message.recording);
        return;
      case 'reserve':
        this.#traffic.listeners.own.reserve(message.address);
        return;
      case 'scripted':
        this.#scripts.answered(message.call, message.reply);
        return;
      case 'await':
        this.#breakpoints.followNext(message.next);
        return;
      case 'watch':
        this.#watchDrill(message.drill);
    }
  }

  #pool(name: string): Pool | undefined {
    return this.#traffic.snapshot.pools.get(name);
  }

  #followOne(name: string, facts: BackendFacts): void {
    const pool = this.#pool(name);
    if (!pool) return;
    const known = pool.facts();
    const backends = known.backends.map((one) => (one.record.id === facts.record.id ? facts : one));
    pool.follow({ ...known, backends });
  }

  #watchDrill(drill: DrillOrder | null): void {
    this.#drillWatch = drill && new DrillWatch(drill, (exchange) => this.#send({ type: 'drill', exchange }));
  }

  async #obey(order: Order): Promise<OrderResults[keyof OrderResults] | undefined> {
    switch (order.kind) {
      case 'prepare':
        return this.#prepare(order);
      case 'commit':
        return this.#commit(order.revision);
      case 'discard':
        return this.#discard();
      case 'count':
        return this.#counts();
      case 'held':
        return this.#breakpoints.detail(order.id);
      case 'decide':
        return this.#breakpoints.decide(order.decision);
      case 'sizes':
        return this.#sizes(order.ids);
      case 'record':
        return this.#recorded();
      case 'settle':
        this.#reporter.flush();
        return undefined;
      case 'close':
        return this.#close(order.drainMs);
    }
  }

  async #prepare(order: PrepareOrder): Promise<undefined> {
    this.#order = order;
    const config = atBoundAddresses(order);
    this.#prepared = { config, traffic: await this.#traffic.prepare(config, order.baseDir) };
  }

  async #commit(revision: number): Promise<undefined> {
    if (!this.#prepared) throw new Error('nothing was prepared');
    const { traffic, config } = this.#prepared;
    this.#prepared = null;
    this.#revision = revision;
    this.#recorder.configure(config.capture);
    await this.#traffic.commit(traffic);
    this.#reporter.flush();
  }

  #discard(): undefined {
    if (this.#prepared) this.#traffic.discard(this.#prepared.traffic);
    this.#prepared = null;
  }

  #counts(): OrderResults['count'] {
    // Attempts are to be as many as exchanges say.
    this.#reporter.flush();
    const { connections, load } = this.#traffic.context;
    const backends = [...this.#traffic.snapshot.pools.values()].flatMap((pool) => pool.backends);
    const open = backends.map((backend) => [backend.record.shared.id, connections.countOf(backend)] as const);
    return { exchanges: this.#counters.read(), inFlight: load.inFlight, connections: new Map(open) };
  }

  #sizes(ids: readonly number[]): OrderResults['sizes'] {
    const sizes = ids.map((id) => {
      const open = this.#recorder.openExchange(id);
      return open ? [[id, sizesOf(open)] as const] : [];
    });
    return new Map(sizes.flat());
  }

  async #recorded(): Promise<undefined> {
    this.#recorder.flush();
    await this.#storeLine.settled();
  }

  /** Nothing is on its way any more when it resolves. */
  async #close(drainMs: number): Promise<undefined> {
    this.#breakpoints.releaseAll();
    await this.#traffic.close(drainMs);
    this.#reporter.stop();
    await this.#recorded();
    this.#recorder.stop();
  }
}

/** Ports that the system chose are those that the engine has. */
function atBoundAddresses({ config, listeners }: PrepareOrder): Config {
  const bound = Object.entries(config.listeners).map(([name, listener]) => {
    const { address } = listeners[name] ?? listener;
    return [name, { ...listener, address }] as const;
  });
  return { ...config, listeners: Object.fromEntries(bound) };
}

function recorderCounts({ underway, skipped, withoutBodies }: BatchRecorder) {
  return { underway, skipped, withoutBodies };
}

function issuesOf(error: unknown) {
  if (error instanceof ConfigError) return error.issues;
  return [{ path: '', message: error instanceof Error ? error.message : String(error) }];
}

/** The worker threads of an engine: they run what it runs, before a command is answered, and what happens there is seen here. */
import type { MessagePort } from 'node:worker_threads';
import type { Backend } from '../balancer/backend.ts';
import { factsOf } from '../balancer/followed.ts';
import type { Pool } from '../balancer/pool.ts';
import type { HeldElsewhere } from '../breakpoints/breakpoint-queue.ts';
import type { ChangeBy } from '../contract/state.ts';
import type { DrillExchange, DrillOrder } from '../drills/drill-watch.ts';
import { ProxyError } from '../errors.ts';
import type { CountsElsewhere } from '../metrics/engine-metrics.ts';
import type { ScriptOrder, ScriptReply } from '../scripts/protocol.ts';
import type { OtherWriters, Sizes } from '../store/thread/sizes-now.ts';
import { ATTEMPT_NUMBERS, type PrepareOrder, type RecorderCounts, type Report, type WorkerData } from './protocol.ts';
import { WorkerHandle } from './worker-handle.ts';

export interface WorkersDeps {
  /** All threads that carry exchanges, the engine's own included. */
  count: number;
  data: Omit<WorkerData, 'store' | 'thread'>;
  /** Batches of recordings come by that port. `all`: the threads that record so. */
  connectStore(port: MessagePort, all: OtherWriters): void;
  runScript(this: void, order: ScriptOrder): Promise<ScriptReply>;
  /** Of the running config. */
  pools(): ReadonlyMap<string, Pool>;
  /** Something that the state shows has changed. */
  onChange(this: void, by: ChangeBy): void;
}

export class Workers implements OtherWriters {
  readonly #deps: WorkersDeps;
  #workers: readonly WorkerHandle[] = [];
  #onDrillExchange: (exchange: DrillExchange) => void = () => {};
  /** Those of the running config, by the id of their record; of those that have left nobody asks what they did. */
  #backends = new Map<number, { pool: Pool; backend: Backend }>();

  private constructor(deps: WorkersDeps) {
    this.#deps = deps;
  }

  static async start(deps: WorkersDeps): Promise<Workers> {
    const workers = new Workers(deps);
    const { count, data } = deps;
    const connectStore = (port: MessagePort) => deps.connectStore(port, workers);
    const events = {
      onReport: (report: Report) => workers.#take(report),
      onReadmitted: (record: number) => workers.#readmitted(record),
      onHeld: () => deps.onChange('decision'),
      onDrillExchange: (exchange: DrillExchange) => workers.#onDrillExchange(exchange),
      runScript: deps.runScript,
    };
    const others = Array.from({ length: count - 1 }, (_, i) => i + 1);
    workers.#workers = await Promise.all(
      others.map((worker) => WorkerHandle.start({ ...data, thread: { worker, workers: count } }, connectStore, events)),
    );
    return workers;
  }

  // ── what they are told ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Rejects with `ConfigError` when one of them cannot run it; then none has anything open for it. */
  async prepare(order: PrepareOrder): Promise<void> {
    const answers = await Promise.allSettled(
      this.#workers.map((worker) => worker.order({ kind: 'prepare', ...order })),
    );
    const refusal = answers.find((answer) => answer.status === 'rejected');
    if (!refusal) return;
    await this.discard();
    throw refusal.reason;
  }

  async discard(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.order({ kind: 'discard' })));
  }

  /** Resolves when all of them run it. What changed while it was prepared is told as well. */
  async commit(revision: number): Promise<void> {
    const done = this.#workers.map((worker) => worker.order({ kind: 'commit', revision }));
    this.#know();
    for (const pool of this.#deps.pools().values()) this.#tellAll(pool);
    await Promise.all(done);
  }

  /** All backends of a pool of the running config. */
  publishAll(pool: Pool): void {
    this.#know();
    this.#tellAll(pool);
  }

  #tellAll(pool: Pool): void {
    const facts = pool.facts();
    for (const worker of this.#workers) worker.tell({ type: 'pool', pool: pool.name, facts });
  }

  /** Of one backend something changed. */
  publish(pool: Pool, name: string): void {
    const backend = pool.backends.find((one) => one.name === name);
    if (!backend) return;
    const facts = factsOf(backend);
    for (const worker of this.#workers) worker.tell({ type: 'backend', pool: pool.name, facts });
  }

  #know(): void {
    this.#backends = new Map();
    for (const pool of this.#deps.pools().values())
      for (const backend of pool.backends) this.#backends.set(backend.record.shared.id, { pool, backend });
  }

  setRecording(recording: boolean): void {
    for (const worker of this.#workers) worker.tell({ type: 'recording', recording });
  }

  reserve(address: string): void {
    for (const worker of this.#workers) worker.tell({ type: 'reserve', address });
  }

  /** Messages that they hold. */
  get held(): HeldElsewhere {
    const holderOf = (id: number) => this.#workers.find(({ held }) => held.some((row) => row.id === id));
    return {
      rows: () => this.#workers.flatMap(({ held }) => held),
      detail: async (id) => (await holderOf(id)?.order({ kind: 'held', id })) ?? null,
      decide: async (decision) => (await holderOf(decision.id)?.order({ kind: 'decide', decision })) ?? null,
      awaitNext: (next) => this.#workers.forEach((worker) => worker.tell({ type: 'await', next })),
    };
  }

  /** null: no drill is watched any more. */
  watchDrill(drill: DrillOrder | null, listener: (exchange: DrillExchange) => void = () => {}): void {
    this.#onDrillExchange = listener;
    for (const worker of this.#workers) worker.tell({ type: 'watch', drill });
  }

  /** Resolves when all of them go by everything that was said before. */
  async settled(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.order({ kind: 'settle' })));
  }

  /**
   * Lets what is in flight there finish for `drainMs`; all that they recorded has been taken in when it resolves. Until `end` they
   * answer what is asked: others may not be that far.
   */
  async close(drainMs: number): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.order({ kind: 'close', drainMs })));
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
    this.#workers = [];
  }

  // ── what they tell ─────────────────────────────────────────────────────────────────────────────────────────────────

  #take({ attempts, failures }: Report): void {
    for (let i = 0; i < attempts.length; i += ATTEMPT_NUMBERS) {
      const found = this.#backends.get(attempts[i] as number);
      const latencyMs = attempts[i + 2] as number;
      if (!found) continue;
      found.backend.observe({ ok: true, latencyMs, headMs: latencyMs, error: null }, attempts[i + 1] as number);
    }
    for (const { record, at, latencyMs, code, message, byFault } of failures) {
      const found = this.#backends.get(record);
      if (!found) continue;
      const error = new ProxyError(code, message, { byFault });
      found.pool.observe(found.backend, { ok: false, latencyMs, headMs: latencyMs, error }, at);
    }
    this.#deps.onChange('traffic');
  }

  #readmitted(record: number): void {
    const found = this.#backends.get(record);
    found?.pool.readmit(found.backend);
  }

  // ── what is asked of them ──────────────────────────────────────────────────────────────────────────────────────────

  /** How often the routes and rules of that config held in all of them. */
  hits(kind: 'routes' | 'rules', revision: number, index: number): number {
    return this.#workers.reduce(
      (sum, { hits }) => sum + (hits.revision === revision ? (hits[kind][index] ?? 0) : 0),
      0,
    );
  }

  recorders(): readonly RecorderCounts[] {
    return this.#workers.map(({ recorder }) => recorder);
  }

  /** Resolves when the store has taken in what all of them have recorded so far. */
  async recorded(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.order({ kind: 'record' })));
  }

  counts(): Promise<CountsElsewhere[]> {
    return Promise.all(this.#workers.map((worker) => worker.order({ kind: 'count' })));
  }

  /** How much of those exchanges has passed; those that none of them carries are missing. */
  async sizes(ids: readonly number[]): Promise<ReadonlyMap<number, Sizes>> {
    const found = await Promise.all(this.#workers.map((worker) => worker.order({ kind: 'sizes', ids })));
    return new Map(found.flatMap((sizes) => [...sizes]));
  }
}

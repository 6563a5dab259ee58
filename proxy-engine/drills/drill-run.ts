/** One run of a drill: load, timeline, what happened, and everything set back at its end, however it ends. */
import type { Pool } from '../balancer/pool.ts';
import type { Clock } from '../clock.ts';
import type { Drill, DrillReport, DrillStatus } from '../contract/drill.ts';
import type { Aim } from './aim.ts';
import { Conductor } from './conductor.ts';
import { DrillLog } from './drill-log.ts';
import type { DrillExchange, DrillOrder } from './drill-watch.ts';
import type { Load, StartLoad } from './load.ts';
import type { ProcessSignals } from './process-signals.ts';
import { buildReport } from './report.ts';

/** What a drill needs of the engine. */
export interface DrillEngine {
  /** Of the running config; undefined: there is none of that name. */
  pool(name: string): Pool | undefined;
  /** Calls `listener` with every exchange of that drill that has ended, until the returned function is called. */
  watchDrill(order: DrillOrder, listener: (exchange: DrillExchange) => void): () => void;
  /** Resolves when all threads of the engine go by what was set, and watch. */
  settled(): Promise<void>;
}

export interface DrillRunOptions {
  id: string;
  drill: Drill;
  /** The document as it was given. */
  text: string;
  aim: Aim;
  /** `api/a`, all that there are. */
  backends: readonly string[];
  engine: DrillEngine;
  /** The engine's. */
  clock: Clock;
  signals: ProcessSignals;
  startLoad: StartLoad;
  /** There is something new in `report()`. */
  onChange(): void;
}

/** Between the order to begin and the first request. */
const LEAD_MS = 20;
const TELL_EVERY_MS = 250;
/** A report costs as much as there are requests: it is told of so often that making it stays a small part of the time. */
const TELL_MS_PER_REQUEST = 0.02;
/** The engine ends an exchange about when its client has the answer; it is not waited for longer. */
const LAST_EXCHANGES_MS = 1000;

export class DrillRun {
  readonly #options: DrillRunOptions;
  readonly #log: DrillLog;
  readonly #conductor: Conductor;
  readonly #epochAtStart: number;
  #startedAt = Number.POSITIVE_INFINITY;
  #endedAt: number | null = null;
  #cancelSleep = () => {};
  #load: Load | null = null;
  #ending: ((how: { outcome: 'stopped' | 'broken'; problem?: string }) => void) | null = null;
  #outcome: DrillReport['outcome'] = 'running';
  #problem: string | undefined;
  #restored: string[] = [];
  #changes = 0;
  #toldAt = 0;

  constructor(options: DrillRunOptions) {
    const { drill, backends, engine, signals, clock } = options;
    this.#options = options;
    this.#log = new DrillLog(backends, countedIn(drill));
    this.#conductor = new Conductor({
      timeline: drill.timeline,
      poolOf: (name) => engine.pool(name),
      clock,
      signals,
      onStep: () => this.#changed(),
      onBroken: (error) => this.#ending?.(asBroken(error)),
    });
    this.#epochAtStart = clock.epoch();
  }

  /** Resolves when it has ended and everything is as it was before. Never rejects: what went wrong is in the report. */
  async run(): Promise<DrillReport> {
    const { engine, id, drill } = this.#options;
    const order = { id, expressions: countedIn(drill) };
    const stopListening = engine.watchDrill(order, (exchange) => this.#log.addExchange(exchange, this.#startedAt));
    const cancelTelling = this.#options.clock.every(TELL_EVERY_MS, () => this.#progressed());
    try {
      const early = Promise.withResolvers<{ outcome: 'stopped' | 'broken'; problem?: string }>();
      this.#ending = early.resolve;
      const end = await Promise.race([early.promise, this.#drive().catch(asBroken)]);
      this.#problem = end?.problem;
      this.#close(end?.outcome ?? 'passed');
    } finally {
      stopListening();
      cancelTelling();
      this.#changed();
    }
    return this.report();
  }

  /** Ends it before its time; `run` resolves when everything is set back. */
  stop(): void {
    this.#ending?.({ outcome: 'stopped' });
  }

  async #drive(): Promise<null> {
    const { drill, id, aim, clock, startLoad, engine } = this.#options;
    const { rate, connections, timeout: timeoutMs, method, headers, body } = drill.load;
    const job = { id, aim, method, headers, body, rate, connections, timeoutMs, durationMs: drill.duration };
    const load = startLoad(job, (result) => this.#log.addRequest(result));
    this.#load = load;
    await Promise.all([load.ready, this.#conductor.prepare(), engine.settled()]);
    this.#startedAt = clock.now() + LEAD_MS;
    load.begin(clock.epoch() + LEAD_MS);
    this.#conductor.start(this.#startedAt);
    await Promise.all([load.done, this.#sleepUntil(drill.duration)]);
    await this.#lastExchanges();
    return null;
  }

  // ── what happens ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Requests that never reached the engine have no exchange, so that there may be fewer. */
  async #lastExchanges(): Promise<void> {
    const until = this.#options.clock.now() + LAST_EXCHANGES_MS;
    while (this.#log.exchanges < this.#log.requests.at.length && this.#options.clock.now() < until)
      await this.#sleepUntil(this.#elapsed() + 10);
  }

  #close(outcome: DrillReport['outcome']): void {
    this.#ending = null;
    this.#cancelSleep();
    this.#endedAt = this.#elapsed();
    this.#load?.stop();
    this.#restored = this.#conductor.end();
    this.#outcome = outcome;
    // An expectation that was not met decides.
    this.#outcome = this.report().outcome;
  }

  // ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Milliseconds since the first request was due; 0 before it was. */
  #elapsed(): number {
    return this.#endedAt ?? Math.max(0, this.#options.clock.now() - this.#startedAt);
  }

  #sleepUntil(elapsedMs: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      this.#cancelSleep = clock.after(Math.max(0, this.#startedAt + elapsedMs - clock.now()), resolve);
    });
  }

  #progressed(): void {
    const everyMs = this.#log.requests.at.length * TELL_MS_PER_REQUEST;
    if (this.#options.clock.now() - this.#toldAt >= everyMs) this.#changed();
  }

  #changed(): void {
    this.#toldAt = this.#options.clock.now();
    this.#changes++;
    this.#options.onChange();
  }

  // ── what is told ───────────────────────────────────────────────────────────────────────────────────────────────────

  status(): DrillStatus {
    const { id, drill } = this.#options;
    return {
      id,
      name: drill.name,
      outcome: this.#outcome,
      startedAt: this.#epochAtStart,
      durationMs: drill.duration,
      elapsedMs: this.#elapsed(),
      requests: this.#log.requests.at.length,
      failed: this.#log.failed,
      changes: this.#changes,
    };
  }

  report(): DrillReport {
    const { id, drill, aim, text } = this.#options;
    const elapsedMs = this.#elapsed();
    const { method, rate, connections } = drill.load;
    const facts = {
      id,
      name: drill.name,
      outcome: this.#outcome,
      problem: this.#problem,
      startedAt: this.#epochAtStart,
      durationMs: drill.duration,
      elapsedMs,
      load: { url: aim.url, method, rate, connections },
      steps: this.#conductor.steps,
      restored: this.#restored,
      document: text,
    };
    const lastedMs = Math.min(elapsedMs, drill.duration);
    return buildReport(facts, drill.expect, { log: this.#log, returns: this.#conductor.returns(), lastedMs });
  }
}

/** The expressions whose exchanges are counted, each once. */
function countedIn({ expect }: Drill): string[] {
  return [...new Set(expect.flatMap(({ measure }) => (measure.kind === 'count' ? [measure.expression] : [])))];
}

function asBroken(error: unknown): { outcome: 'broken'; problem: string } {
  return { outcome: 'broken', problem: error instanceof Error ? error.message : String(error) };
}

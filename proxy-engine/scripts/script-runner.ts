/**
 * Runs the scripts of rules in a worker thread, one call at a time. The worker starts with the first call. A call that the
 * sandbox cannot interrupt costs the worker: it is ended, and the next call gets a new one.
 */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type { ScriptCall } from '../rules/effects.ts';
import type { HeldMessage, Scripts, Verdict } from '../rules/verdict.ts';
import { applyReply, exchangeForScript } from './exchange-view.ts';
import {
  type FromScriptWorker,
  SCRIPT_CPU_MS,
  type ScriptJob,
  type ScriptOrder,
  type ScriptReply,
} from './protocol.ts';

/** What QuickJS cannot interrupt by itself (one long native function) is ended after this long. */
const HARD_LIMIT_MS = 1000;
/** V8's stack of the worker: QuickJS recurses on it. */
const WORKER_STACK_MB = 32;
const ENDED = 'the script worker ended';

interface Pending {
  job: ScriptJob;
  done(reply: ScriptReply): void;
}

/** A call of a script about a message; `obey` has it done, wherever scripts run. */
export async function runScript(
  call: ScriptCall,
  message: HeldMessage,
  obey: (order: ScriptOrder) => Promise<ScriptReply>,
): Promise<Verdict> {
  const exchange = exchangeForScript(call, message);
  return applyReply(call, message, await obey({ file: call.file, exchange, body: message.body }));
}

export class ScriptRunner implements Scripts {
  readonly #clock: Clock;
  readonly #waiting: Pending[] = [];
  #active: Pending | null = null;
  #worker: Worker | null = null;
  #isReady = false;
  #isClosed = false;
  #cancelLimit: (() => void) | null = null;
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  run(call: ScriptCall, message: HeldMessage): Promise<Verdict> {
    return runScript(call, message, (order) => this.obey(order));
  }

  /** One call, of this thread or of another. */
  obey(order: ScriptOrder): Promise<ScriptReply> {
    const job: ScriptJob = { id: this.#nextId++, ...order };
    return new Promise((done) => {
      this.#waiting.push({ job, done });
      this.#next();
    });
  }

  /** Ends the worker; calls under way fail, and all that come. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker) this.#lost(worker, ENDED);
    this.#next();
    await worker?.terminate();
  }

  #next(): void {
    if (this.#isClosed) return this.#refuseWaiting(ENDED);
    if (this.#active) return;
    if (this.#waiting.length === 0) return;
    if (!this.#worker) this.#start();
    if (!this.#worker || !this.#isReady) return;
    const pending = this.#waiting.shift();
    if (!pending) return;
    this.#active = pending;
    this.#worker.postMessage(pending.job);
    this.#cancelLimit = this.#clock.after(HARD_LIMIT_MS, () => this.#endLateCall());
  }

  #start(): void {
    const worker = new Worker(workerEntry(), { resourceLimits: { stackSizeMb: WORKER_STACK_MB }, name: 'scripts' });
    worker.unref();
    this.#worker = worker;
    this.#isReady = false;
    worker.on('message', (message: FromScriptWorker) => this.#receive(message));
    worker.once('error', (error) => this.#lost(worker, `the script worker failed: ${error.message}`));
    worker.once('exit', () => this.#lost(worker, ENDED));
  }

  #receive(message: FromScriptWorker): void {
    if (message.type === 'ready') this.#isReady = true;
    else this.#answer(message);
    this.#next();
  }

  #answer(reply: ScriptReply): void {
    const active = this.#active;
    if (!active || active.job.id !== reply.id) return;
    this.#cancelLimit?.();
    this.#active = null;
    active.done(reply);
  }

  #endLateCall(): void {
    void this.#worker?.terminate();
    this.#forget();
    this.#fail(`took longer than ${SCRIPT_CPU_MS} ms in one native function`);
    this.#next();
  }

  #lost(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    const wasReady = this.#isReady;
    this.#forget();
    if (this.#active) this.#fail(reason);
    // One that cannot even start would be started again for ever.
    else if (!wasReady) this.#refuseWaiting(reason);
    this.#next();
  }

  #refuseWaiting(reason: string): void {
    for (const { job, done } of this.#waiting.splice(0)) done(failedReply(job, reason));
  }

  #forget(): void {
    this.#worker = null;
    this.#isReady = false;
  }

  #fail(reason: string): void {
    const active = this.#active;
    if (active) this.#answer(failedReply(active.job, reason));
  }
}

function failedReply({ id }: ScriptJob, message: string): ScriptReply {
  return { id, changes: {}, error: { message }, console: [], durationMs: 0 };
}

/** The source file in a checkout, the built one beside this one in an app. */
function workerEntry(): URL {
  const own = import.meta.url;
  const name = own.endsWith('.ts') ? 'script-worker.ts' : 'script-worker.cjs';
  return new URL(name, own);
}

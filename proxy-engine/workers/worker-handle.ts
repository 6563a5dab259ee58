/** The engine's side of one worker thread: orders and their answers, and what it tells of itself. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { ConfigError } from '../config-error.ts';
import type { HeldRow } from '../contract/breakpoint.ts';
import type { DrillExchange } from '../drills/drill-watch.ts';
import type { ScriptOrder, ScriptReply } from '../scripts/protocol.ts';
import type { FromWorker, Hits, Order, RecorderCounts, Report, ResultOf, ToWorker, WorkerData } from './protocol.ts';

export interface WorkerEvents {
  onReport(report: Report): void;
  onReadmitted(record: number): void;
  /** It holds other messages than before. */
  onHeld(): void;
  onDrillExchange(exchange: DrillExchange): void;
  runScript(order: ScriptOrder): Promise<ScriptReply>;
}

interface Call {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class WorkerHandle {
  readonly #thread: Worker;
  readonly #calls = new Map<number, Call>();
  #nextCall = 1;
  #closing = false;
  held: readonly HeldRow[] = [];
  hits: Hits = { revision: 0, routes: [], rules: [] };
  recorder: RecorderCounts = { underway: 0, skipped: 0, withoutBodies: 0 };

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  /** `connectStore` gets the end by which batches come. Rejects when the thread does not start. */
  static async start(
    data: Omit<WorkerData, 'store'>,
    connectStore: (port: MessagePort) => void,
    events: WorkerEvents,
  ): Promise<WorkerHandle> {
    const { port1, port2: store } = new MessageChannel();
    connectStore(port1);
    const workerData: WorkerData = { ...data, store };
    const thread = new Worker(threadEntry(), {
      workerData,
      transferList: [store],
      name: `worker ${data.thread.worker}`,
    });
    const worker = new WorkerHandle(thread);
    await new Promise<void>((resolve, reject) => {
      thread.once('message', () => resolve());
      thread.once('error', reject);
    });
    thread.removeAllListeners('error');
    // Half an engine is none: as any mistake of the engine's own thread does, this ends the process.
    thread.on('error', (error) => worker.#failed(error));
    thread.on('exit', (code) => worker.#failed(new Error(`worker ${data.thread.worker} ended with code ${code}`)));
    thread.on('message', (message: FromWorker) => worker.#receive(message, events));
    return worker;
  }

  #failed(error: unknown): void {
    if (!this.#closing) throw error;
  }

  #receive(message: FromWorker, events: WorkerEvents): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'report':
        this.hits = message.report.hits;
        this.recorder = message.report.recorder;
        events.onReport(message.report);
        return;
      case 'held':
        this.held = message.held;
        events.onHeld();
        return;
      case 'drill':
        events.onDrillExchange(message.exchange);
        return;
      case 'script':
        void this.#runScript(message.call, events.runScript(message.order));
        return;
      case 'readmitted':
        events.onReadmitted(message.record);
        return;
      case 'done':
        this.#take(message.call)?.resolve(message.result);
        return;
      case 'refused':
        this.#take(message.call)?.reject(new ConfigError(message.issues));
    }
  }

  async #runScript(call: number, reply: Promise<ScriptReply>): Promise<void> {
    this.tell({ type: 'scripted', call, reply: await reply });
  }

  #take(call: number): Call | undefined {
    const found = this.#calls.get(call);
    this.#calls.delete(call);
    return found;
  }

  tell(message: ToWorker): void {
    this.#thread.postMessage(message);
  }

  /** Rejects with `ConfigError` what it refuses. */
  async order<O extends Order>(order: O): Promise<ResultOf<O>> {
    const call = this.#nextCall++;
    const result = await new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      this.tell({ type: 'order', call, order });
    });
    return result as ResultOf<O>;
  }

  async end(): Promise<void> {
    this.#closing = true;
    await this.#thread.terminate();
  }
}

/** Beside this file: the source, or the bundle. */
function threadEntry(): URL {
  const own = import.meta.url;
  return new URL(own.endsWith('.ts') ? 'worker-thread.ts' : 'worker-thread.cjs', own);
}

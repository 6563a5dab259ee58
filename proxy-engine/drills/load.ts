/** Starts the thread that makes a drill's load. */
import { Worker } from 'node:worker_threads';
import { type FromLoadThread, type LoadJob, RESULT_FIELDS, type ToLoadThread } from './load-protocol.ts';

/** One request of the load. Milliseconds from the begin of the load. */
export interface LoadResult {
  number: number;
  dueMs: number;
  /** From when it was due to its end. */
  tookMs: number;
  /** What the client saw; null: it was answered whole. */
  failure: string | null;
}

export interface Load {
  /** Rejects when the thread cannot start. */
  ready: Promise<void>;
  /** Epoch milliseconds at which the first request is due. */
  begin(at: number): void;
  /** Gives up what is under way. */
  stop(): void;
  /** When every request has ended; rejects when the thread fails. */
  done: Promise<void>;
}

export type StartLoad = (job: LoadJob, onResult: (result: LoadResult) => void) => Load;

export function startLoad(job: LoadJob, onResult: (result: LoadResult) => void): Load {
  const worker = new Worker(threadEntry(), { workerData: job, name: 'drill-load' });
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const fail = (error: Error) => [ready, done].forEach(({ reject }) => reject(error));
  for (const { promise } of [ready, done]) promise.catch(() => {});
  worker.on('message', (message: FromLoadThread) => {
    if (message.type === 'ready') ready.resolve();
    else if (message.type === 'done') done.resolve();
    else deliver(message, onResult);
  });
  worker.once('error', fail);
  worker.once('exit', () => fail(new Error('the load ended before its time')));
  const post = (message: ToLoadThread) => worker.postMessage(message);
  return {
    ready: ready.promise,
    done: done.promise,
    begin: (at) => post({ type: 'begin', at }),
    stop: () => post({ type: 'stop' }),
  };
}

function deliver(
  { rows, failures }: Extract<FromLoadThread, { type: 'results' }>,
  onResult: (result: LoadResult) => void,
): void {
  const reasons = new Map(failures.map(({ number, reason }) => [number, reason]));
  for (let at = 0; at < rows.length; at += RESULT_FIELDS) {
    const [number = 0, dueMs = 0, tookMs = 0, failed = 0] = rows.subarray(at, at + RESULT_FIELDS);
    onResult({ number, dueMs, tookMs, failure: failed === 0 ? null : (reasons.get(number) ?? 'failed') });
  }
}

/** The source file in a checkout, the built one beside this one in an app. */
function threadEntry(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './load-thread.ts' : './load-thread.cjs', import.meta.url);
}

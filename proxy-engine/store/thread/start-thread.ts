import { Worker } from 'node:worker_threads';
import type { FromStoreThread, StoreThreadData } from './thread-protocol.ts';

/** Of what searches make, little lives on: a small young generation keeps the process small. */
const YOUNG = { maxYoungGenerationSizeMb: 8 } as const;

export interface StartedThread {
  thread: Worker;
  ready: FromStoreThread & { type: 'ready' };
}

/** The store thread, when it is ready. Rejects when the directory cannot be used. */
export async function startThread(data: StoreThreadData): Promise<StartedThread> {
  const thread = new Worker(threadEntry(), { workerData: data, name: 'capture store', resourceLimits: YOUNG });
  thread.unref();
  const first = await new Promise<FromStoreThread>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  if (first.type === 'ready') return { thread, ready: first };
  await thread.terminate();
  throw new Error(first.type === 'unusable' ? first.message : 'the store thread did not start');
}

/** Beside this file: the source, or the bundle. */
function threadEntry(): URL {
  const own = import.meta.url;
  return new URL(own.endsWith('.ts') ? 'store-thread.ts' : 'store-thread.cjs', own);
}

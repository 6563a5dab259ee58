/**
 * Searches of long bodies, in a thread of their own: one search over a long line is one step, that would hold up all other exchanges.
 * The thread starts with the first search. A search that takes too long costs the thread, and the next one gets a new one.
 */
import { Worker } from 'node:worker_threads';
import type { SearchJob } from './search-worker.ts';

/** Characters; a shorter text is searched where it is, in some milliseconds. */
export const MIN_CHARACTERS = 64 * 1024;
/** Ten times what the longest body takes with a pattern of a usual size, on a machine that has time for it. */
const LIMIT_MS = 30_000;

/** Places as `Pattern.places` gives them, or why there are none. */
export type SearchOutcome = Int32Array | string;

interface Pending {
  job: SearchJob;
  done(outcome: SearchOutcome): void;
}

export class BodySearch {
  readonly #limitMs: number;
  readonly #waiting: Pending[] = [];
  #active: Pending | null = null;
  #worker: Worker | null = null;
  #limit: NodeJS.Timeout | null = null;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  find(job: SearchJob): Promise<SearchOutcome> {
    return new Promise((done) => {
      this.#waiting.push({ job, done });
      this.#next();
    });
  }

  #next(): void {
    if (this.#active) return;
    const pending = this.#waiting.shift();
    if (!pending) return;
    this.#active = pending;
    this.#worker ??= this.#start();
    this.#worker.postMessage(pending.job);
    this.#limit = setTimeout(() => this.#end(`the search took longer than ${this.#limitMs / 1000} s`), this.#limitMs);
    this.#limit.unref();
  }

  #start(): Worker {
    const worker = new Worker(workerEntry(), { name: 'search' });
    worker.unref();
    worker.on('message', (places: Int32Array) => this.#answer(places));
    for (const event of ['error', 'exit'] as const)
      worker.once(event, () => worker === this.#worker && this.#end('the thread that searches bodies ended'));
    return worker;
  }

  #answer(outcome: SearchOutcome): void {
    const active = this.#active;
    if (this.#limit) clearTimeout(this.#limit);
    this.#active = null;
    active?.done(outcome);
    this.#next();
  }

  #end(why: string): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
    this.#answer(why);
  }
}

let search: BodySearch | null = null;

/** Every match of the pattern in the text, found elsewhere. Rejects never. */
export function findElsewhere(job: SearchJob): Promise<SearchOutcome> {
  search ??= new BodySearch(LIMIT_MS);
  return search.find(job);
}

/** The source file in a checkout, the built one beside this one in an app. */
function workerEntry(): URL {
  const own = import.meta.url;
  return new URL(own.endsWith('.ts') ? 'search-worker.ts' : 'search-worker.cjs', own);
}

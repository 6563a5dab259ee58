/** Files that are read for an import: beside the traffic, one after the other, and no longer than somebody waits for them. */
import { Worker } from 'node:worker_threads';
import { CommandFailure } from '../command-failure.ts';
import type { ImportJob, ImportOutcome } from './read-import.ts';

interface Reading {
  isSuperseded: boolean;
  thread: Worker | null;
}

export class ImportReadings {
  /** The newest of each asker. */
  readonly #newest = new Map<string, Reading>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `asker`: whose earlier reading ends with this one, and rejects with `CONFLICT`. Absent: none does. */
  read(job: () => ImportJob, asker?: string): Promise<ImportOutcome> {
    const reading: Reading = { isSuperseded: false, thread: null };
    if (asker !== undefined) this.#supersede(asker, reading);
    const done = this.#turn.then(() => run(reading, job));
    this.#turn = done
      .catch(() => {})
      .then(() => {
        if (asker !== undefined && this.#newest.get(asker) === reading) this.#newest.delete(asker);
      });
    return done;
  }

  #supersede(asker: string, reading: Reading): void {
    const earlier = this.#newest.get(asker);
    this.#newest.set(asker, reading);
    if (!earlier) return;
    earlier.isSuperseded = true;
    void earlier.thread?.terminate();
  }
}

function run(reading: Reading, job: () => ImportJob): Promise<ImportOutcome> {
  return new Promise((resolve, reject) => {
    const superseded = new CommandFailure('CONFLICT', 'another file was asked for meanwhile');
    if (reading.isSuperseded) return reject(superseded);
    const thread = new Worker(threadEntry(), { workerData: job(), name: 'import' });
    reading.thread = thread;
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () =>
      reject(reading.isSuperseded ? superseded : new Error('the import ended before its time')),
    );
  });
}

/** The source file in a checkout, the built one beside this one in an app. */
function threadEntry(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './import-thread.ts' : './import-thread.cjs', import.meta.url);
}

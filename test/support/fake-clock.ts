import type { Clock } from '../../proxy-engine/clock.ts';
import { until } from './until.ts';

interface Task {
  at: number;
  periodMs: number;
  run(): void;
}

/** A clock that moves when it is told to, and runs what is due on the way in its order. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #tasks = new Set<Task>();

  now(): number {
    return this.#now;
  }

  epoch(): number {
    return 1_700_000_000_000 + this.#now;
  }

  every(periodMs: number, task: () => void): () => void {
    return this.#add({ at: this.#now + periodMs, periodMs, run: task });
  }

  after(delayMs: number, task: () => void): () => void {
    return this.#add({ at: this.#now + delayMs, periodMs: 0, run: task });
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#tasks.size;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (let task = this.#due(until); task; task = this.#due(until)) {
      this.#now = task.at;
      if (task.periodMs > 0) task.at += task.periodMs;
      else this.#tasks.delete(task);
      task.run();
    }
    this.#now = until;
  }

  #add(task: Task): () => void {
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }

  #due(until: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) if (task.at <= until && (!first || task.at < first.at)) first = task;
    return first;
  }
}

/** What is due at once happens, such as retries without a back-off, until `answers` are there; no time passes. */
export async function withoutTime<T>(clock: FakeClock, answers: Promise<T>): Promise<T> {
  let over = false;
  void answers.finally(() => (over = true)).catch(() => {});
  await until(() => {
    clock.advance(0);
    return over;
  }, 'an answer for which no time has to pass');
  return answers;
}

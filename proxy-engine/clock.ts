import { performance } from 'node:perf_hooks';

/** Time as the engine sees it; tests replace it. */
export interface Clock {
  /** Monotonic milliseconds: durations and deadlines. */
  now(): number;
  /** Epoch milliseconds: what is shown to people. */
  epoch(): number;
  /** Calls `task` every `periodMs` until the returned function is called. Never keeps the process alive. */
  every(periodMs: number, task: () => void): () => void;
  /** Calls `task` once after `delayMs`, unless the returned function is called first. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  every(periodMs, task) {
    const timer = setInterval(task, periodMs);
    timer.unref();
    return () => clearInterval(timer);
  },
  after(delayMs, task) {
    if (delayMs > LONGEST_TIMER_MS) return afterLong(delayMs, task);
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Of one timer; a longer one would end at once. 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function afterLong(delayMs: number, task: () => void): () => void {
  let stop = systemClock.after(LONGEST_TIMER_MS, () => {
    stop = systemClock.after(delayMs - LONGEST_TIMER_MS, task);
  });
  return () => stop();
}

import type { Clock } from './clock.ts';

/** Resolves after so many milliseconds of that clock. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

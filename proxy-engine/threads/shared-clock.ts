import { type Clock, systemClock } from '../clock.ts';

/** Milliseconds on the clock that all threads of the machine have in common. */
function hrtimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** `hrtimeMs` when `clock` was 0: each thread's `performance.now()` begins with the thread. */
export function zeroOf(clock: Clock): number {
  return hrtimeMs() - clock.now();
}

/** The clock of this thread, set to that of another, which was 0 at `zeroMs`. */
export function clockSince(zeroMs: number): Clock {
  const behindMs = zeroOf(systemClock) - zeroMs;
  return { ...systemClock, now: () => performance.now() + behindMs };
}

/** Long work in the store thread: done in turns, so that recordings and other questions come in between. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long something runs before others have their turn. */
const TURN_MS = 20;

/** Does a step after the other until one says `done`; false: nobody wanted it any more. */
export async function takeTurns(step: () => 'done' | 'more', isWanted: () => boolean): Promise<boolean> {
  let turnStart = performance.now();
  while (isWanted()) {
    if (step() === 'done') return true;
    if (performance.now() - turnStart < TURN_MS) continue;
    await setImmediate();
    turnStart = performance.now();
  }
  return false;
}

/** All steps, in turns with everything else. */
export async function stepByStep(steps: Iterator<unknown>): Promise<void> {
  await takeTurns(
    () => (steps.next().done ? 'done' : 'more'),
    () => true,
  );
}

/** False: it has taken longer, and still goes on. `ms` left out: it is waited for. */
export async function isDoneWithin(work: Promise<void>, ms: number | undefined): Promise<boolean> {
  if (ms === undefined) return work.then(() => true);
  const over = new AbortController();
  const patience = setTimeout(ms, false, { signal: over.signal }).catch(() => false);
  const done = await Promise.race([work.then(() => true), patience]);
  over.abort();
  return done;
}

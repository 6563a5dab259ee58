/** Long work in slices, so that everybody else on the event loop has a turn between them. */

/** Work that yields after every slice of a few milliseconds. */
export type Slices<T> = Generator<void, T>;

/** Calls back when everybody else has had a turn. */
export type NextTurn = (resume: () => void) => void;

/** The first slice runs at once, so that short work is done on return. Gives the function that drops what is left. */
export function runInTurns<T>(work: Slices<T>, onDone: (result: T) => void, nextTurn: NextTurn): () => void {
  let isDropped = false;
  function step(): void {
    if (isDropped) return;
    const slice = work.next();
    if (slice.done) onDone(slice.value);
    else nextTurn(step);
  }
  step();
  return () => {
    isDropped = true;
  };
}

/** All slices at once. */
export function runAtOnce<T>(work: Slices<T>): T {
  for (;;) {
    const slice = work.next();
    if (slice.done) return slice.value;
  }
}

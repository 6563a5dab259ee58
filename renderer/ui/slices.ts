/** Work that is done piece by piece: each `yield` is a place where a person's click may come between. */
export type Sliced<T> = Generator<void, T>;

/** So long the page does nothing else: half a frame. */
const SLICE_MS = 8;

export function runAtOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Ends early, without a result, once `isWanted` says no. */
export async function runInSlices<T>(work: Sliced<T>, isWanted: () => boolean): Promise<T | undefined> {
  while (isWanted()) {
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until) {
      const { done, value } = work.next();
      if (done) return value;
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  return undefined;
}

/**
 * Runs at most `width` tasks at a time; the others wait in the order in which they came. One that takes longer than `patienceMs` only
 * waits for somebody, and its place goes to the next.
 */
export function createGate(width: number, patienceMs?: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running < width) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    const leave = once(() => {
      const next = waiting.shift();
      if (next) next();
      else running--;
    });
    const timer = patienceMs === undefined ? undefined : setTimeout(leave, patienceMs);
    try {
      return await task();
    } finally {
      clearTimeout(timer);
      leave();
    }
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

import { useEffect, useState } from 'react';

/** Epoch milliseconds, a second at a time while `counts`: for what counts down. */
export function useNow(counts = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!counts) return;
    const tick = (): void => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [counts]);
  return now;
}

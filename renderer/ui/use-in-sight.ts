import { type RefObject, useEffect, useState } from 'react';

/** So far beyond the edges, of the window and (Chromium 120) of what scrolls in it, is prepared already. */
const AHEAD = { rootMargin: '400px', scrollMargin: '400px' };

/** Whether the element can be seen, or nearly. */
export function useInSight(watched: RefObject<HTMLElement | null>): boolean {
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    if (!watched.current) return;
    const observer = new IntersectionObserver((entries) => setInSight(entries.at(-1)?.isIntersecting ?? false), AHEAD);
    observer.observe(watched.current);
    return () => observer.disconnect();
  }, [watched]);
  return inSight;
}

/** `value`; while it cannot be seen, what it was when it last could: nobody waits for what is drawn out of sight. */
export function useAsSeen<T>(value: T, inSight: boolean): T {
  const [seen, setSeen] = useState(value);
  if (inSight && seen !== value) setSeen(value);
  return inSight ? value : seen;
}

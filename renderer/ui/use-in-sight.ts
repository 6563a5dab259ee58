import { type RefCallback, useCallback, useState } from 'react';

/** So far beyond the edges is prepared already: it is there when it is scrolled to. Pixels. */
const AHEAD = 400;

/** Whether the element can be seen, or nearly. */
export function useInSight(): [RefCallback<HTMLElement>, boolean] {
  const [inSight, setInSight] = useState(false);
  const watch = useCallback<RefCallback<HTMLElement>>((element) => {
    if (!element) return;
    const observer = new IntersectionObserver((entries) => setInSight(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: `${AHEAD}px`,
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [watch, inSight];
}

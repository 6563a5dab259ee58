import { type RefCallback, useCallback, useState } from 'react';

/** The width of an element, followed while it exists; infinite before the first measurement. */
export function useWidth(): [RefCallback<HTMLElement>, number] {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  const measure = useCallback<RefCallback<HTMLElement>>((element) => {
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [measure, width];
}

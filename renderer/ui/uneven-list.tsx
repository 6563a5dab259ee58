import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';

/** Pixels rendered beyond each edge. */
const MARGIN = 400;

export interface UnevenListHandle {
  /** Puts an item in sight; nothing moves when it is. */
  showItem(index: number): void;
}

interface UnevenListProps {
  /** Heights in pixels, one an item. */
  heights: readonly number[];
  keyOf: (index: number) => string;
  renderItem: (index: number) => ReactNode;
  /** Items that exist even out of sight, because something of theirs must not be lost: the focus, or that they are dragged. */
  kept?: readonly number[];
  handle?: Ref<UnevenListHandle>;
}

/** Items of known but different heights, of which only those on screen exist; the order of the elements is that of the items. */
export function UnevenList({ heights, keyOf, renderItem, kept = [], handle }: UnevenListProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  const edges = useMemo(() => edgesOf(heights), [heights]);

  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useImperativeHandle(handle, () => ({
    showItem(index) {
      const element = viewport.current;
      const [from, to] = [edges[index], edges[index + 1]];
      if (!element || from === undefined || to === undefined) return;
      if (from < element.scrollTop) element.scrollTop = from;
      else if (to > element.scrollTop + element.clientHeight) element.scrollTop = to - element.clientHeight;
    },
  }));

  return (
    <div
      ref={viewport}
      className="uneven"
      onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      <div className="uneven-space" style={{ height: edges.at(-1) }}>
        {itemsInView(edges, view, kept).map((index) => (
          <div
            key={keyOf(index)}
            data-key={keyOf(index)}
            className="uneven-item"
            style={{ top: edges[index], height: heights[index] }}
          >
            {renderItem(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where each item begins, and at last where the last one ends. */
function edgesOf(heights: readonly number[]): readonly number[] {
  let at = 0;
  return [0, ...heights.map((height) => (at += height))];
}

/** Indexes of the items that are rendered, in order. */
export function itemsInView(
  edges: readonly number[],
  { top, height }: { top: number; height: number },
  kept: readonly number[],
): number[] {
  const last = edges.length - 2;
  const from = firstAfter(edges, top - MARGIN);
  const to = Math.min(last, firstAfter(edges, top + height + MARGIN));
  const seen = Array.from({ length: Math.max(0, to - from + 1) }, (_, position) => from + position);
  const others = kept.filter((index) => index >= 0 && index <= last && (index < from || index > to));
  return [...new Set([...seen, ...others])].sort((a, b) => a - b);
}

/** The first item that ends after `offset`. */
function firstAfter(edges: readonly number[], offset: number): number {
  let from = 0;
  let to = edges.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((edges[middle + 1] ?? Number.POSITIVE_INFINITY) > offset) to = middle;
    else from = middle + 1;
  }
  return from;
}

import { type PointerEvent, useRef } from 'react';

/** Less than this is a click. */
const CLICK_PX = 4;

interface Handlers {
  onStart?(): void;
  /** Pixels from where it began, and the pointer's place in the window. */
  onMove(dx: number, event: PointerEvent): void;
  /** `dragged` false: it was only a click. */
  onEnd?(dragged: boolean, event: PointerEvent): void;
}

/** Handlers for an element that is dragged with the primary button, also beyond the window. */
export function useDrag({ onStart, onMove, onEnd }: Handlers) {
  const drag = useRef<{ startX: number; startY: number; dragged: boolean } | null>(null);
  return {
    onPointerDown(event: PointerEvent<HTMLElement>): void {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { startX: event.clientX, startY: event.clientY, dragged: false };
      onStart?.();
    },
    onPointerMove(event: PointerEvent<HTMLElement>): void {
      const current = drag.current;
      if (!current) return;
      const dx = event.clientX - current.startX;
      current.dragged ||= Math.hypot(dx, event.clientY - current.startY) >= CLICK_PX;
      if (current.dragged) onMove(dx, event);
    },
    onPointerUp(event: PointerEvent<HTMLElement>): void {
      const current = drag.current;
      drag.current = null;
      if (current) onEnd?.(current.dragged, event);
    },
    onPointerCancel: () => {
      drag.current = null;
    },
  };
}

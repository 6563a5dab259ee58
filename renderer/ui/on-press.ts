import type { MouseEvent } from 'react';

/** The `detail` of a click that keys or a screen reader make. */
const BY_NO_POINTER = 0;

/**
 * Acts as soon as the first button of the mouse is down, or another one (`other`). For rows that may have moved on before it is let
 * go: `click` is then told to another row, or to none.
 */
export function onPress(act: (event: MouseEvent) => void, other?: () => void) {
  return {
    onMouseDown: (event: MouseEvent) => (event.button === 0 ? act(event) : other?.()),
    onClick: (event: MouseEvent) => event.detail === BY_NO_POINTER && act(event),
  };
}

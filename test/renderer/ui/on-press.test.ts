import type { MouseEvent } from 'react';
import { expect, test, vi } from 'vitest';
import { onPress } from '../../../renderer/ui/on-press.ts';

const FIRST = { button: 0 } as MouseEvent;
const SECOND = { button: 2 } as MouseEvent;

test.each([
  ['the first button goes down', 'onMouseDown', FIRST, 1, 0],
  ['another button goes down', 'onMouseDown', SECOND, 0, 1],
  ['the mouse clicks, which has acted', 'onClick', { ...FIRST, detail: 1 } as MouseEvent, 0, 0],
  ['a key or a screen reader clicks', 'onClick', { ...FIRST, detail: 0 } as MouseEvent, 1, 0],
] as const)('%s', (_what, handler, event, acts, others) => {
  const act = vi.fn();
  const other = vi.fn();
  onPress(act, other)[handler](event);
  expect([act.mock.calls.length, other.mock.calls.length]).toEqual([acts, others]);
});

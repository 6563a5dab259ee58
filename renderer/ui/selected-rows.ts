/** Text that is selected in a list whose rows do not stand in the document as they are seen, because their elements are reused. */
import type { ClipboardEvent } from 'react';

const ROW = '.virtual-row';

/** Whether text of a row is selected: an element that is moved in the document would lose it. */
export function isRowSelected(): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && rowOf(selection.anchorNode) !== null;
}

/** Of more than one row: whole rows as they are seen, each a line, cells apart by tabs. Within one, what is selected. */
export function copySelectedRows(event: ClipboardEvent<HTMLElement>): void {
  const selection = document.getSelection();
  const [one, other] = [rowOf(selection?.anchorNode), rowOf(selection?.focusNode)];
  if (selection?.isCollapsed || !one || !other || one === other) return;
  const ends = [topOf(one), topOf(other)];
  const rows = [...event.currentTarget.querySelectorAll(ROW)]
    .map((row) => ({ row, top: topOf(row) }))
    .filter(({ top }) => top >= Math.min(...ends) && top <= Math.max(...ends))
    .sort((a, b) => a.top - b.top);
  event.clipboardData.setData('text/plain', rows.map(({ row }) => lineOf(row)).join('\n'));
  event.preventDefault();
}

function rowOf(node: Node | null | undefined): Element | null {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest(ROW) ?? null;
}

function topOf(row: Element): number {
  return row.getBoundingClientRect().top;
}

function lineOf(row: Element): string {
  return [...(row.firstElementChild?.children ?? [])].map((cell) => cell.textContent).join('\t');
}
